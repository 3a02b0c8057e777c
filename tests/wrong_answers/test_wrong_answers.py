"""The checks are checked: each accepts the library and other right answers, and refuses each stored wrong one."""

from __future__ import annotations

import answers_00_1  # noqa: F401  (importing fills the table)
import answers_01_1  # noqa: F401
import answers_01_2  # noqa: F401
import answers_01_3  # noqa: F401
import answers_02_1  # noqa: F401
import answers_02_2  # noqa: F401
import answers_02_3  # noqa: F401
import answers_03_1  # noqa: F401
import answers_03_2  # noqa: F401
import answers_03_3  # noqa: F401
import answers_04_1  # noqa: F401
import answers_04_2  # noqa: F401
import answers_04_3  # noqa: F401
import answers_05_1  # noqa: F401
import answers_05_2  # noqa: F401
import answers_05_3  # noqa: F401
import answers_06_1  # noqa: F401
import answers_06_2  # noqa: F401
import answers_06_3  # noqa: F401
import answers_07_1  # noqa: F401
import answers_07_2  # noqa: F401
import answers_07_3  # noqa: F401
import answers_08_1  # noqa: F401
import answers_08_2  # noqa: F401
import answers_08_3  # noqa: F401
import answers_09_1  # noqa: F401
import answers_09_2  # noqa: F401
import answers_09_3  # noqa: F401
import answers_11_1  # noqa: F401
import answers_11_2  # noqa: F401
import answers_11_3  # noqa: F401
import pytest
from stored_answers import RIGHT, WRONG

from reidlib import course
from reidlib.course.definition import exercises

KEYS = sorted(exercises())


def name(value) -> str:
    return getattr(value, "__name__", None) if callable(value) else None


def test_every_exercise_has_stored_answers():
    assert sorted(WRONG) == sorted(RIGHT) == KEYS
    assert all(len(answers) >= 4 for answers in WRONG.values())


@pytest.mark.parametrize("key", KEYS)
def test_the_library_passes_its_own_check(key):
    result = course.check(exercises()[key].reference, key)
    assert (result.status, result.ok) == ("solved", True), result.message


@pytest.mark.parametrize(("key", "function"), [(k, f) for k in KEYS for f in RIGHT[k]], ids=name)
def test_another_right_answer_is_accepted(key, function):
    result = course.check(function, key)
    assert result.status == "solved", result.message


@pytest.mark.parametrize(("key", "function", "hint", "kind"), [(k, *a) for k in KEYS for a in WRONG[k]], ids=name)
def test_a_wrong_answer_is_refused_with_a_useful_hint(key, function, hint, kind):
    result = course.check(function, key)
    assert result.status == "wrong"
    assert hint in result.message
    assert result.kind == kind
    assert hint in result.text()


@pytest.mark.parametrize(("key", "index"), [(k, i) for k in KEYS for i in range(len(exercises()[k].mistakes))])
def test_each_known_mistake_is_named(key, index):
    """Every hint of the library can be reached: a function that makes the mistake gets it."""
    mistake = exercises()[key].mistakes[index]
    assert mistake.hint in course.check(mistake.function, key).message


@pytest.mark.parametrize("key", KEYS)
def test_the_last_hint_leads_to_a_solution_that_passes(key):
    """The printed solution is the code of the function that passes."""
    import inspect

    assert course.solution(key).source.startswith(inspect.getsource(exercises()[key].reference).rstrip())
    assert len(exercises()[key].hints) >= 3
