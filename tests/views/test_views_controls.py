"""rerun: which control each choice gets, what is drawn, and that no error is lost."""

from __future__ import annotations

import subprocess
import sys

import pytest

from reidlib.errors import ReidError
from reidlib.views import figure, pipeline_map, rerun

widgets = pytest.importorskip("ipywidgets")


def shown(box) -> str:
    return box.children[-1].value


def told(box) -> str:
    return box.children[1].value


def picture(R):
    drawn = figure(alt=f"A test picture of the number {R}, which is chosen.", width=1, height=1)
    drawn.axes.plot([0, R])
    return drawn


def test_each_kind_of_choice_gets_its_control():
    given = widgets.BoundedIntText(value=4, min=0, max=9)
    box = rerun(lambda **chosen: repr(chosen), R=range(1, 8, 2), head={"RAN": "ran", "mean": "plain"}, T=[16, 128],
                n=given)  # fmt: skip
    R, head, T, n = box.controls.values()
    assert (type(R), R.min, R.max, R.step, R.value) == (widgets.IntSlider, 1, 7, 2, 1)
    assert not R.continuous_update
    assert (type(head), head.options) == (widgets.Dropdown, (("RAN", "ran"), ("mean", "plain")))
    assert T.options == (("16", 16), ("128", 128))
    assert n is given
    assert [each.description for each in (R, head, T, n)] == ["R", "head", "T", "n"]
    assert "{&#x27;R&#x27;: 1, &#x27;head&#x27;: &#x27;ran&#x27;, &#x27;T&#x27;: 16, &#x27;n&#x27;: 4}" in shown(box)


def test_the_first_drawing_uses_the_functions_own_values_and_a_change_draws_again():
    drawn = []

    def again(R=3, head="plain"):
        drawn.append((R, head))
        return picture(R)

    box = rerun(again, R=range(6), head={"RAN": "ran", "mean": "plain"})
    assert drawn == [(3, "plain")]
    assert shown(box) == picture(3).html()
    box.controls["R"].value = 5
    box.controls["head"].value = "ran"
    assert drawn == [(3, "plain"), (5, "plain"), (5, "ran")]
    assert shown(box) == picture(5).html()
    assert (told(box), box.error) == ("", "")


def test_text_is_escaped_and_a_view_gives_its_picture():
    assert "&lt;script&gt;" in shown(rerun(lambda R: "<script>", R=[1]))
    assert shown(rerun(lambda R: pipeline_map(), R=[1])) == pipeline_map().picture.html()


def test_the_picture_of_the_time_stands_beside_the_widget():
    box = rerun(picture, R=range(1, 4))
    box.controls["R"].value = 2
    bundle = box._repr_mimebundle_()
    bundle = bundle[0] if isinstance(bundle, tuple) else bundle
    assert bundle["text/html"] == picture(2).html()
    assert bundle["text/plain"] == picture(2).alt
    assert "application/vnd.jupyter.widget-view+json" in bundle


@pytest.mark.parametrize(("error", "sentence"), [
    (ReidError("Found 2", "3 <or> more", "type 3"), "&lt;or&gt;"),
    (ZeroDivisionError("no frame"), "ZeroDivisionError: no"),
])  # fmt: skip
def test_an_error_is_shown_raised_and_gone_with_the_next_drawing(error, sentence):
    def again(R):
        if R == 2:
            raise error
        return picture(R)

    box = rerun(again, R=range(4))
    with pytest.raises(type(error)):
        box.controls["R"].value = 2
    assert sentence in told(box)
    assert 'role="alert"' in told(box)
    assert "still the picture of before" in told(box)
    assert box.error
    assert shown(box) == picture(0).html()
    box.controls["R"].value = 3
    assert (told(box), box.error) == ("", "")
    assert shown(box) == picture(3).html()


def test_the_first_error_stops_the_cell():
    with pytest.raises(ZeroDivisionError):
        rerun(lambda R: 1 / R, R=range(3))


@pytest.mark.parametrize(("draw", "choices", "sentence"), [
    (picture, {}, "no choice"),
    (picture, {"R": []}, "no value to choose for R"),
    (picture, {"R": range(0)}, "no value to choose for R"),
    (picture, {"R": "abc"}, "R='abc'"),
    (picture, {"R": 3}, "R=3"),
    (picture, {"R": widgets.HBox()}, "an ipywidget with a value"),
    (lambda R=9: picture(R), {"R": range(6)}, "R=9 as the function's own value"),
    (lambda R: None, {"R": range(6)}, "answer of type NoneType"),
])  # fmt: skip
def test_mistakes_are_sentences(draw, choices, sentence):
    with pytest.raises(ReidError, match=sentence):
        rerun(draw, **choices)


def test_importing_the_views_needs_no_ipywidgets():
    code = "import sys; sys.modules['ipywidgets'] = None\nfrom reidlib.views import rerun\nrerun(str, R=[1])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "ReidError: Found no ipywidgets package" in run.stderr
