"""From a wrong answer to its likely cause: same numbers turned, scaled, shifted, reordered, or one axis too many.

Only causes that explain the whole answer are named, so a diagnosis is never a guess about single values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from reidlib.course.values import Difference


def axis_sizes(letters: str, first_argument: object) -> dict[str, int]:
    """Size of each lettered axis of the exercise's first argument, {"B": 3, "T": 5}; empty where it has no axes."""
    shape = getattr(first_argument, "shape", ())
    return dict(zip(letters, map(int, shape), strict=True)) if letters and len(shape) == len(letters) else {}


def in_letters(shape: tuple[int, ...], sizes: Mapping[str, int]) -> str:
    """A shape as the course writes it, "(B, D) = (3, 4)"; sizes that no axis or several axes have stay numbers."""
    count = {size: list(sizes.values()).count(size) for size in sizes.values()}
    names = {size: letter for letter, size in sizes.items() if count[size] == 1}
    words = ", ".join(names.get(size, str(size)) for size in shape) + ("," if len(shape) == 1 else "")
    return f"({words}) = {shape}" if any(size in names for size in shape) else str(shape)


def diagnose(found: Difference, sizes: Mapping[str, int], rtol: float, atol: float) -> str | None:
    """One sentence on the likely cause of a wrong shape or wrong values, or None."""
    if found.got is None or found.kind not in ("shape", "value"):
        return None
    got, want = np.asarray(found.got), np.asarray(found.want)
    causes = _of_shape(got, want, sizes) if found.kind == "shape" else _of_values(got, want, sizes, rtol, atol)
    return next(causes, None)


def _of_shape(got: np.ndarray, want: np.ndarray, sizes: Mapping[str, int]) -> Iterator[str]:
    shapes = f"You return {in_letters(got.shape, sizes)}; needed is {in_letters(want.shape, sizes)}"
    if got.squeeze().shape == want.squeeze().shape:
        what = "An axis of size 1 is left over (keepdim?)" if got.ndim > want.ndim else "An axis of size 1 is lost"
        yield f"{what}. {shapes}."
    elif got.ndim == want.ndim and sorted(got.shape) == sorted(want.shape):
        yield f"The axes are in another order: permute or transpose them. {shapes}."
    elif got.size == want.size:
        yield f"The number of values is right but not their arrangement. {shapes}."
    elif got.ndim == want.ndim and sum(g != w for g, w in zip(got.shape, want.shape, strict=True)) == 1:
        axis = next(i for i, (g, w) in enumerate(zip(got.shape, want.shape, strict=True)) if g != w)
        more = got.shape[axis] - want.shape[axis]
        if abs(more) == 1:
            yield f"Axis {axis} is {'one too long' if more > 0 else 'one too short'}: off by one. {shapes}."
    yield f"{shapes}."


def _of_values(got: np.ndarray, want: np.ndarray, sizes: Mapping[str, int], rtol: float, atol: float) -> Iterator[str]:
    # Unsigned and Boolean arrays cannot be subtracted or negated safely.
    got, want = got.astype(np.float64), want.astype(np.float64)

    def equal(a: np.ndarray, b: np.ndarray) -> bool:
        return a.shape == b.shape and bool(np.allclose(a, b, rtol=rtol, atol=atol))

    if got.size > 1 and np.ptp(got) == 0 and np.ptp(want) > 0:
        yield f"All your values are the same number, {got.flat[0]:.5g}."
    if equal(got, -want):
        yield "Every value has the wrong sign."
    yield from _scale(got, want, sizes, rtol, atol, equal)
    if got.ndim > 1 and any(equal(np.swapaxes(got, a, b), want) for a in range(got.ndim) for b in range(a)):
        yield "Two axes are swapped: the right numbers stand in transposed places."
    for axis in range(got.ndim):
        yield from _along(got, want, axis, equal)
    if got.size > 1 and equal(np.sort(got, axis=None), np.sort(want, axis=None)):
        yield "The right numbers stand in the wrong places: is something reshaped where axes should be permuted?"
    if got.size > 1 and want.ndim and equal(got - np.mean(got - want), want):
        yield f"Every value is off by the same amount, {np.mean(got - want):.5g}."
    wrong = np.abs(got - want) > atol + rtol * np.abs(want)
    if 0 < wrong.sum() <= max(1, got.size // 4) and got.size > 3:
        places = [f"[{', '.join(str(int(i)) for i in place)}]" for place in np.argwhere(wrong)[:3]]
        yield f"Only {wrong.sum()} of {got.size} values are wrong, at {', '.join(places)}: an edge case?"


def _scale(got, want, sizes, rtol, atol, equal) -> Iterator[str]:
    large = np.abs(want) > 100 * atol
    if not large.any():
        return
    factor = float(np.median(got[large] / want[large]))
    if not np.isfinite(factor) or abs(factor - 1) < 1e-3 or abs(factor) < 1e-9 or not equal(got / factor, want):
        return
    for letter, size in sizes.items():
        if size > 1 and np.isclose(factor, size, rtol=1e-3):
            yield f"Every value is {letter} = {size} times too large: a sum over {letter} where a mean is asked for?"
        if size > 1 and np.isclose(factor, 1 / size, rtol=1e-3):
            yield f"Every value is {letter} = {size} times too small: a mean over {letter} where a sum is asked for?"
    yield f"Every value is {abs(factor):.4g} times what it should be{', with the wrong sign' if factor < 0 else ''}."


def _along(got, want, axis, equal) -> Iterator[str]:
    length = got.shape[axis]
    if length < 2:
        return
    if equal(np.flip(got, axis), want):
        yield f"Axis {axis} runs backwards."
    # What falls out at one end and what comes in at the other is free; fewer than three places prove nothing.
    first, last = np.arange(length - 1), np.arange(1, length)
    for mine, theirs, word in ((last, first, "late"), (first, last, "early")):
        shifted, kept = np.take(got, mine, axis), np.take(want, theirs, axis)
        if length > 3 and np.ptp(kept) > 0 and equal(shifted, kept):
            yield f"Along axis {axis} the values come one place too {word}: off by one."
