"""What the pipeline map shows: each step of the two papers, its symbol, shape, equation, notebook and room.

Whether a step can be run already is never written here: it is looked up, so the map cannot promise too much.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

# The letters of tensor shapes, one meaning in the whole course.
LETTERS = {
    "B": "tracklets in a batch", "T": "frames", "C": "channels", "H": "height", "W": "width", "D": "feature size",
    "P": "probes", "G": "gallery items", "N": "ways of an episode", "K": "shots of an episode",
}  # fmt: skip
LANES = {
    "RAN": ("Refined attention network", "Is this the same person in two videos?", "Attention over frames."),
    "ARM": ("Attention-based meta-learning", "Who of these few people is it?", "Attention over the gallery."),
}


@dataclass(frozen=True)
class Stage:
    """One box. Empty text: there is none.

    `names` pairs symbols with their names in code; in symbols and in `equation`, `_x` or `_{…}` is a subscript and `^`
    a superscript. `room` is a path under reidlib without its ending. `accent` is a palette role, when the box stands
    for one. `loop` tells how often a box feeds its result back into itself; its first letter counts the rounds.
    `after` is the key of the step that feeds this one, when that is not the step before it.
    """

    key: str
    lane: str
    title: str
    what: str
    names: tuple[tuple[str, str], ...]
    shape: str
    equation: str
    source: str
    notebook: str
    room: str
    accent: str = ""
    loop: str = ""
    after: str = ""

    @property
    def letters(self) -> dict[str, str]:
        """The letters of this shape with their meanings, in order."""
        found = dict.fromkeys(re.findall(r"[A-Z]", self.shape))
        return {letter: LETTERS[letter] for letter in found}

    def exists(self, library: Path) -> bool:
        """True when `library` (the folder of reidlib) holds this step's module or package."""
        room = library / self.room
        return room.with_suffix(".py").is_file() or (room / "__init__.py").is_file()


STAGES: tuple[Stage, ...] = (
    Stage("frames", "RAN", "Tracklet frames", "One person, followed through one camera, cut out frame by frame.",
          (("", "frames"),), "(T, H, W, 3)", "", "RAN §3.1", "01_tracklets", "data/tracklet"),
    Stage("flow", "RAN", "Optical flow", "How far each pixel moved since the frame before, in pixels to the right and "
          "down.", (("F", "flow"),), "(T, 2, H, W)", "frame_t(p) ≈ frame_{t−1}(p − F_t(p))",
          "Lucas–Kanade, named in RAN §3.1; the sign convention is ours", "02_flow_extraction", "flow"),
    Stage("input", "RAN", "Five-channel input", "Colour in YUV and flow, normalised and stacked, so that the network "
          "sees both looks and gait.", (), "(B, T, 5, H, W)", "", "RAN §3.1", "02_flow_extraction", "flow"),
    Stage("cnn", "RAN", "Frame CNN", "Three convolutions and two linear layers turn each frame into a feature, "
          "whichever frames stand beside it.", (("x_t", "frame_features"),), "(B, T, D)", "", "RAN §3.1",
          "03_frame_features", "ran/frame_cnn"),
    Stage("attention", "RAN", "Frame attention", "A weight for each frame, from that frame alone: a hidden person "
          "should count less.", (("θ", "score"), ("z_t", "attention_logits"), ("α_t", "attention")), "(B, T)",
          "z_t = θ^⊤ x_t ,  α_t = 1 / (1 + exp(−z_t))", "RAN Eq. 1", "04_frame_attention", "ran/attention",
          "attention"),
    Stage("refinement", "RAN", "Refinement", "Look again: the weights are computed anew from each frame together with "
          "the feature of the whole video.",
          (("θ′", "refine_score"), ("z′_t", "attention_logits"), ("α′_t", "attention")), "(B, T)",
          "z′_t = θ′^⊤ concat(x_t, f) ,  α′_t = 1 / (1 + exp(−z′_t))", "RAN Eq. 3", "05_refinement_iterations",
          "ran/refinement", "attention", "R times"),
    Stage("feature", "RAN", "Video feature", "All frames as one vector: their features, weighted by attention.",
          (("f", "video_feature"),), "(B, D)", "f = Σ_t α_t x_t", "RAN Eq. 2, and 4 after refinement",
          "04_frame_attention", "ran/attention"),
    Stage("losses", "RAN", "Siamese losses", "In training: pull two videos of one person together, push two people "
          "apart, and name each person.", (), "one number",
          "L_{final} = L_{id1} + L_{hinge} + L_{sim} + L_{id2}", "RAN Eq. 6; the hinge is Eq. 5",
          "06_siamese_losses", "ran/losses"),
    Stage("ranking", "RAN", "Ranking", "In use: sort the gallery by distance to the probe and see where its match "
          "stands.", (("", "distance"),), "(P, G)", "", "RAN §4.2, CMC curves", "07_training_and_ranking",
          "evaluation/ranking", "match", after="feature"),
    Stage("episode", "ARM", "Episode", "A small task that is the test in miniature: probes from one camera, a few "
          "pictures of each of N people from others.", (), "(N, K, 3, H, W)", "",
          "ARM, introduction; the sampler is ours", "09_arm_episodes", "arm/episodes"),
    Stage("backbone", "ARM", "Backbone", "Each picture becomes a feature by itself, without a look at the others.",
          (("z_i", ""),), "(G, D)", "", "ours", "09_arm_episodes", "arm/backbones"),
    Stage("gallery", "ARM", "Gallery encoder", "Each gallery picture looks at all others, so that it stands out from "
          "them.", (("g_i", "gallery_features"),), "(G, D)", "g_i = z_i + Σ_j softmax_j(s_{ij}) V z_j",
          "ARM names it; the equation is ours", "09_arm_episodes", "arm/gallery", "attention"),
    Stage("probe", "ARM", "Probe encoder", "The probe reads the encoded gallery several times and remembers what it "
          "read.", (("h", "probe_features"),), "(P, D)", "a_i = softmax_i(h^⊤ g_i) ,  r = Σ_i a_i g_i",
          "ARM names it; the equation follows Vinyals et al. 2016", "09_arm_episodes", "arm/probe", "probe", "M reads"),
    Stage("matching", "ARM", "Matching", "How probable each identity is: similar gallery pictures vote, each identity "
          "sums its votes.", (("P(y)", ""),), "(P, N)",
          "P(y) = Σ_{i: y_i = y} exp(cos(h, g_i)/τ) / Σ_j exp(cos(h, g_j)/τ)", "ours", "09_arm_episodes",
          "arm/matching", "match"),
)  # fmt: skip


def lane(key: str) -> list[Stage]:
    """The steps of one lane, in order."""
    return [stage for stage in STAGES if stage.lane == key]


def arrows() -> list[tuple[str, str]]:
    """(from, to) keys of the arrows between steps."""
    return [
        (stage.after or before.key, stage.key)
        for key in LANES
        for before, stage in zip(lane(key), lane(key)[1:], strict=False)
    ]
