"""Gallery encoders by name: what an item's feature may learn from the rest of its gallery."""

from __future__ import annotations

from reidlib.arm.gallery.bilstm import BiLstm
from reidlib.arm.gallery.encoder import GalleryEncoder
from reidlib.arm.gallery.isab import Isab
from reidlib.arm.gallery.iterref import IterRef
from reidlib.arm.gallery.none import NoContext
from reidlib.arm.gallery.sab import Sab
from reidlib.arm.gallery.split import Split
from reidlib.arm.gallery.view import View
from reidlib.choices import check_options, chosen

GALLERY: dict[str, type[GalleryEncoder]] = {
    "none": NoContext, "bilstm": BiLstm, "iterref": IterRef, "sab": Sab, "isab": Isab, "view": View, "split": Split,
}  # fmt: skip


def make_gallery(name: str = "view", D: int = 128, **options: object) -> GalleryEncoder:
    """A gallery encoder by its name in `GALLERY`, for features of size D; `options` as its class takes them.

    Raises
    ------
    ReidError : an unknown name or option, with the nearest known one, or a value out of range.
    """
    encoder = chosen(GALLERY, name, "gallery encoder")
    check_options(encoder, options, f"gallery encoder {name!r}", own=("D",))
    return encoder(D, **options)
