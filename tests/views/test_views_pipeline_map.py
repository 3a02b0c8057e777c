"""The pipeline map says what the papers and the plan say, and promises only code that is there."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

import reidlib
from reidlib.views import pipeline_map
from reidlib.views.pipeline_picture import pipeline_picture
from reidlib.views.pipeline_stages import LANES, LETTERS, STAGES, arrows, lane

LIBRARY = Path(reidlib.__file__).parent
VIEWS = LIBRARY / "views"
NOTEBOOKS = {
    "00_start_here", "01_tracklets", "02_flow_extraction", "03_frame_features", "04_frame_attention",
    "05_refinement_iterations", "06_siamese_losses", "07_training_and_ranking", "08_does_attention_look_right",
    "09_arm_episodes", "10_reproduce_and_judge", "11_your_own_tracklets",
}  # fmt: skip
# Rooms and the files whose names are the steps of the papers' figures.
ROOMS = {
    "data/tracklet", "flow", "ran/frame_cnn", "ran/attention", "ran/refinement", "ran/losses", "evaluation/ranking",
    "arm/episodes", "arm/backbones", "arm/gallery", "arm/probe", "arm/matching",
}  # fmt: skip
VOCABULARY = {
    "frames", "flow", "frame_features", "attention_logits", "attention", "video_feature", "score", "refine_score",
    "distance", "gallery_features", "probe_features",
}  # fmt: skip


def test_both_lanes_hold_the_steps_in_order():
    assert [stage.title for stage in lane("RAN")] == [
        "Tracklet frames", "Optical flow", "Five-channel input", "Frame CNN", "Frame attention", "Refinement",
        "Video feature", "Siamese losses", "Ranking",
    ]  # fmt: skip
    assert [stage.title for stage in lane("ARM")] == [
        "Episode", "Backbone", "Gallery encoder", "Probe encoder", "Matching",
    ]  # fmt: skip
    assert len({stage.key for stage in STAGES}) == len(STAGES) == 14


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.key)
def test_each_step_keeps_to_the_vocabulary(stage):
    assert stage.room in ROOMS
    assert stage.notebook in NOTEBOOKS
    assert {code for _, code in stage.names if code} <= VOCABULARY
    assert set(stage.letters) == set(re.findall("[A-Z]", stage.shape)) <= set(LETTERS)
    assert re.fullmatch(r"[A-Z].*\.", stage.what)
    assert stage.what.count(". ") == 0  # one sentence
    if stage.equation and stage.lane == "ARM":
        assert re.search(r"ours|Vinyals", stage.source)  # the public text of ARM has no equation
    # Sub- and superscripts are closed, and each has something in it.
    for text in (stage.equation, *(symbol for symbol, _ in stage.names)):
        assert text.count("{") == text.count("}")
        assert not re.search(r"[_^]($|\s|\{\})", text)


def test_equations_of_ran_carry_their_numbers():
    numbers = {stage.key: stage.source for stage in STAGES if "Eq." in stage.source}
    assert numbers == {
        "attention": "RAN Eq. 1", "refinement": "RAN Eq. 3", "feature": "RAN Eq. 2, and 4 after refinement",
        "losses": "RAN Eq. 6; the hinge is Eq. 5",
    }  # fmt: skip


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.key)
def test_marked_as_existing_exactly_where_python_finds_it(stage):
    module = LIBRARY.joinpath(*stage.room.split("/"))
    # find_spec of a dotted name imports its parents; the parents' folder is searched instead.
    finder = importlib.machinery.PathFinder.find_spec(module.name, [str(module.parent)])
    really = finder is not None and finder.loader is not None
    (shown,) = [each for each in pipeline_map().data["stages"] if each["key"] == stage.key]
    assert shown["exists"] is really


def test_existence_is_looked_up_not_declared(tmp_path):
    stage = next(stage for stage in STAGES if stage.key == "attention")
    assert not stage.exists(tmp_path)
    (tmp_path / "ran" / "attention").mkdir(parents=True)
    assert not stage.exists(tmp_path)  # an empty folder is no module
    (tmp_path / "ran" / "attention" / "__init__.py").touch()
    assert stage.exists(tmp_path)
    flow = next(stage for stage in STAGES if stage.key == "flow")
    (tmp_path / "flow.py").touch()
    assert flow.exists(tmp_path)


def test_arrows_join_neighbours_and_ranking_reads_the_video_feature():
    pairs = arrows()
    assert ("feature", "losses") in pairs
    assert ("feature", "ranking") in pairs
    assert ("losses", "ranking") not in pairs
    assert len(pairs) == len(STAGES) - len(LANES)
    assert {key for pair in pairs for key in pair} == {stage.key for stage in STAGES}


def test_links_only_where_the_notebook_is(tmp_path, monkeypatch):
    folder = tmp_path / "course"
    folder.mkdir()
    (folder / "04_frame_attention.ipynb").touch()
    monkeypatch.chdir(folder)
    assert pipeline_map().links == {"04_frame_attention": "04_frame_attention.ipynb"}
    monkeypatch.chdir(tmp_path)
    assert pipeline_map().links == {}
    assert pipeline_map("course").links == {"04_frame_attention": "course/04_frame_attention.ipynb"}


def test_the_picture_says_what_it_shows():
    view = pipeline_map()
    for stage in STAGES:
        assert stage.title in view.alt
    assert "Refinement (R times)" in view.alt
    assert f"{sum(stage.exists(LIBRARY) for stage in STAGES)} of 14 steps" in view.alt
    none = pipeline_picture({stage.key: False for stage in STAGES})
    assert none.alt.endswith("The code of 0 of 14 steps is in this version.")
    drawn = {text.get_text() for text in none.axes.texts}
    assert {stage.title for stage in STAGES} <= drawn


def test_the_picture_marks_code_that_comes_later():
    exists = {stage.key: stage.key in ("frames", "ranking") for stage in STAGES}
    boxes = pipeline_picture(exists).axes.patches
    solid = [stage.key for stage, box in zip(STAGES, boxes, strict=True) if box.get_linestyle() in ("-", "solid")]
    assert solid == ["frames", "ranking"]


def test_no_text_of_the_picture_leaves_its_box():
    picture = pipeline_picture({stage.key: True for stage in STAGES})
    picture.mpl.draw_without_rendering()
    axes, extents = picture.axes, {}
    for stage, box in zip(STAGES, axes.patches, strict=True):
        extents[stage.title] = box.get_window_extent()
    for text in axes.texts:
        if text.get_text() in extents:
            box, inked = extents[text.get_text()], text.get_window_extent()
            assert box.x0 < inked.x0
            assert inked.x1 < box.x1, text.get_text()


def test_every_step_has_a_drawing():
    source = (VIEWS / "pipeline_icons.js").read_text("utf-8")
    drawings = set(re.findall(r"^  (\w+): \[", source, flags=re.M))
    assert drawings == {stage.key for stage in STAGES}
