"""The pictures of notebook 03 draw what they are given and say its numbers."""

import numpy as np
import pytest

from reidlib.errors import ReidError
from reidlib.views.channel_panels import channel_panels
from reidlib.views.distance_histograms import distance_histograms
from reidlib.views.feature_moves import feature_moves
from reidlib.views.note import noted
from reidlib.views.stage_maps import stage_maps
from reidlib.views.two_people import two_people
from reidlib.views.visibility_effect import visibility_effect


@pytest.fixture
def rng():
    return np.random.default_rng(3)


def test_a_note_is_drawn_and_said(rng):
    picture = channel_panels(np.zeros((8, 6, 3), np.uint8), rng.normal(size=(5, 8, 6)))
    both = noted(picture, "trained on a rendered street")
    assert both.mpl.get_supxlabel() == "trained on a rendered street"
    assert both.alt.startswith(picture.alt)
    assert both.alt.endswith("Note: trained on a rendered street.")
    with pytest.raises(ReidError, match="empty note"):
        noted(picture, " ")


def test_channels_stand_in_their_order_under_their_names(rng):
    frame, channels = rng.integers(0, 256, (8, 6, 3), np.uint8), rng.normal(size=(5, 7, 5))
    picture = channel_panels(frame, channels)
    np.testing.assert_array_equal(picture.axes[0].images[0].get_array(), frame)
    for axes, name, plane in zip(picture.axes[1:], ("Y", "U", "V", "flow x", "flow y"), channels, strict=True):
        assert axes.get_title() == name
        np.testing.assert_allclose(axes.images[0].get_array(), plane)
    assert f"V from {channels[2].min():.1f} to {channels[2].max():.1f}" in picture.alt
    assert picture.render()[:4] == b"\x89PNG"
    with pytest.raises(ReidError, match=r"shape \(4, 7, 5\)"):
        channel_panels(frame, channels[:4])


def test_maps_lie_where_their_cells_look(rng):
    frame, field = np.zeros((20, 12, 3), np.uint8), (6, 2, -4)
    maps = rng.normal(size=(3, 12, 8)) * np.array([1, 3, 2])[:, None, None]
    picture = stage_maps(frame, {"one": [maps]}, [field], shown=2)
    first, second = picture.axes[1:]
    np.testing.assert_allclose(first.images[0].get_array(), maps[1])  # the channel that varies most comes first
    np.testing.assert_allclose(second.images[0].get_array(), maps[2])
    left, right, bottom, top = first.images[0].get_extent()
    # Pixel p is drawn from p − .5 to p + .5; cell 0 sees −4 … 1, so its middle is −1.5 and its square −2.5 … −.5.
    assert (left, right, bottom, top) == (-2.5, -2.5 + 8 * 2, -2.5 + 12 * 2, -2.5)
    box = picture.axes[0].patches[1]
    assert (*box.get_xy(), box.get_width()) == (-4 + 4 * 2 - 0.5, -4 + 6 * 2 - 0.5, 6)
    assert f"one {maps.std():.2f}" in picture.alt
    assert "6×6 pixels" in picture.alt
    with pytest.raises(ReidError, match="1 fields"):
        stage_maps(frame, {"one": [maps, maps]}, [field])


def test_histograms_say_how_often_a_match_is_nearer(rng):
    same = np.eye(12, dtype=bool)
    table = rng.random((12, 12))
    table[same] -= 0.4
    wins = np.mean([[hit < other for other in table[~same]] for hit in table[same]])  # Mann–Whitney, pair by pair
    picture = distance_histograms({"raw": table, "useless": np.ones_like(table)}, same)
    assert picture.axes[0].get_title() == f"raw: AUC {wins:.2f}"
    assert picture.axes[1].get_title() == "useless: AUC 0.50"
    assert f"raw {table[same].mean():.2f} against {table[~same].mean():.2f}, the match is nearer in {wins:.0%}" \
        in picture.alt
    areas = [sum(bar.get_height() * bar.get_width() for bar in bars) for bars in picture.axes[0].containers]
    np.testing.assert_allclose(areas, 1)
    with pytest.raises(ReidError, match="with 0 matches"):
        distance_histograms({"raw": table}, same & False)


def test_bins_of_visibility_hold_the_means_of_their_frames(rng):
    visibility = np.concatenate([rng.random(300), [0.0, 1.0]])
    values = visibility * 2 + rng.normal(0, 0.1, 302)
    picture = visibility_effect(visibility, {"distance": values, "length": -values}, bins=4)
    for axes, sign in zip(picture.axes, (1, -1), strict=True):
        line = axes.lines[0]
        np.testing.assert_allclose(line.get_xdata(), [0.125, 0.375, 0.625, 0.875])
        for k, mean in enumerate(line.get_ydata()):
            inside = (visibility >= k / 4) & ((visibility < (k + 1) / 4) | (k == 3))
            assert mean == pytest.approx(sign * values[inside].mean())
        assert len(axes.collections[0].get_offsets()) == 302
    assert f"distance {values[visibility < 0.25].mean():.2f} in the least visible bin" in picture.alt


def test_empty_bins_of_visibility_are_left_out():
    picture = visibility_effect([0.1, 0.9], {"distance": [1.0, 2.0]}, bins=4)
    assert picture.axes.lines[0].get_xdata().tolist() == [0.125, 0.875]


def test_moves_stand_on_the_row_of_their_change():
    picture = feature_moves({"untrained": {"no flow": 0.1, "mirror": 0.6}, "trained": {"no flow": 0.04, "mirror": 0.2}})
    rows = {label.get_text(): place for place, label in
            zip(picture.axes.get_yticks(), picture.axes.get_yticklabels(), strict=True)}
    trained = next(line for line in picture.axes.lines if line.get_label() == "trained")
    assert dict(zip(trained.get_ydata(), trained.get_xdata(), strict=True)) == {rows["no flow"]: 0.04,
                                                                                rows["mirror"]: 0.2}
    assert "trained: no flow 0.04, mirror 0.20" in picture.alt
    with pytest.raises(ReidError, match="the same changes"):
        feature_moves({"a": {"x": 1.0}, "b": {"y": 1.0}})


def test_two_people_tell_where_the_feature_turns():
    frames = np.arange(3, dtype=np.uint8)[:, None, None, None] * np.ones((3, 4, 5, 3), np.uint8)
    picture = two_people(frames, [20, 10, 0], [0.1, 0.5, 0.9], [0.8, 0.4, 0.2])
    strip, axes = picture.axes
    assert strip.images[0].get_array().shape == (4, 15, 3)
    assert strip.images[0].get_array()[0, [0, 5, 10], 0].tolist() == [0, 1, 2]
    assert [line.get_ydata().tolist() for line in axes.lines] == [[0.1, 0.5, 0.9], [0.8, 0.4, 0.2]]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["20", "10", "0"]
    assert "nearer to the one in front from 10 pixels on" in picture.alt
    assert "throughout" in two_people(frames, [2, 1, 0], [0, 0, 0], [1, 1, 1]).alt
    with pytest.raises(ReidError, match="2 shifts"):
        two_people(frames, [1, 0], [0, 0, 0], [1, 1, 1])
