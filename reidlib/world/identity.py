"""Who somebody is: body shape, clothes, patterns, things carried and manner of walking, drawn from (seed, pid)."""

from __future__ import annotations

from dataclasses import dataclass

from reidlib.world import palette
from reidlib.world.palette import Colour
from reidlib.world.seeds import PERSON, Draw


@dataclass(frozen=True)
class Body:
    """Factors on a standing figure of height 1; `figure` runs from 0 (slim hips, wide shoulders) to 1 (the reverse)."""

    height: float
    width: float
    shoulders: float
    waist: float
    hips: float
    belly: float
    legs: float
    head: float
    skin: Colour


@dataclass(frozen=True)
class Gait:
    """`pace` in strides per frame, swings and bends in radians, the rest as fractions of the body height."""

    pace: float
    stride: float
    knee: float
    arm_swing: float
    elbow: float
    lean: float
    sway: float
    stance: float
    twist: float
    left_arm: str
    right_arm: str


@dataclass(frozen=True)
class Top:
    """What covers the trunk: `kind`, colours, pattern, sleeves and the height above ground of its hem."""

    kind: str
    colour: Colour
    second: Colour
    inner: Colour
    pattern: str
    repeats: float
    sleeve: str
    hem: float
    open_front: bool
    thickness: float
    seed: int


@dataclass(frozen=True)
class Bottom:
    """Trousers, shorts or a skirt; `cut` is the width at the ankle or hem, `hem` its height above ground."""

    kind: str
    colour: Colour
    second: Colour
    pattern: str
    cut: float
    hem: float
    seed: int


@dataclass(frozen=True)
class Head:
    hair: str
    hair_colour: Colour
    hat: str
    hat_colour: Colour
    beard: bool
    glasses: bool
    scarf: bool
    scarf_colour: Colour


@dataclass(frozen=True)
class Shoes:
    kind: str
    colour: Colour
    sole: Colour


@dataclass(frozen=True)
class Bag:
    kind: str
    colour: Colour
    second: Colour
    side: float
    size: float


@dataclass(frozen=True)
class Identity:
    body: Body
    gait: Gait
    top: Top
    bottom: Bottom
    head: Head
    shoes: Shoes
    bag: Bag


PATTERNS = ("plain", "stripes", "bars", "check", "tartan", "block", "yoke", "chest", "logo", "dots", "blotch", "sides")
PATTERN_WEIGHTS = (34, 11, 5, 5, 6, 8, 5, 7, 9, 4, 4, 6)
# kind: weight, lowest and highest hem, thickness, may be open in front, sleeves
TOPS = {
    "tee": (20, 0.475, 0.505, 0.003, False, ("short",)),
    "shirt": (13, 0.465, 0.500, 0.005, True, ("long", "long", "rolled")),
    "jumper": (14, 0.480, 0.505, 0.008, False, ("long",)),
    "hoodie": (13, 0.470, 0.495, 0.011, True, ("long",)),
    "jacket": (15, 0.470, 0.510, 0.012, True, ("long",)),
    "puffer": (7, 0.455, 0.500, 0.021, True, ("long", "long", "none")),
    "blazer": (6, 0.430, 0.460, 0.010, True, ("long",)),
    "coat": (8, 0.290, 0.390, 0.014, True, ("long",)),
    "dress": (5, 0.270, 0.340, 0.005, False, ("short", "long", "none")),
}


def _body(draw: Draw) -> tuple[Body, float]:
    figure = draw.uniform()
    body = Body(
        height=draw.uniform(0.93, 1.02) + 0.025 * (1 - figure),
        width=draw.uniform(0.88, 1.22),
        shoulders=1.07 - 0.15 * figure + draw.normal(0.025),
        waist=1.06 - 0.17 * figure + draw.normal(0.04),
        hips=0.93 + 0.14 * figure + draw.normal(0.03),
        belly=max(0.0, draw.normal(0.014)),
        legs=draw.uniform(0.97, 1.035),
        head=draw.uniform(0.96, 1.08),
        skin=palette.skin(draw),
    )
    return body, figure


def _gait(draw: Draw) -> Gait:
    poses, weights = ("swing", "pocket", "phone", "hold"), (70, 13, 9, 8)
    return Gait(
        pace=draw.uniform(0.030, 0.043),
        stride=draw.uniform(0.27, 0.43),
        knee=draw.uniform(0.80, 1.15),
        arm_swing=draw.uniform(0.14, 0.56),
        elbow=draw.uniform(0.12, 0.55),
        lean=draw.uniform(-0.005, 0.045),
        sway=draw.uniform(0.003, 0.013),
        stance=draw.uniform(0.75, 1.25),
        twist=draw.uniform(0.03, 0.14),
        left_arm=draw.pick(poses, weights),
        right_arm=draw.pick(poses, weights),
    )


def _top(draw: Draw, figure: float) -> Top:
    kinds = list(TOPS)
    weights = [TOPS[k][0] * (0.0 if k == "dress" and figure < 0.55 else 1.0) for k in kinds]
    kind = draw.pick(kinds, weights)
    _, low, high, thickness, can_open, sleeves = TOPS[kind]
    pattern = draw.pick(PATTERNS, PATTERN_WEIGHTS)
    if kind in ("blazer", "coat") and pattern not in ("tartan", "stripes"):
        pattern = "plain"
    colour, second, inner = palette.cloth(draw, "top"), palette.cloth(draw, "accent"), palette.cloth(draw, "accent")
    if abs(palette.luminance(colour) - palette.luminance(second)) < 0.16:
        second = palette.mix(second, (0.9, 0.9, 0.88) if palette.luminance(colour) < 0.45 else (0.07, 0.07, 0.09), 0.7)
    return Top(
        kind=kind, colour=colour, second=second, inner=inner, pattern=pattern, repeats=draw.uniform(4.0, 10.0),
        sleeve=draw.pick(sleeves), hem=draw.uniform(low, high), open_front=can_open and draw.chance(0.5),
        thickness=thickness, seed=draw.below(2**31),
    )  # fmt: skip


def _bottom(draw: Draw, figure: float, top: Top) -> Bottom:
    weights = (30, 28, 10, 11, 14 * figure, 9 * figure)
    kind = draw.pick(("slim", "straight", "wide", "shorts", "skirt", "long skirt"), weights)
    if top.kind == "dress":
        kind = draw.pick(("bare", "slim"), (2, 1))
    elif top.kind == "coat" and kind in ("shorts", "skirt"):
        kind = "straight"
    hem = {"shorts": (0.30, 0.36), "skirt": (0.27, 0.37), "long skirt": (0.10, 0.20)}.get(kind, (0.045, 0.065))
    pattern = draw.pick(("plain", "seam", "faded", "check", "blotch"), (60, 12, 18, 6, 4))
    return Bottom(
        kind=kind, colour=palette.cloth(draw, "bottom"), second=palette.cloth(draw, "accent"), pattern=pattern,
        cut=draw.uniform(0.85, 1.2), hem=draw.uniform(*hem), seed=draw.below(2**31),
    )  # fmt: skip


def _head(draw: Draw, figure: float) -> Head:
    hair = draw.pick(
        ("short", "crop", "bald", "curly", "bob", "long", "ponytail", "bun"),
        (
            26 * (1.15 - figure),
            14 * (1.1 - figure),
            7 * (1 - figure),
            8,
            16 * figure,
            26 * figure,
            13 * figure,
            9 * figure,
        ),
    )
    hat = draw.pick(("none", "cap", "beanie", "brim", "headphones", "hood"), (70, 9, 9, 4, 4, 4))
    return Head(
        hair=hair, hair_colour=palette.hair(draw), hat=hat, hat_colour=palette.cloth(draw, "accent"),
        beard=draw.chance(0.38 * (1 - figure)), glasses=draw.chance(0.22), scarf=draw.chance(0.10),
        scarf_colour=palette.cloth(draw, "accent"),
    )  # fmt: skip


def draw_identity(draw: Draw) -> Identity:
    """One person; every draw happens in a fixed order, so a person depends on the stream's key alone."""
    body, figure = _body(draw)
    gait = _gait(draw)
    top = _top(draw, figure)
    bottom = _bottom(draw, figure, top)
    head = _head(draw, figure)
    kind = draw.pick(("trainers", "shoes", "boots"), (50, 30, 20))
    shoes = Shoes(
        kind=kind,
        colour=palette.cloth(draw, "accent" if kind == "trainers" else "bottom"),
        sole=(0.84, 0.84, 0.82) if kind == "trainers" else (0.10, 0.09, 0.08),
    )
    bag = Bag(
        kind=draw.pick(("none", "backpack", "shoulder", "crossbody", "shopper", "briefcase"), (44, 20, 12, 11, 8, 5)),
        colour=palette.cloth(draw, "accent"),
        second=palette.cloth(draw, "accent"),
        side=draw.sign(),
        size=draw.uniform(0.85, 1.25),
    )
    return Identity(body, gait, top, bottom, head, shoes, bag)


def person(people_seed: int, pid: int) -> Identity:
    """Person `pid` of a family of versions that share `people_seed`."""
    return draw_identity(Draw(PERSON, people_seed, pid))
