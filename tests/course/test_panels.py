"""Boxes: readable in any theme, the same as text, safe for any content; hints, solutions, predictions."""

from __future__ import annotations

import inspect
import re

import pytest

from reidlib import course
from reidlib.course import folded
from reidlib.course.definition import exercises
from reidlib.course.panel import STATUS, Note, prose
from reidlib.course.result import Result
from reidlib.errors import ReidError

HOSTILE = '<script>alert("x")</script> & `a<b`'


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("background", ["#ffffff", "#111111", "#1e1e1e"])
@pytest.mark.parametrize("status", STATUS)
def test_accents_stand_out_on_white_and_on_dark(status, background):
    """WCAG 2.2, 1.4.11: 3:1, on white, on JupyterLab's dark and on an editor's dark background."""
    light, dark = sorted((luminance(STATUS[status][0]), luminance(background)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 3


def test_each_status_has_its_own_mark_and_word():
    assert len({mark for _, mark, _ in STATUS.values()}) == len({word for _, _, word in STATUS.values()}) == len(STATUS)


@pytest.mark.parametrize("status", ["solved", "wrong", "todo"])
def test_a_result_says_its_status_in_words_everywhere(status):
    result = Result("01.2", "Title", status, "value", "What is wrong.", hints=("first",), more_hints=1)
    _, mark, word = STATUS[status]
    assert result.text().startswith(f"{mark} {word} · Exercise 01.2, Title\nWhat is wrong.\nHint 1 of 2: first")
    assert f"<strong>{word}</strong> · Exercise 01.2, Title" in result.html()
    assert f'aria-label="Exercise 01.2, Title: {word}"' in result.html()
    assert "<details><summary>Hint 1 of 2</summary><p>first</p></details>" in result.html()
    assert repr(result) == result.text()


def test_whatever_stands_in_a_text_stays_text():
    result = Result("01.2", HOSTILE, "wrong", "value", HOSTILE, hints=(HOSTILE,))
    for html in (result.html(), Note(HOSTILE).html(), course.predict(HOSTILE, 1).html()):
        assert "<script>" not in html
        assert "&lt;script&gt;" in html
    assert prose(HOSTILE).endswith("<code>a&lt;b</code>")


def test_boxes_bring_no_colour_of_their_own_for_text_or_ground():
    html = Note("x").html()
    style = re.search(r"<style>(.*)</style>", html, flags=re.S).group(1)
    assert "http" not in html
    assert "color:#" not in style
    assert "background:#" not in style


def test_outside_a_notebook_text_is_printed(capsys):
    course.hint("00.1")
    course.predict("How many?", 3)
    assert capsys.readouterr().out.splitlines()[-1] == "How many? (your guess: 3)"


def test_hints_come_in_order_and_end_at_the_solution(monkeypatch):
    monkeypatch.setattr(folded, "_given", {})
    hints = exercises()["00.1"].hints
    told = [course.hint("00.1").text() for _ in range(len(hints) + 1)]
    for number, (hint, text) in enumerate(zip(hints, told, strict=False), 1):
        assert text == f"Note: Hint {number} of {len(hints)} for 00.1. {hint}"
    assert 'course.solution("00.1")' in told[-1]


@pytest.mark.parametrize("key", sorted(exercises()))
def test_the_solution_is_the_librarys_own_code_folded(key):
    solution, reference = course.solution(key), exercises()[key].reference
    assert inspect.getsource(reference).rstrip() in solution.source
    assert reference.__name__ in solution.origin
    html = solution.html()
    assert "<details><summary>" in html
    assert "<details open" not in html
    assert solution.source in solution.text()
    assert "&gt;" in html  # the arrow of the signature


def test_unknown_keys_are_told():
    for function in (course.hint, course.solution):
        with pytest.raises(ReidError, match=r"no exercise '9\.9'"):
            function("9.9")


@pytest.mark.parametrize(
    ("guess", "value", "text"),
    [
        (None, 12, "It is 12 %. Next time, guess first."),
        (30, 12, "You said 30 %; it is 12 %. What did you expect that did not happen?"),
        (11, 12, "You said 11 %; it is 12 %. Close."),
        (-11, -12, "You said -11 %; it is -12 %. Close."),
        (0, 0, "You said 0 %; it is 0 %. Close."),
        (11.9, 11.912345, "You said 11.9 %; it is 11.91 %. Close."),
    ],
)
def test_predictions_are_compared(guess, value, text):
    assert course.predict("Which share?", guess, " %").compare(value).text() == text


@pytest.mark.parametrize("guess", ["many", ..., float("nan"), [3]])
def test_a_guess_that_is_no_number_counts_as_none(guess):
    assert "no guess yet" in course.predict("How many?", guess).text()
