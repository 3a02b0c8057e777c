"""The refined attention network: RAN-R."""

from __future__ import annotations

import torch

from reidlib.choices import at_least, one_of
from reidlib.ran.attention import KINDS, NORMALISATIONS, Score, attend, frame_weights, weighted_sum
from reidlib.ran.heads.head import Pooled
from reidlib.ran.heads.sized import SizedHead
from reidlib.ran.refinement import FEEDBACKS, refine


class Ran(SizedHead):
    """RAN, Rahman, Rochan and Wang (AVSS 2019): Eq. 1–2 with θ, then R times Eq. 3–4 with one θ′ for all iterations.

    Look once, then judge each frame again beside what was seen. R = 0 has no θ′, so RAN-0 and RAN-1 differ by more than
    the refinement. D (+1) parameters, for R ≥ 1 another 2 D (+1). As printed: normalise="none", feedback="raw",
    bias=False, unit=False. The defaults are the corrected form (ours).

    With R ≥ 1, θ reaches the result through the one number θ′_f·f only. In the corrected form that number hardly moves
    (a slope near 0, once for each refinement), so θ hardly learns: the attention of iteration 0 is then near its start.

    Parameters
    ----------
    R : refinement iterations; 3 in the paper.
    normalise : "sum", f = Σ α_t x_t / Σ α_t, or "none", Σ α_t x_t as Eq. 2 and 4 print it.
    feedback : "unit", f / ‖f‖ enters Eq. 3, or "raw", f.
    kind : "sigmoid" or "softmax", of both equations. bias : learn b and b′. start : of θ and θ′, see `Score`.
    """

    def __init__(self, D: int = 128, unit: bool = True, R: int = 3, normalise: str = "sum", feedback: str = "unit",
                 kind: str = "sigmoid", bias: bool = True, start: str = "he") -> None:
        super().__init__(D, unit)
        at_least("R", R, 0)
        one_of("normalise", normalise, NORMALISATIONS)
        one_of("feedback", feedback, FEEDBACKS)
        one_of("kind", kind, KINDS)
        self.R, self.normalise, self.feedback, self.kind = R, normalise, feedback, kind
        self.pooling = "sum" if normalise == "none" else "weighted_mean"
        self.attention_count = R + 1
        self.score = Score(D, bias, start)
        self.refine_score = Score(2 * D, bias, start) if R else None

    def pool(self, frame_features: torch.Tensor, mask: torch.Tensor) -> Pooled:
        z = self.score(frame_features)
        alpha = attend(z, mask, self.kind)
        video_feature = weighted_sum(frame_weights(alpha, self.normalise), frame_features)
        if self.refine_score is None:
            return Pooled(video_feature, (alpha,), (z,))
        refined = refine(frame_features, mask, video_feature, self.refine_score.weight, self.R, self.refine_score.bias,
                         kind=self.kind, normalise=self.normalise, feedback=self.feedback)
        return Pooled(refined.video_feature, (alpha, *refined.attention), (z, *refined.attention_logits))
