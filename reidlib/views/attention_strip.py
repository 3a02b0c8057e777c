"""AttentionStrip: attention one can touch. Drag a frame's weight, and the rank of the match moves at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from reidlib.errors import ReidError
from reidlib.views.attention_strip_data import (
    POOLINGS,
    axis_end,
    checked_compare,
    checked_features,
    checked_frames,
    checked_rows,
    checked_visibility,
    gallery_entry,
    significant,
    strip_sheet,
)
from reidlib.views.attention_strip_picture import HIDDEN, attention_strip_picture
from reidlib.views.drawn_later import Later
from reidlib.views.host import View

_WHY_NOT = {
    "other": "These weights can be looked at, not dragged: this model does not pool by a sum or a weighted mean of its "
    "frames, so the video feature does not follow from the weights alone.",
    "features": "These weights can be looked at, not dragged: the view was made without the features of the frames.",
}


class AttentionStrip(View):
    """One tracklet, its attention in every iteration, visibility below, and what follows from the last weights.

    Hover looks at a frame, click or Enter locks it, left and right move, Escape frees. Drag a bar of the last iteration
    (or press up, down, Home, End): the page itself computes the video feature f = Σ α_t x_t (RAN Eq. 4; over Σ α_t for
    a weighted mean; divided by its length), its Euclidean distance to every gallery item and the rank of the match.
    Plain arrays, so any model fits.

    Parameters
    ----------
    frames : (T, H, W, 3) uint8. Above 128 pixels (64 where there are more than 64 frames) they are shrunk.
    attention : (T,), or (R + 1, T) with a row for each iteration; weights of 0 or more, the last row is the one pooled.
    visibility : (T,) in [0, 1], the share of the person that can be seen.
    features : (T, D), x_t. Without them weights cannot be dragged.
    gallery : (G, D); needs `features`.
    names : a name for each row of `attention`.
    gallery_names : a name for each gallery item. gallery_frames : (G, h, w, 3) uint8, a picture of each.
    match : number of the gallery item (or numbers of the items) of the probe's identity.
    pooling : "weighted_mean", "sum" (both exact in the page), or "other", where a sentence says why nothing moves.
    unit : video feature and gallery have length 1, so that distances compare directions; False: as they are.
    compare : (T,) other weights over the same frames, or {name: weights}, drawn as one more row, with its own rank.
    note : a sentence below the view, such as what the network was trained on.

    Numbers are rounded to four decimals (more where the largest is below 0.1), and ranks are those of the rounded
    numbers, as in `reidlib.evaluation.ranking.rank(ties="stable")`: at equal distance the smaller gallery index is
    first. `data` holds exactly what the page computes with.

    Live (`.live(on_message)`) it sends {"weights": [T numbers], "frame": t} after each change; an answer
    {"attention": (R + 1, T) rows} replaces the weights.

    Raises
    ------
    ReidError : arrays that do not fit each other, NaN, negative weights, no frame.
    """

    def __init__(
        self,
        frames: ArrayLike,
        attention: ArrayLike,
        visibility: ArrayLike | None = None,
        features: ArrayLike | None = None,
        gallery: ArrayLike | None = None,
        *,
        names: Sequence[str] | None = None,
        gallery_names: Sequence[object] | None = None,
        gallery_frames: ArrayLike | None = None,
        match: int | Sequence[int] | None = None,
        pooling: str = "weighted_mean",
        unit: bool = True,
        compare: ArrayLike | Mapping[str, ArrayLike] | None = None,
        note: str | None = None,
        title: str = "Attention strip",
    ) -> None:
        if pooling not in POOLINGS:
            raise ReidError(f"Found pooling={pooling!r}", f"one of {', '.join(POOLINGS)}", 'pass "other" if unsure')
        frames = checked_frames(frames)
        T = len(frames)
        rows = checked_rows(attention, T)
        seen = None if visibility is None else checked_visibility(visibility, T)
        titles = _row_names(names, len(rows))
        other = None if compare is None else checked_compare(compare, T)
        x = None if features is None else checked_features(features, T)
        if gallery is None and any(each is not None for each in (gallery_names, gallery_frames, match)):
            raise ReidError("Found gallery_names, gallery_frames or a match without a gallery", "gallery features "
                            "(G, D)", "pass gallery=…, or leave the others out")
        if gallery is not None and x is None:
            raise ReidError("Found a gallery without features of the frames", "features (T, D) as well",
                            "pass features=…: distances are those of the pooled features")
        found = None
        if gallery is not None:
            found = gallery_entry(gallery, x.shape[1], unit, gallery_names, match, gallery_frames)
        why = _WHY_NOT["other"] if pooling == "other" else _WHY_NOT["features"] if x is None else ""
        drawn: dict[str, np.ndarray] = dict(zip(titles, rows, strict=True))
        if other is not None:
            drawn[_free(other[0], drawn)] = other[1]
        data: dict[str, Any] = {
            "sheet": strip_sheet(frames), "names": titles, "attention": [significant(row) for row in rows],
            "axis": axis_end(rows), "visibility": seen, "hidden": HIDDEN,
            "features": None if x is None or why else significant(x),
            "gallery": None if why else found, "pooling": pooling, "unit": bool(unit), "why": why, "note": note or "",
            "compare": None if other is None else {"name": other[0], "weights": significant(other[1]),
                                                   "axis": axis_end(other[1])},
        }  # fmt: skip
        picture = Later(lambda: attention_strip_picture(frames, drawn, seen, note=note or "", same_axis=len(rows)))
        parts = ("attention_strip_pool.js", "attention_strip_plot.js", "attention_strip_panel.js",
                 "attention_strip_window.js")
        super().__init__("attention_strip.js", data, picture=picture, title=title, parts=parts)


def _row_names(names: Sequence[str] | None, count: int) -> list[str]:
    if names is None:
        return ["attention"] if count == 1 else [f"iteration {r}" for r in range(count)]
    texts = [str(name) for name in names]
    if isinstance(names, str) or len(texts) != count or len(set(texts)) != count:
        raise ReidError(f"Found the names {texts!r} for {count} rows of attention", "a different one for each",
                        "leave names out, or pass one for each iteration")
    return texts


def _free(name: str, taken: Mapping[str, object]) -> str:
    return name if name not in taken else f"{name} (compared)"
