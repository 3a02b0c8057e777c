"""Things carried: backpack, shoulder bag, cross-body bag, shopping bag, briefcase."""

from __future__ import annotations

import numpy as np

from reidlib.world.figure import Profile, View, heights, lathe, limb
from reidlib.world.identity import Identity
from reidlib.world.shapes import KNOTS, Lathe, Limb, profile
from reidlib.world.skeleton import Pose
from reidlib.world.wardrobe import Wardrobe

_BOX = ((0.0, 0.80), (0.06, 0.95), (0.5, 1.0), (0.94, 0.98), (1.0, 0.85))
_SACK = ((0.0, 0.40), (0.08, 0.74), (0.25, 0.92), (0.6, 1.0), (0.94, 0.96), (1.0, 0.80))


def _box(high: float, low: float, side: float, deep: float, outline: tuple = _BOX) -> Profile:
    t = np.arange(KNOTS) / (KNOTS - 1)
    w = profile(t, outline)
    return Profile(heights(high, low), w * side, w * deep, np.zeros(KNOTS), np.zeros(KNOTS))


def bag_shapes(person: Identity, view: View, joints: Pose, wear: Wardrobe) -> list[Limb | Lathe]:
    """Shapes of the carried thing, if any; straps across the trunk belong to the trunk's texture."""
    bag, build = person.bag, 0.45 + 0.55 * person.body.width
    back = -0.075 * build - person.top.thickness
    swing = 0.20 * joints.twist
    if bag.kind == "backpack":
        s = bag.size
        box = _box(0.815, 0.815 - 0.235 * s, 0.080 * s, 0.048 * s, _SACK)
        return [lathe(view, box, wear.bag, view.near(-0.20, 0.0), lift=joints.lift * 0.95, left=joints.sway * 0.5,
                      forward=back - 0.030 * s, turn=0.3 * joints.twist, roundness=0.8)]  # fmt: skip
    side = bag.side
    name = "l" if side > 0 else "r"
    if bag.kind in ("shoulder", "crossbody"):
        s = bag.size
        high = 0.575 if bag.kind == "shoulder" else 0.545
        off = side * (0.128 * build + 0.010)
        box = _box(high, high - 0.105 * s, 0.034, 0.082 * s)
        depth = view.near(0.0, off) * 1.55 + 0.025
        ride = {"lift": joints.lift, "left": off + joints.sway, "forward": 0.012 + swing}
        shapes: list[Limb | Lathe] = [lathe(view, box, wear.bag, depth, roundness=0.7, **ride)]
        if bag.kind == "shoulder":
            top = (0.0, side * 0.100 * build, 0.815 + joints.lift)
            for f in (-0.045, 0.050):
                end = (f * s + swing, off + side * 0.012, high + joints.lift)
                shapes.append(limb(view, top, end, 0.008, 0.007, wear.strap, depth - 0.0005, roundness=0.3))
        return shapes
    if bag.kind in ("shopper", "briefcase"):
        hand = joints.points["hand" + name]
        s = bag.size
        tall, deep = (0.150 * s, 0.082 * s) if bag.kind == "shopper" else (0.105, 0.110 * s)
        box = _box(0.0, -tall, 0.030, deep)
        depth = view.near(0.0, side * 0.13) * 1.5 + 0.020
        lift = hand[2] - 0.045
        shapes = [lathe(view, box, wear.bag, depth, lift=lift, left=hand[1], forward=hand[0] * 0.8, roundness=0.6)]
        for f in (-0.03, 0.03):
            end = (hand[0] * 0.8 + f, hand[1], lift)
            shapes.append(limb(view, hand, end, 0.006, 0.006, wear.strap, depth - 0.0005, roundness=0.3))
        return shapes
    return []
