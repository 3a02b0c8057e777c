"""Walking: joint positions over a gait cycle, in body coordinates (forward, left, up) with body height 1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reidlib.world import exact
from reidlib.world.identity import Identity

THIGH, SHIN, ANKLE = 0.250, 0.245, 0.040
UPPER_ARM, FOREARM, HAND = 0.160, 0.138, 0.050
SHOULDER, NECK, HIP, HEAD_TOP = 0.812, 0.838, 0.530, 1.0
Point = tuple[np.ndarray, np.ndarray, np.ndarray]


@dataclass
class Pose:
    """Points as (forward, left, up) arrays of length T; `left` and `right` limbs under "l" and "r"."""

    points: dict[str, Point]
    lift: np.ndarray  # how far the pelvis stands above its resting height
    sway: np.ndarray  # sideways shift of the trunk
    twist: np.ndarray  # extra yaw of the shoulders, radians
    stride: np.ndarray  # half distance between the ankles along the path


def _leg(person: Identity, phase: np.ndarray) -> tuple[np.ndarray, ...]:
    """Hip, knee and sole angles (radians, forward positive) of one leg; phase 0 is its heel strike."""
    gait = person.gait
    hip = 0.06 + gait.stride * exact.cos(exact.TURN * phase) + 0.05 * exact.bump(phase, 0.80, 0.25)
    knee = 0.07 + 0.24 * gait.knee * exact.bump(phase, 0.14, 0.16)
    knee = knee + gait.knee * (0.55 + 1.15 * gait.stride) * exact.bump(phase, 0.71, 0.27)
    sole = 0.34 * exact.bump(phase, 0.0, 0.12) - (0.35 + 1.3 * gait.stride) * exact.bump(phase, 0.60, 0.22)
    return hip, hip - knee, sole + 0.12 * exact.bump(phase, 0.88, 0.12)


def _arm(person: Identity, kind: str, phase: np.ndarray) -> dict[str, np.ndarray]:
    """Upper and lower arm angles and how far elbow and hand stand off the trunk."""
    gait = person.gait
    swing = -gait.arm_swing * exact.cos(exact.TURN * phase)
    still = np.zeros_like(phase)
    if kind == "pocket":
        return {
            "upper": -0.28 + 0.12 * swing,
            "lower": 0.22 + 0.12 * swing,
            "elbow": still + 0.050,
            "hand": still + 0.0,
        }
    if kind == "phone":
        return {
            "upper": 0.18 + 0.06 * swing,
            "lower": 1.95 + 0.04 * swing,
            "elbow": still + 0.022,
            "hand": still - 0.055,
        }
    if kind == "hold":
        return {
            "upper": -0.12 + 0.05 * swing,
            "lower": 1.35 + 0.05 * swing,
            "elbow": still + 0.03,
            "hand": still - 0.02,
        }
    bend = gait.elbow * (0.55 + 0.45 * exact.cos(exact.TURN * (phase + 0.5)))
    return {"upper": swing - 0.05, "lower": swing + bend, "elbow": still + 0.016, "hand": still + 0.020}


def pose(person: Identity, phase: np.ndarray) -> Pose:
    """Joints for gait phases in cycles (left heel strikes at whole numbers).

    The pelvis rides as high as the lower of the two legs allows, so that a foot always stands on the ground.
    """
    body, gait = person.body, person.gait
    thigh, shin = THIGH * body.legs, SHIN * body.legs
    hip_height = thigh + shin + ANKLE
    points: dict[str, Point] = {}
    reach = []
    legs = {}
    for name, side, shift in (("l", 1.0, 0.0), ("r", -1.0, 0.5)):
        p = phase + shift
        p = p - np.floor(p)
        hip, shank, sole = _leg(person, p)
        (sh, ch), (ss, cs), (so, co) = exact.sincos(hip), exact.sincos(shank), exact.sincos(sole)
        knee_f, knee_z = thigh * sh, -thigh * ch
        ankle_f, ankle_z = knee_f + shin * ss, knee_z - shin * cs
        heel = (ankle_f - 0.030 * co + 0.020 * so, ankle_z - 0.030 * so - 0.022 * co)
        toe = (ankle_f + 0.088 * co + 0.022 * so, ankle_z + 0.088 * so - 0.024 * co)
        low = np.minimum(heel[1], toe[1]) - 0.016
        legs[name] = (side, knee_f, knee_z, ankle_f, ankle_z, heel, toe)
        reach.append(-low)
    height = np.maximum(reach[0], reach[1])
    sway = gait.sway * exact.sin(exact.TURN * phase)
    for name, (side, knee_f, knee_z, ankle_f, ankle_z, heel, toe) in legs.items():
        base = side * 0.052 * body.hips * (0.6 + 0.4 * body.width)
        foot = side * 0.046 * gait.stance
        zero = np.zeros_like(phase)
        points["hip" + name] = (zero, sway + base, height)
        points["knee" + name] = (knee_f, sway * 0.5 + 0.5 * (base + foot), height + knee_z)
        points["ankle" + name] = (ankle_f, zero + foot, height + ankle_z)
        points["heel" + name] = (heel[0], zero + foot, height + heel[1])
        points["toe" + name] = (toe[0], zero + foot * 1.25, height + toe[1])
    lift = height - hip_height + (hip_height - HIP)
    twist = -gait.twist * exact.cos(exact.TURN * phase)
    st, ct = exact.sincos(twist)
    for name, side, shift in (("l", 1.0, 0.0), ("r", -1.0, 0.5)):
        arm = _arm(person, gait.left_arm if side > 0 else gait.right_arm, phase + shift)
        wide = side * 0.098 * body.shoulders * (0.55 + 0.45 * body.width)
        (su, cu), (sl, cl) = exact.sincos(arm["upper"]), exact.sincos(arm["lower"])
        lean = gait.lean
        sf, sl_, sz = -wide * st + lean * 0.9, wide * ct + sway * 0.6, SHOULDER - 0.034 + lift
        elbow = (sf + UPPER_ARM * su, sl_ + side * arm["elbow"], sz - UPPER_ARM * cu)
        wrist = (elbow[0] + FOREARM * sl, sl_ + side * arm["hand"], elbow[2] - FOREARM * cl)
        points["shoulder" + name] = (sf, sl_, sz)
        points["elbow" + name] = elbow
        points["wrist" + name] = wrist
        points["hand" + name] = (wrist[0] + HAND * sl, wrist[1] - side * 0.004, wrist[2] - HAND * cl)
    spread = np.abs(legs["l"][3] - legs["r"][3]) * 0.5
    return Pose(points, lift, sway, twist, spread)
