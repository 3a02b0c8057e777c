"""A walking, dressed person as a list of shapes in painting order."""

from __future__ import annotations

import numpy as np

from reidlib.world.bags import bag_shapes
from reidlib.world.figure import Profile, View, heights, lathe, limb
from reidlib.world.heads import head_shapes
from reidlib.world.identity import Identity
from reidlib.world.shapes import KNOTS, Lathe, Limb, profile
from reidlib.world.skeleton import NECK, Pose, pose
from reidlib.world.wardrobe import Wardrobe

# Half width and half depth of a trunk, and how far its axis lies forward, by height (body height 1).
SIDE = ((0.850, 0.026), (0.838, 0.046), (0.822, 0.082), (0.806, 0.104), (0.785, 0.114), (0.745, 0.114), (0.700, 0.107),
        (0.640, 0.092), (0.600, 0.090), (0.550, 0.098), (0.500, 0.104), (0.455, 0.100))  # fmt: skip
DEEP = ((0.850, 0.028), (0.825, 0.042), (0.790, 0.058), (0.735, 0.070), (0.680, 0.068), (0.620, 0.060), (0.560, 0.064),
        (0.500, 0.074), (0.455, 0.070))  # fmt: skip
FORWARD = ((0.850, -0.006), (0.780, -0.006), (0.720, 0.006), (0.620, 0.002), (0.520, -0.008), (0.455, -0.010))


def trunk(person: Identity, high: float, low: float, thickness: float) -> Profile:
    """The trunk's profile between two heights, `thickness` of cloth added."""
    body = person.body
    z = heights(high, low)
    shoulder, waist = profile(z, ((0.80, 1.0), (0.70, 0.6), (0.60, 0.0))), profile(z, ((0.72, 0), (0.61, 1), (0.53, 0)))
    hip = profile(z, ((0.58, 0.0), (0.50, 1.0)))
    build = 0.45 + 0.55 * body.width
    factor = 1.0 + shoulder * (body.shoulders - 1) + waist * (body.waist - 1) + hip * (body.hips - 1)
    belly = body.belly * profile(z, ((0.72, 0.0), (0.60, 1.0), (0.48, 0.0)))
    cover = thickness * profile(z, ((0.850, 0.2), (0.80, 0.7), (0.72, 1.0)))
    flare = profile(z, ((0.50, 0.0), (0.30, 1.0)))
    return Profile(
        up=z,
        side=profile(z, SIDE) * build * factor + cover + belly * 0.5 + flare * 0.022,
        deep=profile(z, DEEP) * build + cover + belly + flare * 0.030,
        forward=profile(z, FORWARD) + belly + person.gait.lean * (z - 0.5) * 2.0,
        left=np.zeros(KNOTS),
    )


def _legs(person: Identity, view: View, joints: Pose, wear: Wardrobe) -> list[Limb | Lathe]:
    body, bottom, shoes = person.body, person.bottom, person.shoes
    build = (0.35 + 0.65 * body.width) * (0.55 + 0.45 * body.hips)
    knee, ankle = {"slim": (0.041, 0.026), "straight": (0.044, 0.034), "wide": (0.050, 0.047)}.get(
        bottom.kind, (0.039, 0.023)
    )
    covered = bottom.kind in ("slim", "straight", "wide")
    ankle = ankle * bottom.cut if covered else ankle
    calf = max(knee * 0.97, 0.040) * build
    shapes: list[Limb | Lathe] = []
    for name, side in (("l", 1.0), ("r", -1.0)):
        p = joints.points
        near = view.near(0.0, side * 0.05) * 0.4 - 0.20
        shin_end = tuple(a * 0.93 + b * 0.07 for a, b in zip(p["ankle" + name], p["knee" + name], strict=True))
        calf_at = tuple(a * 0.62 + b * 0.38 for a, b in zip(p["knee" + name], p["ankle" + name], strict=True))
        calf_at = (calf_at[0] - 0.008, *calf_at[1:])
        raised = (p["toe" + name][0], p["toe" + name][1], p["toe" + name][2] + 0.003)
        heel = (p["heel" + name][0], p["heel" + name][1], p["heel" + name][2] + 0.006)
        shapes.append(limb(view, heel, raised, 0.026, 0.019, wear.shoe, near - 0.004, cap=1.15))
        if shoes.kind == "boots" or not covered:
            high = 0.42 if shoes.kind == "boots" else 0.0
            boot_top = tuple(
                a * (1 - high) + b * high for a, b in zip(p["ankle" + name], p["knee" + name], strict=True)
            )
            boot = limb(
                view, boot_top, p["ankle" + name], max(0.033, 0.75 * calf * (high > 0)), 0.029, wear.boot, near + 0.0005
            )
            if high or shoes.kind == "trainers":
                shapes.append(boot)
        shapes.append(
            limb(
                view,
                calf_at,
                shin_end,
                calf * (1.02 if not covered else 1.0),
                ankle * build,
                wear.shin,
                near - 0.002,
                cap=2.5 if covered else 1.0,
            )
        )
        shapes.append(limb(view, p["knee" + name], calf_at, knee * build, calf, wear.knee, near - 0.001))
        thigh_top = (p["hip" + name][0], p["hip" + name][1], p["hip" + name][2] - 0.010)
        shapes.append(limb(view, thigh_top, p["knee" + name], 0.066 * build, knee * build, wear.thigh, near))
        if bottom.kind == "shorts":
            t = 0.80
            end = tuple(a * (1 - t) + b * t for a, b in zip(thigh_top, p["knee" + name], strict=True))
            shapes.append(
                limb(
                    view, thigh_top, end, 0.069 * build, 0.060 * build * bottom.cut, wear.shorts, near + 0.001, cap=4.0
                )
            )
    return shapes


def _arm_depth(view: View, forward: float, left: float) -> float:
    """Painting depth of an arm: before the trunk when near, behind trunk and legs when far."""
    near = view.near(forward, left)
    return near * 1.3 + (0.012 if near > -0.03 else -0.35)


def _arms(person: Identity, view: View, joints: Pose, wear: Wardrobe) -> list[Limb | Lathe]:
    body, top = person.body, person.top
    build = 0.5 + 0.5 * body.width
    cover = top.thickness * 0.75 if top.sleeve != "none" else 0.0
    shapes: list[Limb | Lathe] = []
    for name, side in (("l", 1.0), ("r", -1.0)):
        p = joints.points
        depth = _arm_depth(view, 0.0, side * 0.115)
        wide = 0.037 * build + cover
        elbow = 0.029 * build + cover * (1.0 if top.sleeve == "long" else 0.5)
        wrist = 0.021 * build + cover * (0.9 if top.sleeve == "long" else 0.0)
        pose_name = person.gait.left_arm if side > 0 else person.gait.right_arm
        # A bent arm reaches before the trunk: hidden by it when seen from behind.
        fore = _arm_depth(view, 0.12, side * 0.08) if pose_name in ("hold", "phone") else depth
        if pose_name != "pocket":
            shapes.append(limb(view, p["wrist" + name], p["hand" + name], 0.019, 0.016, wear.hand, fore - 0.001))
        shapes.append(limb(view, p["elbow" + name], p["wrist" + name], elbow, wrist, wear.forearm, fore, cap=1.4))
        shapes.append(limb(view, p["shoulder" + name], p["elbow" + name], wide, elbow, wear.upper_arm, depth + 0.001))
    return shapes


def _trunk(person: Identity, view: View, joints: Pose, wear: Wardrobe) -> list[Limb | Lathe]:
    top, bottom = person.top, person.bottom
    ride = {"lift": joints.lift, "left": joints.sway * 0.7}
    spread = np.maximum(0.0, joints.stride - 0.055)
    shapes: list[Limb | Lathe] = []
    if bottom.kind in ("skirt", "long skirt"):
        z = heights(0.615, bottom.hem)
        flare = (0.615 - z) / 0.3
        shape = trunk(person, 0.615, max(bottom.hem, 0.455), 0.006)
        shape = Profile(
            z, profile(z, SIDE) * (0.45 + 0.55 * person.body.width) + 0.05 * flare * bottom.cut,
            profile(z, DEEP) * (0.45 + 0.55 * person.body.width) + 0.045 * flare * bottom.cut,
            np.zeros(KNOTS), np.zeros(KNOTS),
        )  # fmt: skip
        reach = np.maximum(0.0, (0.52 - z) / 0.48)
        widen = spread[:, None] * reach[None, :] * 1.05
        shapes.append(lathe(view, shape, wear.skirt, -0.012, widen=widen, **ride))
    elif bottom.kind != "bare":
        shapes.append(
            lathe(view, trunk(person, 0.605, 0.462, 0.004), wear.hips, -0.015, **ride, turn=-0.4 * joints.twist)
        )
    shape = trunk(person, NECK + 0.012, top.hem, top.thickness)
    widen = None
    if top.hem < 0.45:
        reach = np.maximum(0.0, (0.50 - shape.up) / 0.48)
        widen = spread[:, None] * reach[None, :] * 1.05
    shapes.append(lathe(view, shape, wear.top, 0.0, widen=widen, turn=0.5 * joints.twist, **ride))
    return shapes


def person_shapes(person: Identity, view: View, phase: np.ndarray, wear: Wardrobe) -> list[Limb | Lathe]:
    """All shapes of one walker for gait phases `phase` (n,) in cycles, back to front."""
    joints = pose(person, phase)
    parts = _legs(person, view, joints, wear) + _trunk(person, view, joints, wear) + _arms(person, view, joints, wear)
    parts += head_shapes(person, view, joints, wear) + bag_shapes(person, view, joints, wear)
    return sorted(parts, key=lambda part: part.depth)
