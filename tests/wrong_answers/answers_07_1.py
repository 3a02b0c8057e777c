"""Answers to 07.1, the place of the first match under the camera rule."""

import numpy as np
from stored_answers import right, wrong

KEY = "07.1"


@right(KEY)
def by_counting(distance, same_person, same_camera):
    match = same_person & ~same_camera
    if not match.any():
        return 0
    return 1 + int((distance[~same_person] <= distance[match].min()).sum())


@right(KEY)
def by_sorting(distance, same_person, same_camera):
    kept = ~(same_person & same_camera)
    order = np.lexsort((same_person[kept], distance[kept]))  # at ties the wrong ones first
    hits = np.flatnonzero(same_person[kept][order])
    return int(hits[0]) + 1 if len(hits) else 0


@wrong(KEY, "counted from 1", "value")
def from_zero(distance, same_person, same_camera):
    return max(by_counting(distance, same_person, same_camera) - 1, 0)


@wrong(KEY, "the wrong way round", "value")
def by_similarity(distance, same_person, same_camera):
    return by_counting(-distance, same_person, same_camera)


@wrong(KEY, "counts as a match", "value")
def without_the_rule(distance, same_person, same_camera):
    return 1 + int((distance[~same_person] <= distance[same_person].min()).sum())


@wrong(KEY, "neither match nor mistake", "value")
def own_camera_is_a_mistake(distance, same_person, same_camera):
    match = same_person & ~same_camera
    return 1 + int((distance[~match] <= distance[match].min()).sum()) if match.any() else 0


@wrong(KEY, "others may still be mistakes", "value")
def leaves_the_camera_out(distance, same_person, same_camera):
    keep = ~same_camera
    return by_counting(distance[keep], same_person[keep], same_camera[keep])


@wrong(KEY, "An optimist", "value")
def optimist(distance, same_person, same_camera):
    match = same_person & ~same_camera
    return 1 + int((distance[~same_person] < distance[match].min()).sum()) if match.any() else 0


@wrong(KEY, "A stable sort decides", "value")
def stable(distance, same_person, same_camera):
    keep = ~(same_person & same_camera)
    hits = np.flatnonzero(same_person[keep][np.argsort(distance[keep], kind="stable")])
    return int(hits[0]) + 1 if len(hits) else 0


@wrong(KEY, "It stopped with", "crash")
def forgets_that_none_may_be_left(distance, same_person, same_camera):
    match = same_person & ~same_camera
    return 1 + int((distance[~same_person] <= distance[match].min()).sum())


@wrong(KEY, "the answer is 0", "value")
def behind_everybody(distance, same_person, same_camera):
    return by_counting(distance, same_person, same_camera) or len(distance) + 1
