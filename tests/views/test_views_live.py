"""Live views without a browser: what a message from the script does to the widget."""

from __future__ import annotations

import json
import logging

import numpy as np
import pytest

from reidlib.errors import ReidError
from reidlib.views import View, figure

pytest.importorskip("anywidget", reason="live views need anywidget: pip install 'reidlib[course]'")
WIDGET = "application/vnd.jupyter.widget-view+json"


@pytest.fixture
def view(tmp_path):
    script = tmp_path / "live_view.js"
    script.write_text("export function mount(root, data, host) {}\n")
    picture = figure(alt="A picture of three weights, of which the second is largest.", width=2, height=1)
    data = {"attention": [0.2, 0.5, 0.3], "frames": "a long string"}
    return View(script, data, picture=picture, title="Weights", links={"next": "02.ipynb"})


def tell(widget, number: int, message: object) -> None:
    """What the front end's `model.send` arrives as."""
    widget._handle_custom_msg({"number": number, "message": message}, [])


def test_an_answer_travels_as_a_patch(view):
    seen = []

    def answer(message):
        seen.append(message)
        return {"attention": np.array([1 / 3, 2 / 3, 0.0])}

    widget = view.live(answer)
    tell(widget, 1, {"hide": 2})
    assert seen == [{"hide": 2}]
    assert widget.patch == {"attention": [0.3333, 0.6667, 0.0]}
    assert (widget.answered, widget.error) == (1, "")
    assert widget.data == view.data  # the frames did not travel again


def test_answers_add_up_and_none_changes_nothing(view):
    answers = iter([{"a": 1}, None, {"b": 2}, {"a": 3}])
    widget = view.live(lambda message: next(answers))
    for number in range(1, 5):
        tell(widget, number, None)
    assert widget.patch == {"a": 3, "b": 2}
    assert widget.answered == 4


def test_without_a_callback_messages_are_answered_by_nothing(view):
    widget = view.live()
    tell(widget, 1, "anything")
    assert (widget.answered, widget.patch, widget.error) == (1, {}, "")


@pytest.mark.parametrize(
    ("problem", "shown"),
    [
        (ValueError("frame 99 of 16"), "ValueError: frame 99 of 16"),
        (ReidError("Found frame 99", "0 to 15", "go back"), "Found frame 99. Needed: 0 to 15. To do: go back."),
    ],
)
def test_an_exception_is_shown_logged_and_forgotten(view, caplog, problem, shown):
    def answer(message):
        if message == "bad":
            raise problem
        return {"attention": [1, 0, 0]}

    widget = view.live(answer)
    with caplog.at_level(logging.ERROR):
        tell(widget, 1, "bad")
    assert widget.error == shown
    assert widget.answered == 1
    assert widget.patch == {}
    assert caplog.records[0].exc_info[1] is problem
    tell(widget, 2, "good")
    assert widget.error == ""
    assert widget.patch == {"attention": [1, 0, 0]}


def test_an_answer_that_cannot_travel_is_an_error(view):
    widget = view.live(lambda message: {"attention": np.array([np.nan])})
    tell(widget, 1, None)
    assert "entry 'attention'" in widget.error
    assert widget.patch == {}


def test_interrupts_are_not_errors_of_the_view(view):
    def answer(message):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tell(view.live(answer), 1, None)


def test_what_the_front_end_gets(view):
    widget = view.live()
    state = widget.get_state()
    assert json.loads(json.dumps(state["data"])) == view.data
    assert state["links"] == {"next": "02.ipynb"}
    assert state["_esm"].endswith("export default { render: renderLive(mount) };\n")
    assert ".reid-view" in state["_css"]


def test_where_no_widget_runs_the_saved_view_stands_in(view):
    bundle, _ = view.live()._repr_mimebundle_()
    assert WIDGET in bundle
    assert bundle["text/html"] == view.html()
    assert bundle["text/plain"] == view.alt


def test_two_live_views_do_not_share_anything(view):
    one, two = view.live(lambda m: {"a": 1}), view.live(lambda m: {"a": 2})
    tell(one, 1, None)
    assert (one.patch, two.patch) == ({"a": 1}, {})
