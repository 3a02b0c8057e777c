"""EpisodeTable: the gallery of an episode as cards. Take one away, and see who the probe is taken for now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from reidlib.errors import ReidError
from reidlib.views.arrays import as_array
from reidlib.views.attention_strip_data import shrunk
from reidlib.views.drawn_later import Later
from reidlib.views.episode_table_data import (
    MOST,
    checked_answer,
    checked_labels,
    checked_numbers,
    checked_pictures,
    checked_reads,
    checked_temperature,
    matched,
    network_entry,
    people,
    short,
)
from reidlib.views.episode_table_picture import episode_table_picture
from reidlib.views.host import View
from reidlib.views.sprite import sprite_sheet

TALL = 96  # pixels in height of a card
Answer = Callable[[list[int]], Mapping[str, Any]]


class EpisodeTable(View):
    """A probe before the cards of its gallery, the weight of every card, and the probability of every person.

    Hover looks at a card, click or Enter locks it, arrows walk, Escape frees. ✕ or Delete takes a card off the table,
    click or Enter puts it back, dragging, Ctrl with left and right, or [ and ] move it. The page itself computes what
    has no learned context: ℓ_i = cos(z_probe, z_i)/τ and P(y) = Σ a_i over the cards of y, a their softmax (Vinyals et
    al. 2016 §2.1, Eq. 1), and the same with the mean of the cards on the table taken off them (ours, `centre` in
    `reidlib.arm.baselines`). Neither depends on the order of the cards; a bi-LSTM over the gallery does.

    Parameters
    ----------
    gallery_images : (n, H, W, 3) uint8, up to 40 cards. probe_image : (H, W, 3) uint8.
    gallery_labels : (n,) integers from 0, the person of each card.
    z_gallery, z_probe : (n, D) and (D,), features before any context.
    temperature : τ of both, 0.01 or more.
    answer : the learned network. Either a plain callable, which gets the cards on the table in their order (numbers
        from 0, at least one) and returns {"log_probability": (classes,), "reads": [(n,), …]}, reads in the same order;
        or log P(y) of the first table alone, (classes,).
    reads : (M, n), the probe's reads of the first table, where `answer` is no callable.
    names : a name for each person; by default Person A, Person B, …
    probe_label : who the probe is, so that right and wrong can be marked.
    probe_mean : (D,), taken off the probe where cards lose theirs: the mean of training people under the probe's camera
        (`camera_means`). None takes the mean of the cards.
    note : a sentence below the view, such as what the network was trained on.

    The page gets features with six digits; `data` holds exactly what it computes with. A saved file keeps the network's
    first answer and shows it grey once the table differs. `.live()` asks the callable after each change, twice: also
    for another order of the same cards, to say what the order does.

    Raises
    ------
    ReidError : arrays that do not fit each other, NaN, no card; for a callable also what its answer lacks.
    """

    def __init__(
        self,
        gallery_images: ArrayLike,
        gallery_labels: ArrayLike,
        probe_image: ArrayLike,
        *,
        z_gallery: ArrayLike,
        z_probe: ArrayLike,
        temperature: float,
        answer: Answer | ArrayLike | None = None,
        reads: ArrayLike | None = None,
        names: Sequence[object] | None = None,
        probe_label: int | None = None,
        probe_mean: ArrayLike | None = None,
        note: str | None = None,
        title: str = "Episode table",
    ) -> None:
        gallery = checked_pictures("gallery_images", gallery_images, 4)
        probe = checked_pictures("probe_image", probe_image, 3)
        n = len(gallery)
        if n > MOST:
            raise ReidError(f"Found {n} cards", f"at most {MOST}", "show an episode with fewer people or shots")
        labels, texts = checked_labels(gallery_labels, n, names)
        known = isinstance(probe_label, int | np.integer) and 0 <= probe_label < len(texts)
        if probe_label is not None and not known:
            raise ReidError(f"Found probe_label={probe_label!r}", f"a label 0 … {len(texts) - 1}, or None",
                            "pass int(probe_labels[0, 0])")
        z_gallery = as_array("z_gallery", z_gallery)
        width = z_gallery.shape[-1] if z_gallery.ndim == 2 else 0
        if not width:
            raise ReidError(f"Found z_gallery of shape {z_gallery.shape}", f"({n}, D)", "pass z_gallery[0]")
        z = short(checked_numbers("z_gallery", z_gallery, (n, width)))
        f = short(checked_numbers("z_probe", z_probe, (width,)))
        mean = None if probe_mean is None else short(checked_numbers("probe_mean", probe_mean, (width,)))
        self._answer: Answer | None = answer if callable(answer) else None
        self._classes = len(texts)
        self._cards = n
        if self._answer is not None and reads is not None:
            raise ReidError("Found reads beside a callable answer", "one source of reads",
                            'leave reads out: the callable returns {"log_probability": …, "reads": …}')
        network = self._asked(list(range(n))) if self._answer else _recorded(answer, reads, n, self._classes)
        data = {
            "sheet": sprite_sheet(shrunk(gallery, TALL)), "probe_sheet": sprite_sheet(shrunk(probe[None], TALL)),
            "labels": labels, "names": texts, "classes": self._classes, "gallery": z, "probe": f, "probe_mean": mean,
            "temperature": checked_temperature(temperature),
            "probe_label": None if probe_label is None else int(probe_label), "network": network,
            "asks": self._answer is not None, "note": note or "",
        }  # fmt: skip
        x, z = np.array(f), np.array(z)
        off = z.mean(0)
        moved = x - (off if mean is None else np.array(mean))
        weights = {"cosine": matched(x, z, data["temperature"]), "mean off": matched(moved, z - off,
                                                                                     data["temperature"])}
        answers = {name: people(each, labels, self._classes) for name, each in weights.items()}
        if network:
            weights |= {f"read {m + 1}": np.array(row) for m, row in enumerate(network["reads"])}
            if network["p"]:
                answers["network"] = np.array(network["p"])
        picture = Later(lambda: episode_table_picture(probe, gallery, labels, weights, answers, texts, probe_label,
                                                       note=note or ""))
        parts = ("episode_table_match.js", "episode_table_cards.js", "episode_table_answer.js")
        super().__init__("episode_table.js", data, picture=picture, title=title, parts=parts)

    def live(self, on_message: Callable[[Any], Mapping[str, Any] | None] | None = None) -> Any:
        """The table with Python behind it: after each change `answer` is asked again. `on_message` replaces that."""
        return super().live(on_message or (self._heard if self._answer else None))

    def _heard(self, message: Mapping[str, Any]) -> dict[str, Any]:
        return {"network": self._asked([int(card) for card in message["order"]])}

    def _asked(self, order: list[int]) -> dict[str, Any]:
        """The network's answer for these cards, and how much another order of them changes it."""
        if not order or len(set(order)) != len(order) or not set(order) <= set(range(self._cards)):
            raise ReidError(f"Found the cards {order}", f"different numbers below {self._cards}, one or more",
                            "send the cards on the table")
        entry = network_entry(self._answer(list(order)), len(order), self._classes)
        other = sorted(order) if order != sorted(order) else order[::-1]
        second = network_entry(self._answer(list(other)), len(order), self._classes)
        effect = float(np.abs(np.array(entry["p"]) - np.array(second["p"])).max())
        return {**entry, "order": order, "effect": round(effect, 6)}


def _recorded(answer: ArrayLike | None, reads: ArrayLike | None, n: int, classes: int) -> dict[str, Any] | None:
    if answer is None and reads is None:
        return None
    p = None if answer is None else short(checked_answer(answer, classes))
    table = [] if reads is None else short(checked_reads(reads, n))
    return {"p": p, "reads": table, "order": list(range(n)), "effect": None}
