"""One probe's answer when only some of its gallery lies on the table, in any order."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch

from reidlib.arm.episodes import Episodes
from reidlib.arm.model import Arm
from reidlib.errors import ReidError


def cards_answer(network: Arm, z: torch.Tensor, episodes: Episodes, b: int = 0,
                 q: int = 0) -> Callable[[Sequence[int]], dict]:
    """A function (cards) -> {"log_probability": (classes,), "reads": [(len(cards),), …]}, for `EpisodeTable`.

    Intuition: take a card away and ask again. With a learned context the others' weights move as well, not only by what
    the card set free: all were encoded in view of it.

    Parameters
    ----------
    z : (items, D), features before any context of all items that the episodes may name.
    b, q : which episode, and which of its probes. A card is a number 0 … n − 1 of the episode's gallery.

    log_probability is −inf for a person without a card on the table; reads are those of the M reads, in the order of
    the cards.

    Raises
    ------
    ReidError : masked items or probes among those asked for; no cards.
    """
    numbers, probe = episodes.gallery[b], episodes.probes[b, q]
    classes = int(episodes.gallery_labels[b].max()) + 1
    if not episodes.probe_mask[b, q]:
        raise ReidError(f"Found probe {q} of episode {b} masked", "a real probe", "look at episodes.probe_mask")

    def answer(cards: Sequence[int]) -> dict:
        chosen = torch.as_tensor(list(cards), dtype=torch.int64)
        if not len(chosen) or not bool(episodes.gallery_mask[b, chosen].all()):
            raise ReidError(f"Found the cards {list(cards)}", "one or more that are no padding",
                            "pass numbers where episodes.gallery_mask is True")
        row = {name: getattr(episodes, name)[b : b + 1, chosen] for name in Episodes._fields
               if name.startswith("gallery")}
        row |= {name: getattr(episodes, name)[b : b + 1, q : q + 1] for name in Episodes._fields
                if name.startswith("probe")}
        with torch.no_grad():
            found = network.match(z[numbers[chosen]][None], z[probe][None, None],
                                  Episodes(**row, ways=episodes.ways), classes=classes)
        return {"log_probability": found.log_probability[0, 0].double().numpy(),
                "reads": [read[0, 0].double().numpy() for read in found.attention]}

    return answer
