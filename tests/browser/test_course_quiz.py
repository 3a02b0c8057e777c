"""The quiz by keyboard, in JupyterLab and in a saved page with the network cut."""

from __future__ import annotations

import pytest

from reidlib import course
from reidlib.data.files import write_whole

pytestmark = pytest.mark.browser
SHOW = "from reidlib import course\nquiz = course.quiz('01')"


def opened(page) -> list[bool]:
    return [answer.get_attribute("open") is not None for answer in page.locator(".reid-quiz details").all()]


def press(page, index: int, key: str) -> None:
    page.locator(".reid-quiz summary").nth(index).focus()
    page.keyboard.press(key)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_saved_page_opens_answers_by_keyboard(open_file, screenshot, tmp_path, scheme):
    quiz = course.quiz("00")
    colours = {"light": "#fff;color:#111", "dark": "#111;color:#eee"}[scheme]
    body = f'<meta charset="utf-8"><body style="background:{colours};font-family:sans-serif">{quiz.html()}'
    write_whole(tmp_path / "quiz.html", body.encode())
    page = open_file(tmp_path / "quiz.html")
    assert not any(opened(page))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert opened(page)[:3] == [True, True, False]
    why = quiz.questions[0].options[0].why
    assert page.get_by_text(why).is_visible()
    assert page.get_by_role("group", name="Question 1 of 3").count() == 1
    screenshot(page, f"quiz-{scheme}")


def test_in_jupyterlab_letters_on_an_answer_do_not_touch_the_notebook(lab):
    page = lab.open("quiz.ipynb", SHOW, "'a second cell'")
    assert lab.run_all() == []
    page.locator(".reid-quiz").wait_for()
    for key in ("a", "b", "d", "d", "x"):
        press(page, 1, key)
    assert page.locator(".jp-Cell").count() == 2
    press(page, 0, "Enter")
    press(page, 3, "Space")
    assert opened(page)[:4] == [True, False, False, True]
