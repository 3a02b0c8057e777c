"""Answers to 01.3, the planted leak."""

import numpy as np
from stored_answers import right, wrong

KEY = "01.3"


@right(KEY)
def by_comparing_all_pairs(train, test):
    return {
        (a.pid, b.pid) for a in train for b in test if a.pid == b.pid
        or any(np.array_equal(x, y) for x in a.frames for y in b.frames)
    }  # fmt: skip


@right(KEY)
def by_sets_of_bytes(train, test):
    found = set()
    for a in train:
        mine = {frame.tobytes() for frame in a.frames}
        found |= {(a.pid, b.pid) for b in test if a.pid == b.pid or mine & {frame.tobytes() for frame in b.frames}}
    return found


@wrong(KEY, "You compare labels only", "items")
def labels_only(train, test):
    return {(pid, pid) for pid in {t.pid for t in train} & {t.pid for t in test}}


@wrong(KEY, "You compare labels only", "items")
def names_only(train, test):
    names = {t.name: t.pid for t in train}
    return {(names[t.name], t.pid) for t in test if t.name in names}


@wrong(KEY, "You compare whole tracklets", "items")
def whole_tracklets(train, test):
    owners = {t.frames.tobytes(): t.pid for t in train}
    copies = {(owners[t.frames.tobytes()], t.pid) for t in test if t.frames.tobytes() in owners}
    return copies | labels_only(train, test)


@wrong(KEY, "a copy that begins later escapes", "items")
def first_frames(train, test):
    owners = {t.frames[0].tobytes(): t.pid for t in train}
    copies = {(owners[t.frames[0].tobytes()], t.pid) for t in test if t.frames[0].tobytes() in owners}
    return copies | labels_only(train, test)


@wrong(KEY, "a copy that begins later escapes", "items")
def same_place(train, test):
    same = {(a.pid, b.pid) for a in train for b in test if any(map(np.array_equal, a.frames, b.frames))}
    return same | labels_only(train, test)


@wrong(KEY, "the same pid in both parts is a leak too", "items")
def pixels_only(train, test):
    return {(a.pid, b.pid) for a in train for b in test if any((x == y).all() for x in a.frames for y in b.frames)}


@wrong(KEY, "The pairs are turned round", "items")
def turned_round(train, test):
    return {(b, a) for a, b in by_sets_of_bytes(train, test)}


@wrong(KEY, "Return pairs (pid in train, pid in test)", "items")
def single_pids(train, test):
    return {b for _, b in by_sets_of_bytes(train, test)}


@wrong(KEY, "is a list; needed: a set", "type")
def a_list(train, test):
    return sorted(by_sets_of_bytes(train, test))


@wrong(KEY, "not belong there", "items")
def same_mean_colour(train, test):
    return {(a.pid, b.pid) for a in train for b in test if abs(a.frames.mean() - b.frames.mean()) < 4}


@wrong(KEY, "changed its input `test`", "input")
def takes_out_what_it_finds(train, test):
    found = by_sets_of_bytes(train, test)
    test[:] = [t for t in test if t.pid not in {b for _, b in found}]
    return found
