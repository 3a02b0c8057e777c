"""01.3: find the person who is in train and in test under two pids."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from reidlib.course.definition import Exercise, Mistake
from reidlib.course.leak import find_leak
from reidlib.data.tracklet import Tracklet


def _tracklet(rng: np.random.Generator, pid: int, camid: int) -> Tracklet:
    frames = rng.integers(0, 256, size=(int(rng.integers(6, 10)), 6, 3, 3), dtype=np.uint8)
    return Tracklet(frames, pid, camid, f"p{pid:04d}_c{camid + 1}")


def _street(rng: np.random.Generator, pids: Iterable[int]) -> list[Tracklet]:
    return [_tracklet(rng, pid, camid) for pid in pids for camid in (0, 1)]


def _cases(rng: np.random.Generator) -> list[tuple]:
    """Clean; then one kind of leak after the other, from the plain to the hidden, so that each mistake has its case."""
    cases = [(_street(rng, (3, 5, 8)), _street(rng, (4, 6)))]
    for start, shorter in ((0, 0), (0, 2), (2, 0)):
        train, test = _street(rng, (11, 12, 17)), _street(rng, (14, 15))
        source = train[3]
        piece = source.window(start, source.T - start - shorter)
        test.insert(2, Tracklet(piece.frames.copy(), 90, 0, "p0090_c1"))
        cases.append((train, test))
    cases.append((_street(rng, (21, 22, 25)), _street(rng, (22, 28))))
    return cases


def _by_content(same: Callable[[Tracklet, Tracklet], bool]) -> Callable:
    def leaks(train: list[Tracklet], test: list[Tracklet]) -> set:
        return {(a.pid, b.pid) for a in train for b in test if a.pid == b.pid or same(a, b)}

    return leaks


MISTAKES = (
    Mistake(
        lambda train, test: {(a.pid, b.pid) for a in train for b in test if a.pid == b.pid},
        "You compare labels only, pids or names: a person who was given new ones escapes. Compare the frames.",
    ),
    Mistake(
        _by_content(lambda a, b: np.array_equal(a.frames, b.frames)),
        "You compare whole tracklets: a copy that is shorter escapes. Compare frame by frame.",
    ),
    Mistake(
        _by_content(lambda a, b: np.array_equal(a.frames[0], b.frames[0])),
        "You compare frames at the same place only, first with first: a copy that begins later escapes. Compare every "
        "frame with every frame.",
    ),
    Mistake(
        lambda train, test: {(a, b) for a, b in find_leak(train, test) if a != b},
        "You compare frames only: the same pid in both parts is a leak too, even with other frames.",
    ),
    Mistake(
        lambda train, test: {(b, a) for a, b in find_leak(train, test)},
        "The pairs are turned round: first the pid in train, then the pid in test.",
    ),
    Mistake(lambda train, test: {b for _, b in find_leak(train, test)}, "Return pairs (pid in train, pid in test)."),
    Mistake(lambda train, test: {a for a, _ in find_leak(train, test)}, "Return pairs (pid in train, pid in test)."),
)


EXERCISE = Exercise(
    key="01.3",
    title="Find the planted leak",
    reference=find_leak,
    cases=_cases,
    mistakes=MISTAKES,
    hints=(
        "Labels can lie, pixels cannot: which frame of train is, byte for byte, a frame of test?",
        "Comparing all pairs of frames is slow. `frame.tobytes()` can be a key of a dictionary: remember for each "
        "frame of train whose it is, then look each frame of test up.",
        "The answer is a set of pairs: those whose frames meet, and (pid, pid) for each pid in both parts.",
    ),
)
