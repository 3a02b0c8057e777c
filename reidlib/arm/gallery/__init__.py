"""Gallery encoders by name: what an item's feature may learn from the rest of its gallery."""

from __future__ import annotations

import difflib
import inspect

from reidlib.arm.gallery.bilstm import BiLstm
from reidlib.arm.gallery.encoder import GalleryEncoder
from reidlib.arm.gallery.isab import Isab
from reidlib.arm.gallery.iterref import IterRef
from reidlib.arm.gallery.none import NoContext
from reidlib.arm.gallery.sab import Sab
from reidlib.arm.gallery.split import Split
from reidlib.arm.gallery.view import View
from reidlib.errors import ReidError

GALLERY: dict[str, type[GalleryEncoder]] = {
    "none": NoContext, "bilstm": BiLstm, "iterref": IterRef, "sab": Sab, "isab": Isab, "view": View, "split": Split,
}  # fmt: skip


def make_gallery(name: str = "view", D: int = 128, **options: object) -> GalleryEncoder:
    """A gallery encoder by its name in `GALLERY`, for features of size D; `options` as its class takes them.

    Raises
    ------
    ReidError : an unknown name or option, with the nearest known one, or a value out of range.
    """
    if name not in GALLERY:
        raise ReidError(f"Found the gallery encoder {name!r}", ", ".join(GALLERY),
                        f"pass {_near(name, list(GALLERY))!r}")
    known = [option for option in inspect.signature(GALLERY[name]).parameters if option != "D"]
    for option in options:
        if option not in known:
            raise ReidError(f"Found the option {option!r} of the gallery encoder {name!r}",
                            ", ".join(known) or "no options at all",
                            f"pass {_near(option, known)}=…, or leave it out" if known else "leave it out")
    return GALLERY[name](D, **options)


def _near(name: object, known: list[str]) -> str:
    return (difflib.get_close_matches(str(name), known, 1, 0) or known)[0]
