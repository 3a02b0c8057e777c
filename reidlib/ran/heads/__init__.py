"""Temporal heads by name: many ways from the features of frames to one feature of the tracklet."""

from __future__ import annotations

from reidlib.choices import check_options, chosen
from reidlib.ran.heads.astpn import Astpn
from reidlib.ran.heads.consensus import Consensus
from reidlib.ran.heads.coupled import Coupled
from reidlib.ran.heads.lstm_mean import LstmMean
from reidlib.ran.heads.max import Max
from reidlib.ran.heads.mean import Mean
from reidlib.ran.heads.norm_mean import NormMean
from reidlib.ran.heads.ran import Ran
from reidlib.ran.heads.rnn_attention import RnnAttention
from reidlib.ran.heads.rnn_mean import RnnMean
from reidlib.ran.heads.sigmoid import Sigmoid
from reidlib.ran.heads.sized import SizedHead
from reidlib.ran.heads.softmax import Softmax

HEADS: dict[str, type[SizedHead]] = {
    "mean": Mean, "max": Max, "rnn_mean": RnnMean, "lstm_mean": LstmMean, "rnn_attention": RnnAttention, "astpn": Astpn,
    "sigmoid": Sigmoid, "softmax": Softmax, "norm_mean": NormMean, "consensus": Consensus, "ran": Ran,
    "coupled": Coupled,
}  # fmt: skip


def make_head(name: str, D: int = 128, **options: object) -> SizedHead:
    """A head by its name in `HEADS`, for features of size D; `options` as its class takes them.

    Raises
    ------
    ReidError : an unknown name or option, with the nearest known one, or a value out of range.
    """
    head = chosen(HEADS, name, "head")
    check_options(head, options, f"head {name!r}", own=("D",))
    return head(D, **options)
