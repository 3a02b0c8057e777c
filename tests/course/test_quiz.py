"""Quizzes: one right option each, every option explained, plain HTML that needs neither kernel nor network."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from reidlib import course
from reidlib.course.questions import Option, Question, Quiz, quizzes
from reidlib.errors import ReidError

KEYS = sorted(quizzes())
QUESTIONS = [(key, question) for key in KEYS for question in quizzes()[key].questions]


def test_the_first_two_notebooks_have_three_questions():
    assert [len(quizzes()[key].questions) for key in ("00", "01")] == [3, 3]


@pytest.mark.parametrize(("key", "question"), QUESTIONS, ids=lambda v: v if isinstance(v, str) else v.text[:30])
def test_questions_are_fair(key, question):
    assert sum(option.right for option in question.options) == 1
    assert 3 <= len(question.options) <= 5
    assert len({option.text for option in question.options}) == len(question.options)
    for option in question.options:
        assert len(option.why.split()) >= 8, "say why, also for the wrong ones"
        assert option.why.endswith(".")
    longest = max(question.options, key=lambda option: len(option.text))
    others = [len(option.text) for option in question.options if option is not longest]
    assert len(longest.text) < 2 * max(others), "the longest option must not give itself away"


def test_the_right_answers_stand_in_different_places():
    for key in KEYS:
        places = [[option.right for option in q.options].index(True) for q in quizzes()[key].questions]
        assert len(set(places)) > 1


def test_a_question_without_one_right_option_is_refused():
    with pytest.raises(ReidError, match="Found 0 right options"):
        Question("?", (Option("a", "b"), Option("c", "d")))
    with pytest.raises(ReidError, match="Found 2 right options"):
        Question("?", (Option("a", "b", right=True), Option("c", "d", right=True)))


class Tree(HTMLParser):
    """Tags in order, the text of each summary, and whether every tag is closed where it belongs."""

    def __init__(self, html):
        super().__init__()
        self.open, self.tags, self.summaries, self.ids = [], [], [], []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.ids += [value for name, value in attributes if name == "id"]
        self.open.append(tag)
        if tag == "summary":
            self.summaries.append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "summary" in self.open:
            self.summaries[-1] += data


@pytest.mark.parametrize("key", KEYS)
def test_the_page_is_native_html_without_script_or_network(key):
    quiz = course.quiz(key)
    html = quiz.html()
    tree = Tree(html)
    options = [option for question in quiz.questions for option in question.options]
    assert tree.summaries == [option.text.replace("`", "") for option in options]
    assert tree.tags.count("details") == len(options)
    assert not re.search(r"<details[^>]*\bopen\b", html), "every answer begins folded"
    assert not set(tree.tags) & {"script", "iframe", "link", "img", "button", "input"}
    assert "http" not in html
    assert "url(" not in html
    assert tree.ids == [f"quiz-{key}-{n}" for n in range(1, len(quiz.questions) + 1)]
    assert html == course.quiz(key).html(), "the same page at every run"


def test_verdicts_are_words_and_marks_not_colours_alone():
    quiz = Quiz("77", (Question("a < b?", (Option("x", "Since y.", right=True), Option("`z`", "No & never."))),))
    html = quiz.html()
    assert "a &lt; b?" in html
    assert "✓</span> <strong>Right.</strong> Since y." in html
    assert "✗</span> <strong>Not this one.</strong> No &amp; never." in html
    assert "<code>z</code></summary>" in html


def test_the_text_lists_options_and_keeps_the_answers_back():
    quiz = quizzes()["00"]
    text = quiz.text()
    for question in quiz.questions:
        assert question.text in text
        for option in question.options:
            assert option.text in text
            assert option.why not in text
            assert option.why in quiz.answers
    assert quiz.answers.count("✓ Right.") == len(quiz.questions)
    assert "  C) 16 frames for each of 4 tracklets" in text


def test_an_unknown_quiz_is_told():
    with pytest.raises(ReidError, match=r"no quiz '0'.*00.*two digits"):
        course.quiz("0")


def test_the_arithmetic_of_the_leak_question():
    """150 of 300 people, by drawing: the explanation says just over one half."""
    import numpy as np

    rng, met = np.random.default_rng(0), []
    for _ in range(400):
        train = rng.permutation(np.repeat(np.arange(300), 2))[:300]
        met.append((np.bincount(train, minlength=300) == 1).mean())
    assert abs(np.mean(met) - 300 / 599) < 0.005
