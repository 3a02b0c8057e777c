"""Neck, head, hair, hats and scarves as shapes."""

from __future__ import annotations

import numpy as np

from reidlib.world import exact
from reidlib.world.figure import Profile, View, heights, lathe, limb
from reidlib.world.identity import Identity
from reidlib.world.shapes import KNOTS, Lathe, Limb, profile
from reidlib.world.skeleton import HEAD_TOP, NECK, Pose
from reidlib.world.wardrobe import Wardrobe

# Half width, half depth and forward offset by height within the head: 0 = crown, 1 = chin.
HEAD_SIDE = ((0.00, 0.018), (0.05, 0.034), (0.13, 0.046), (0.25, 0.054), (0.42, 0.057), (0.60, 0.053), (0.75, 0.046),
             (0.88, 0.035), (0.96, 0.024), (1.00, 0.014))  # fmt: skip
HEAD_DEEP = ((0.00, 0.022), (0.05, 0.040), (0.13, 0.056), (0.28, 0.067), (0.45, 0.067), (0.62, 0.058), (0.78, 0.046),
             (0.92, 0.036), (1.00, 0.018))  # fmt: skip
HEAD_FORWARD = ((0.00, -0.006), (0.35, -0.004), (0.60, 0.004), (0.80, 0.014), (1.00, 0.022))
# Crown that covers the head from outside: hair or hat.
CROWN = ((0.00, 0.30), (0.08, 0.58), (0.20, 0.80), (0.40, 0.95), (0.65, 1.0), (1.00, 1.0))


def _volume(high: float, low: float, side: tuple, deep: tuple, forward: tuple, grow: float = 1.0) -> Profile:
    """A lathe given by profiles over 0 (top) … 1 (bottom)."""
    t = np.arange(KNOTS) / (KNOTS - 1)
    return Profile(
        heights(high, low), profile(t, side) * grow, profile(t, deep) * grow, profile(t, forward), np.zeros(KNOTS)
    )


def _long_hair(size: float, low: float, flare: float) -> Profile:
    side = ((0.0, 0.008), (0.03, 0.027), (0.08, 0.043), (0.16, 0.055), (0.28, 0.061), (0.50, 0.062),
            (0.84, 0.058 * flare), (0.95, 0.046 * flare), (1.0, 0.024 * flare))  # fmt: skip
    deep = ((0.0, 0.010), (0.03, 0.030), (0.08, 0.045), (0.18, 0.058), (0.45, 0.054), (0.85, 0.036), (1.0, 0.018))
    forward = ((0.0, -0.012), (0.3, -0.018), (0.6, -0.030), (1.0, -0.048))
    return _volume(HEAD_TOP + 0.006, low, side, deep, forward, size)


def _hair(person: Identity, view: View, wear: Wardrobe, ride: dict, sway: np.ndarray) -> list[Limb | Lathe]:
    kind, size = person.head.hair, person.body.head
    behind = -0.09 if view.facing > 0.35 else 0.030 if view.facing > -0.30 else 0.105
    shapes: list[Limb | Lathe] = []
    if kind == "long":
        shapes.append(lathe(view, _long_hair(size, 0.735, 1.05), wear.hair, behind, roundness=0.8, **ride))
    elif kind == "bob":
        shapes.append(lathe(view, _long_hair(size * 1.04, 0.846, 1.12), wear.hair, behind, roundness=0.8, **ride))
    elif kind == "curly":
        puff = _volume(HEAD_TOP + 0.022, 0.872, ((0.0, 0.02), (0.1, 0.05), (0.35, 0.076), (0.7, 0.072), (1.0, 0.045)),
                       ((0.0, 0.02), (0.1, 0.05), (0.35, 0.078), (0.7, 0.072), (1.0, 0.04)), ((0, -0.014), (1, -0.02)),
                       size)  # fmt: skip
        shapes.append(lathe(view, puff, wear.hair, 0.04 if view.facing > -0.3 else 0.105, roundness=0.7, **ride))
    elif kind == "ponytail":
        z = 0.945 + ride["lift"]
        swing = 0.014 * sway
        start, end = (-0.066 * size, swing * 0.3, z), (-0.092 * size, swing, z - 0.115)
        depth = -0.10 if view.facing > 0.2 else 0.106
        shapes.append(limb(view, start, end, 0.022, 0.013, wear.hair, depth))
    elif kind == "bun":
        z = 0.985 + ride["lift"]
        at = (-0.050 * size, 0.0, z)
        shapes.append(limb(view, at, (-0.052 * size, 0.0, z + 0.006), 0.028, 0.026, wear.hair,
                           0.045 if view.facing > -0.1 else 0.106))  # fmt: skip
    return shapes


def _hat(person: Identity, view: View, wear: Wardrobe, ride: dict) -> list[Limb | Lathe]:
    kind, size, lift = person.head.hat, person.body.head, ride["lift"]
    if kind in ("cap", "beanie", "brim"):
        low = {"cap": 0.958, "beanie": 0.944, "brim": 0.962}[kind]
        high = {"cap": 1.010, "beanie": 1.022, "brim": 1.020}[kind]
        crown = _volume(high, low, tuple((t, 0.060 * w) for t, w in CROWN), tuple((t, 0.071 * w) for t, w in CROWN),
                        ((0, -0.006), (1, -0.003)), size)  # fmt: skip
        shapes: list[Limb | Lathe] = [lathe(view, crown, wear.hat, 0.12, **ride)]
        if kind == "cap":
            z = 0.959 + lift
            depth = 0.121 if view.facing > -0.2 else 0.055
            shapes.append(limb(view, (0.045, 0.0, z), (0.112, 0.0, z - 0.010), 0.030, 0.020, wear.brim, depth, cap=1.2))
        if kind == "brim":
            flat = _volume(0.970, 0.954, ((0, 0.07), (0.5, 0.098), (1, 0.085)), ((0, 0.08), (0.5, 0.108), (1, 0.095)),
                           ((0, 0.0), (1, 0.0)), size)  # fmt: skip
            shapes.append(lathe(view, flat, wear.brim, 0.122, roundness=0.4, **ride))
        return shapes
    if kind == "headphones":
        z = 0.930 + lift
        pads = []
        for side in (1.0, -1.0):
            depth = 0.05 + view.near(0.0, side * 0.06) * 1.2 + 0.03
            at = (0.0, side * 0.058 * size, z)
            pads.append(limb(view, at, (0.0, side * 0.058 * size, z - 0.014), 0.017, 0.017, wear.brim, depth))
        band = _volume(
            1.012, 0.985, ((0, 0.02), (0.4, 0.045), (1, 0.056)), ((0, 0.012), (1, 0.012)), ((0, 0), (1, 0)), size
        )
        return [*pads, lathe(view, band, wear.brim, 0.12, **ride)]
    return []


def head_shapes(person: Identity, view: View, joints: Pose, wear: Wardrobe) -> list[Limb | Lathe]:
    """Shapes above the collar; the head sits forward by the walker's lean and bobs with the pelvis."""
    size = person.body.head
    ride = {"lift": joints.lift * 1.0, "left": joints.sway * 0.4, "forward": person.gait.lean * 0.95 + 0.004}
    chin = HEAD_TOP - 0.139 * size
    head = _volume(HEAD_TOP, chin, HEAD_SIDE, HEAD_DEEP, HEAD_FORWARD, size)
    neck = _volume(
        chin + 0.03,
        NECK - 0.006,
        ((0, 0.027), (0.7, 0.028), (1, 0.032)),
        ((0, 0.030), (0.7, 0.030), (1, 0.033)),
        ((0, -0.010), (1, -0.010)),
    )
    shapes: list[Limb | Lathe] = [
        lathe(view, neck, wear.neck, 0.004 if view.facing > -0.2 else 0.008, **ride),
        lathe(view, head, wear.head, 0.10, **ride),
    ]
    lift = joints.lift
    f = ride["forward"]
    nose = (0.062 * size + f, 0.0, chin + 0.062 * size + lift)
    shapes.append(limb(view, nose, (0.070 * size + f, 0.0, chin + 0.050 * size + lift), 0.006, 0.009, wear.hand,
                       0.101 if view.facing > 0.75 else 0.099))  # fmt: skip
    shapes += _hair(person, view, wear, ride, exact.sin(joints.twist * 12.0))
    if person.head.hat == "hood":
        hood = _volume(HEAD_TOP + 0.012, 0.845, ((0, 0.02), (0.1, 0.052), (0.4, 0.072), (0.8, 0.070), (1, 0.075)),
                       ((0, 0.02), (0.1, 0.055), (0.4, 0.078), (0.8, 0.068), (1, 0.072)),
                       ((0, -0.02), (1, -0.016)))  # fmt: skip
        shapes.append(lathe(view, hood, wear.hat, 0.06 if view.facing > -0.15 else 0.13, **ride))
    else:
        shapes += _hat(person, view, wear, ride)
    if person.head.scarf:
        wrap = _volume(0.868, 0.806, ((0, 0.040), (0.5, 0.056), (1, 0.060)), ((0, 0.042), (0.5, 0.058), (1, 0.062)),
                       ((0, 0.0), (1, 0.004)))  # fmt: skip
        shapes.append(lathe(view, wrap, wear.scarf, 0.095 if view.facing > -0.3 else 0.104, **ride))
    elif person.top.kind == "hoodie" and person.head.hat != "hood":
        roll = _volume(0.850, 0.790, ((0, 0.046), (0.5, 0.066), (1, 0.050)), ((0, 0.046), (0.5, 0.066), (1, 0.05)),
                       ((0, -0.022), (1, -0.034)))  # fmt: skip
        shapes.append(lathe(view, roll, wear.upper_arm, 0.090 if view.facing < 0.2 else -0.005, roundness=1.3, **ride))
    return shapes
