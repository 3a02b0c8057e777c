"""Copies of arguments and comparison of answers, for everything that an exercise passes around.

Handled: numpy arrays and numbers, torch tensors, plain numbers, text; tuples, lists, sets, dictionaries and
dataclass objects of these.
Torch is looked at only where it is already loaded.
"""

from __future__ import annotations

import copy
import dataclasses
import math
import sys
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

import numpy as np

KINDS = {"b": "bool", "i": "int", "u": "int", "f": "float"}


@dataclasses.dataclass(frozen=True)
class Difference:
    """Where two answers part: `kind` is type, shape, dtype, non-finite, value or items; `text` a whole sentence.

    For kind "shape" and "value", `got` and `want` are the two arrays.
    """

    kind: str
    text: str
    got: Any = None
    want: Any = None


def is_tensor(value: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def is_record(value: Any) -> bool:
    """Whether a value is a dataclass object such as Tracklet, whose arrays a function could spoil."""
    return dataclasses.is_dataclass(value) and not isinstance(value, type)


def fields_of(record: Any) -> dict[str, Any]:
    return {field.name: getattr(record, field.name) for field in dataclasses.fields(record) if field.init}


def as_array(value: Any) -> np.ndarray:
    """The value's numbers as numpy sees them."""
    if not is_tensor(value):
        return np.asarray(value)
    value = value.detach().cpu()
    return (value.float() if value.dtype == sys.modules["torch"].bfloat16 else value).numpy()  # numpy lacks bfloat16


def copied(value: Any) -> Any:
    """A copy that a function may spoil. Tensors stay in their graph; what is neither data nor a container is shared."""
    return _rebuilt(value, lambda array: np.array(array, subok=False))


def guarded(value: Any) -> Any:
    """The same without copying arrays, which may be a whole data set: they become read-only, so writing fails."""
    return _rebuilt(value, _read_only)


def _read_only(array: np.ndarray) -> np.ndarray:
    view = array.view()
    view.flags.writeable = False
    return view


def _rebuilt(value: Any, array: Callable[[np.ndarray], np.ndarray]) -> Any:
    if is_tensor(value):
        return value.clone()
    if isinstance(value, np.ndarray):
        return array(value)
    if isinstance(value, np.random.Generator):
        return copy.deepcopy(value)
    if isinstance(value, dict):
        return {key: _rebuilt(item, array) for key, item in value.items()}
    if type(value) in (list, tuple, set):
        return type(value)(_rebuilt(item, array) for item in value)
    if is_record(value):
        return dataclasses.replace(value, **{name: _rebuilt(item, array) for name, item in fields_of(value).items()})
    return value


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal bit for bit, NaN equal to NaN; true for anything that `copied` shares."""
    if is_tensor(one) or isinstance(one, np.ndarray):
        a, b = as_array(one), as_array(other)
        return a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if type(one) in (list, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if is_record(one):
        return same(fields_of(one), fields_of(other))
    return one == other if isinstance(one, (set, int, float, str)) else True


def difference(got: Any, want: Any, rtol: float, atol: float, where: str = "") -> Difference | None:
    """The first thing in which `got` is not the answer `want`, or None. `where` names the part of a larger answer."""
    at = f"{where}: " if where else ""
    if isinstance(want, Mapping):
        return _mappings(got, want, rtol, atol, where, at)
    if isinstance(want, AbstractSet):
        return _sets(got, want, at)
    if isinstance(want, (tuple, list)):
        return _sequences(got, want, rtol, atol, where, at)
    if isinstance(want, str):
        return None if got == want else Difference("value", f"{at}The answer is {got!r}; needed: {want!r}.")
    return _arrays(got, want, rtol, atol, at)


def named(value: Any) -> str:
    """What a value is, in words for a student."""
    if is_tensor(value):
        return "a torch tensor"
    if isinstance(value, np.ndarray):
        return "a numpy array"
    if isinstance(value, (bool, int, float, np.number, np.bool_)):
        return "a single number"
    name = type(value).__name__
    return f"a{'n' if name[0] in 'aeiouAEIOU' else ''} {name}"


def _type(got: Any, want: Any, at: str) -> Difference:
    return Difference("type", f"{at}The answer is {named(got)}; needed: {named(want)}.")


def _mappings(got: Any, want: Mapping, rtol: float, atol: float, where: str, at: str) -> Difference | None:
    if not isinstance(got, Mapping):
        return _type(got, want, at)
    if set(got) != set(want):
        missing, extra = _listed(set(want) - set(got)), _listed(set(got) - set(want))
        return Difference("items", f"{at}The dictionary lacks {missing} and holds {extra} too much.")
    parts = (difference(got[key], want[key], rtol, atol, f"{where}[{key!r}]") for key in want)
    return next((found for found in parts if found), None)


def _sets(got: Any, want: AbstractSet, at: str) -> Difference | None:
    if not isinstance(got, AbstractSet):
        return _type(got, want, at)
    if got == want:
        return None
    missing, extra = want - got, got - want
    parts = [f"lacks {_listed(missing)}"] if missing else []
    parts += [f"holds {_listed(extra)}, which {'do' if len(extra) > 1 else 'does'} not belong there"] if extra else []
    return Difference("items", f"{at}The set {' and '.join(parts)}.")


def _sequences(got: Any, want: tuple | list, rtol: float, atol: float, where: str, at: str) -> Difference | None:
    if not isinstance(got, (tuple, list)):
        return _type(got, want, at)
    if len(got) != len(want):
        return Difference("items", f"{at}The answer has {len(got)} parts; needed: {len(want)}.")
    parts = (difference(g, w, rtol, atol, f"{where}part {i}") for i, (g, w) in enumerate(zip(got, want, strict=True)))
    return next((found for found in parts if found), None)


def _listed(items: Any, most: int = 3) -> str:
    names = sorted(map(repr, items))
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return (", ".join(names[:most]) + more) or "nothing"


def _arrays(got: Any, want: Any, rtol: float, atol: float, at: str) -> Difference | None:
    if is_tensor(got) != is_tensor(want) or (isinstance(want, np.ndarray) and not isinstance(got, np.ndarray)):
        return _type(got, want, at)
    try:
        mine, right = as_array(got), as_array(want)
    except (ValueError, TypeError):
        return _type(got, want, at)
    if mine.dtype.kind not in KINDS:
        if not isinstance(got, np.ndarray):
            return _type(got, want, at)
        return Difference("type", f"{at}The answer is a numpy array of text or objects; needed: numbers.")
    if mine.shape != right.shape:
        return Difference("shape", f"{at}The shape is {mine.shape}; needed: {right.shape}.", mine, right)
    if not np.isfinite(mine).all() and np.isfinite(right).all():
        return Difference("non-finite", f"{at}{np.sum(~np.isfinite(mine))} of {mine.size} values are NaN or infinite: "
                          "a division by zero, or the logarithm of 0?")
    if np.allclose(mine, right, rtol=rtol, atol=atol, equal_nan=True):
        if KINDS[mine.dtype.kind] == KINDS[right.dtype.kind]:
            return None
        return Difference("dtype", f"{at}The values are right but of type {mine.dtype}; needed: {right.dtype}.")
    return Difference("value", at + _worst(mine, right), mine, right)


def _worst(mine: np.ndarray, right: np.ndarray) -> str:
    distance = np.abs(mine.astype(np.float64) - right.astype(np.float64))
    if not mine.shape:
        return f"The answer is {float(mine):.5g}; needed: {float(right):.5g}."
    worst = np.unravel_index(int(np.argmax(np.where(np.isnan(distance), math.inf, distance))), mine.shape)
    place = ", ".join(str(int(i)) for i in worst)
    return f"The values differ, most at [{place}]: {float(mine[worst]):.5g} instead of {float(right[worst]):.5g}."
