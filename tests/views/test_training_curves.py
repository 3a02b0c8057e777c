"""Loss curves: what is drawn is what was logged, live and afterwards, and an export keeps it."""

from __future__ import annotations

import re
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest
from notebook_maker import write_notebook

from reidlib.errors import ReidError
from reidlib.views import training_curves
from reidlib.views.palette import series
from reidlib.views.training_curves import TrainingCurves, training_figure

RNG = np.random.default_rng(0)
N = 50
TERMS = {name: RNG.gamma(2.0, size, N) for name, size in (("hinge", 0.2), ("similarity", 0.5), ("identity", 1.0))}
HISTORY = {**TERMS, "total": sum(TERMS.values()), "learning_rate": np.full(N, 1e-3), "gradient_norm": np.full(N, 9.0)}


def progress(step, done=False, history=HISTORY):
    return SimpleNamespace(step=step, steps=N, done=done, history={k: list(v[:step]) for k, v in history.items()})


def lines(picture):
    return {line.get_label().split("  ")[0]: line for line in picture.axes.get_lines()
            if not line.get_label().startswith("_")}


@pytest.mark.parametrize("window", [1, 4, 5, 200])
def test_lines_are_moving_means_of_the_history(window):
    drawn = lines(training_figure(HISTORY, smooth=window))
    assert list(drawn) == ["total", *TERMS]
    for name, line in drawn.items():
        values = HISTORY[name]
        mean = [np.mean(values[max(0, t - (window - 1) // 2):t + window // 2 + 1]) for t in range(N)]
        assert line.get_xdata().tolist() == list(range(1, N + 1))
        np.testing.assert_allclose(line.get_ydata(), mean, rtol=1e-12)
        assert line.get_label() == f"{name}  {mean[-1]:.3g}"


def test_single_values_of_the_total_stay_visible():
    faint = training_figure(HISTORY, smooth=9).axes.get_lines()[0]
    assert np.array_equal(faint.get_ydata(), HISTORY["total"])
    assert faint.get_alpha() < 0.5
    assert len(training_figure(HISTORY, smooth=1).axes.get_lines()) == 4, "nothing to see behind single values"


def test_colour_dash_and_mark_tell_the_lines_apart():
    drawn = list(lines(training_figure(HISTORY)).values())
    assert [line.get_color() for line in drawn] == [series(i)["color"] for i in range(4)]
    assert len({line.get_marker() for line in drawn}) == 4


def test_the_axis_reaches_to_the_last_step_of_the_whole_training():
    axes = training_figure(HISTORY, 400).axes
    assert axes.get_xlim() == (0, 401)
    assert axes.get_legend().get_title().get_text() == "50 of 400 steps, mean of 2 steps"
    assert training_figure(HISTORY).axes.get_xlim() == (0, N + 1)
    assert axes.get_ylim()[0] == 0
    assert training_figure(HISTORY, log=True).axes.get_yscale() == "log"


def test_the_total_is_made_and_a_single_term_stands_alone():
    made = lines(training_figure(TERMS, smooth=1))
    np.testing.assert_allclose(made["total"].get_ydata(), HISTORY["total"])
    assert list(lines(training_figure({"loss": [2.0, 1.0], "total": [2.0, 1.0]}))) == ["loss"]


def test_of_many_terms_the_smallest_are_drawn_together():
    many = {f"t{k}": np.full(3, float(k)) for k in (7, 1, 5, 2, 6, 3, 4)}
    drawn = lines(training_figure(many, smooth=1))
    assert list(drawn) == ["total", "t7", "t5", "t6", "t4", "3 others"]
    assert drawn["3 others"].get_ydata().tolist() == [6.0] * 3
    assert drawn["total"].get_ydata().tolist() == [28.0] * 3


def test_a_long_history_is_thinned_but_keeps_both_ends():
    values = np.linspace(3.0, 1.0, 100_000)
    line = lines(training_figure({"loss": values}, smooth=1))["loss"]
    assert len(line.get_xdata()) == training_curves.POINTS
    assert (line.get_xdata()[[0, -1]].tolist(), line.get_ydata()[[0, -1]].tolist()) == ([1, 100_000], [3.0, 1.0])


def test_the_sentence_comes_from_the_data():
    alt = training_figure(HISTORY, 400, smooth=1).alt
    assert alt.startswith("Training losses after 50 of 400 steps: total from ")
    for name in TERMS:
        assert f"{name} from {TERMS[name][0]:.3g} to {TERMS[name][-1]:.3g}" in alt
    assert "learning_rate" not in alt
    assert "(means of 2 steps)" in training_figure(HISTORY).alt


@pytest.mark.parametrize("history", [{}, {"loss": []}, {"a": [1.0], "b": [1.0, 2.0]}, {"learning_rate": [0.1]}])
def test_a_history_without_steps_is_named(history):
    with pytest.raises(ReidError, match="history of"):
        training_figure(history)
    with pytest.raises(ReidError, match="smooth=0"):
        training_figure(HISTORY, smooth=0)


def test_without_a_notebook_only_the_end_is_kept():
    curves = TrainingCurves(smooth=3)
    with pytest.raises(ReidError, match="no loss"):
        curves.figure()
    curves(progress(20))
    curves(progress(50, done=True))
    assert curves.figure().render() == training_figure(HISTORY, N, smooth=3).render()


class Kernel:
    """A kernel that counts cells, and keeps what a page would show: one bundle for each output."""

    def __init__(self, monkeypatch):
        self.execution_count, self.outputs, self.sent, self.now = 1, {}, 0, 100.0
        monkeypatch.setattr(training_curves, "_kernel", lambda: self)
        monkeypatch.setattr(training_curves.time, "monotonic", lambda: self.now)
        monkeypatch.setattr("IPython.display.display", self.receive)
        monkeypatch.setattr("IPython.core.display_functions.display", self.receive)

    def receive(self, data, *, display_id, update=False, metadata=None, raw=False):
        assert raw
        assert update == (display_id in self.outputs)
        self.outputs[display_id] = data
        self.sent += 1


def test_one_output_is_replaced_at_most_twice_a_second(monkeypatch):
    kernel, curves = Kernel(monkeypatch), TrainingCurves()
    for step in range(1, 31):
        kernel.now += 0.1
        curves(progress(step))
    assert 5 <= kernel.sent <= 7
    assert len(kernel.outputs) == 1
    kernel.now += 0.01
    curves(progress(N, done=True))  # the last is drawn, however soon
    (shown,) = kernel.outputs.values()
    assert shown["text/plain"] == training_figure(HISTORY, N).alt
    assert shown["text/plain"] in shown["text/html"]


def test_the_last_expression_of_the_cell_is_not_shown_twice(monkeypatch):
    kernel, curves = Kernel(monkeypatch), TrainingCurves()
    curves(progress(N, done=True))
    curves._ipython_display_()
    assert kernel.sent == 1
    kernel.execution_count += 1
    curves._ipython_display_()
    assert (kernel.sent, len(kernel.outputs)) == (2, 2)


def test_a_slow_picture_is_drawn_seldom(monkeypatch):
    kernel, curves = Kernel(monkeypatch), TrainingCurves()
    drawn = curves.figure

    def slow():
        kernel.now += 0.3
        return drawn()

    monkeypatch.setattr(curves, "figure", slow)
    for step in range(1, 31):
        kernel.now += 0.2
        curves(progress(step))
    assert kernel.sent == 2, "6 s of training, and 3 s between two pictures that take 0.3 s"


CELL = """
from types import SimpleNamespace
from reidlib.views.training_curves import TrainingCurves
curves = TrainingCurves()
for step in (1, 2, 40):
    losses = {'hinge': [1 / (k + 1) for k in range(step)], 'identity': [2.0] * step}
    curves(SimpleNamespace(step=step, steps=40, done=step == 40, history=losses))
curves
"""


def test_a_saved_and_an_exported_notebook_show_the_last_state(tmp_path):
    pytest.importorskip("papermill")
    from reidlib.report.export import export_html
    from reidlib.report.run import run_notebook

    path = write_notebook(tmp_path / "77_curves.ipynb", CELL)
    run_notebook(path, tmp_path / "out.ipynb", {}, profile="ci")
    export_html(tmp_path / "out.ipynb", tmp_path / "out.html")
    cells = nbformat.read(tmp_path / "out.ipynb", as_version=4).cells
    (cell,) = [each for each in cells if "TrainingCurves" in each.source]
    (output,) = cell.outputs
    assert output.data["text/plain"].startswith("Training losses after 40 of 40 steps")
    assert output.data["image/png"].startswith("iVBOR")
    assert "application/vnd.jupyter.widget-view+json" not in output.data
    page = (tmp_path / "out.html").read_text(encoding="utf-8")
    (image,) = re.findall(r"<img[^>]*Training losses[^>]*>", page)
    assert "after 40 of 40 steps" in image
    assert "data:image/png;base64," in image
