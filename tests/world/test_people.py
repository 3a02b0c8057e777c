"""Persons, their clothes and their walk."""

import numpy as np
import pytest

from reidlib.world import identity
from reidlib.world.figure import View
from reidlib.world.skeleton import FOREARM, SHIN, THIGH, UPPER_ARM, pose

PHASE = np.arange(0.0, 2.0, 0.01)


def _between(joints, a, b):
    return np.sqrt(sum((p - q) ** 2 for p, q in zip(joints.points[a], joints.points[b], strict=True)))


def test_a_person_depends_on_seed_and_number_alone():
    assert identity.person(11, 5) == identity.person(11, 5)
    people = {identity.person(11, k) for k in range(60)} | {identity.person(12, k) for k in range(60)}
    assert len(people) == 120


def test_people_are_varied():
    people = [identity.person(11, k) for k in range(200)]
    assert len({p.top.kind for p in people}) == len(identity.TOPS)
    assert len({p.top.pattern for p in people}) == len(identity.PATTERNS)
    assert {p.bag.kind for p in people} >= {"none", "backpack", "shoulder", "crossbody", "shopper", "briefcase"}
    heights = [p.body.height for p in people]
    assert max(heights) / min(heights) > 1.08


@pytest.mark.parametrize("pid", [0, 3, 8])
def test_bones_keep_their_length_in_the_plane_of_the_walk(pid):
    person = identity.person(11, pid)
    joints = pose(person, PHASE)
    for side in "lr":
        for a, b, bone in (("hip", "knee", THIGH), ("knee", "ankle", SHIN)):
            p, q = joints.points[a + side], joints.points[b + side]
            length = np.hypot(p[0] - q[0], p[2] - q[2])
            assert np.allclose(length, bone * person.body.legs, atol=1e-9)
        for a, b, bone in (("shoulder", "elbow", UPPER_ARM), ("elbow", "wrist", FOREARM)):
            p, q = joints.points[a + side], joints.points[b + side]
            assert np.allclose(np.hypot(p[0] - q[0], p[2] - q[2]), bone, atol=1e-9)


def test_one_foot_always_stands_on_the_ground_and_none_sinks_in():
    for pid in range(12):
        joints = pose(identity.person(11, pid), PHASE)
        lowest = np.min([joints.points[p + s][2] for p in ("heel", "toe") for s in "lr"], axis=0)
        assert np.allclose(lowest, 0.016, atol=1e-9)  # the sole's thickness


def test_legs_are_half_a_cycle_apart_and_knees_bend_backwards_only():
    joints = pose(identity.person(11, 2), PHASE)
    left, right = joints.points["anklel"][0], joints.points["ankler"][0]
    assert np.allclose(left[50:150], right[:100], atol=1e-9)
    hip, knee, ankle = (joints.points[n + "l"] for n in ("hip", "knee", "ankle"))
    thigh = np.arctan2(knee[0] - hip[0], hip[2] - knee[2])
    shin = np.arctan2(ankle[0] - knee[0], knee[2] - ankle[2])
    assert (thigh - shin).min() > 0
    assert (thigh - shin).max() > 0.7


def test_a_free_arm_swings_against_its_leg():
    for pid in range(40):
        person = identity.person(11, pid)
        if person.gait.left_arm == "swing":
            joints = pose(person, PHASE)
            r = np.corrcoef(joints.points["elbowl"][0] - joints.points["shoulderl"][0], joints.points["kneel"][0])[0, 1]
            assert r < -0.8


def test_projection_by_hand():
    one = np.ones(1)
    front = View(32 * one, 119 * one, 100 * one, 0 * one, 0.1)
    assert [float(v[0]) for v in front.point(0.0, 0.1, 0.5)] == [42, 69]  # his left is the picture's right
    assert [float(v[0]) for v in front.point(0.2, 0.0, 0.0)] == [32, 121]  # nearer is lower
    side = View(32 * one, 119 * one, 100 * one, np.pi / 2 * one, 0.1)
    x, y = side.point(0.2, 0.1, 0.0)
    assert (float(x[0]), float(y[0])) == pytest.approx((52, 118))
