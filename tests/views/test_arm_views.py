"""The pictures of notebook 09 draw what they are given, in the order they say, and put it into words."""

import numpy as np
import pytest

from reidlib.errors import ReidError
from reidlib.evaluation.intervals import Interval
from reidlib.views.episode_sheet import episode_sheet
from reidlib.views.gallery_size_curves import gallery_size_curves
from reidlib.views.group_scatter import group_scatter, group_share


@pytest.fixture
def rng():
    return np.random.default_rng(9)


def pictures(rng, n):
    return rng.integers(0, 256, (n, 8, 4, 3), np.uint8)


def test_a_probe_stands_below_its_person(rng):
    gallery, probes = pictures(rng, 4), pictures(rng, 3)
    picture = episode_sheet(gallery, [2, 0, 1, 0], probes, [0, 1, 2], headings=("camera 1, day 4", "camera 0, day 5"))
    shown = picture.axes.images
    for k, place in enumerate([0, 1, 2, 3, 1, 2, 0]):
        np.testing.assert_array_equal(shown[k].get_array(), [*gallery, *probes][k])
        assert shown[k].get_extent()[0] == pytest.approx(1.18 * place)
    assert {image.get_extent()[3] for image in shown[:4]} != {image.get_extent()[3] for image in shown[4:]}
    assert picture.alt == ("An episode of 3 people. Camera 1, day 4: 4 pictures of C, A, B, A. Camera 0, day 5: 3 "
                           "pictures, of A, B, C.")
    assert picture.render()[:4] == b"\x89PNG"


@pytest.mark.parametrize(("labels", "probe_labels"), [([0, 1], [2]), ([0, -1], [0]), ([0, 26], [0]), ([0], [0])])
def test_a_sheet_refuses(rng, labels, probe_labels):
    with pytest.raises(ReidError):
        episode_sheet(pictures(rng, 2), labels, pictures(rng, 1), probe_labels)


def test_share_between_groups_is_that_of_an_analysis_of_variance(rng):
    x, groups = rng.normal(size=(30, 5)), np.repeat(list("abc"), [5, 10, 15])
    within = sum(np.square(x[groups == g] - x[groups == g].mean(0)).sum() for g in "abc")
    assert group_share(x, groups) == pytest.approx(1 - within / np.square(x - x.mean(0)).sum())
    means = np.stack([x[groups == g].mean(0) for g in groups])
    assert group_share(means, groups) == pytest.approx(1)
    assert group_share(x - means, groups) == pytest.approx(0)


def test_the_plane_keeps_distances_of_features_that_lie_in_one(rng):
    flat = rng.normal(size=(12, 2)) @ np.linalg.qr(rng.normal(size=(6, 2)))[0].T
    groups = ["day 4"] * 5 + ["day 5"] * 7
    picture = group_scatter({"z": flat, "g": flat[::-1]}, groups)
    small, means = ([line.get_xydata() for line in picture.axes[0].lines[k::2]] for k in (0, 1))
    points = np.concatenate(small)
    np.testing.assert_allclose(np.concatenate(means), [each.mean(0) for each in small])
    np.testing.assert_allclose(np.linalg.norm(points[:, None] - points, axis=-1),
                               np.linalg.norm(flat[:, None] - flat, axis=-1), atol=1e-9)
    assert [len(each) for each in small] == [5, 7]
    assert f"z {group_share(flat, groups):.0%}" in picture.alt
    with pytest.raises(ReidError):
        group_scatter({"z": flat[:3]}, groups)


def test_curves_show_estimates_ends_and_bounds():
    curves = {"cosine": [Interval(0.8, 0.7, 0.9, 50), Interval(0.5, 0.45, 0.55, 50)],
              "centred": [0.9, Interval(0.6, 0.5, 0.7, 50)]}
    picture = gallery_size_curves([5, 20], curves, {"chance": ([5, 20], [0.2, 0.05])}, quantity="rank-1")
    lines = {each.get_label(): each for each in picture.axes.containers}
    points, _, (bars,) = lines["cosine"]
    np.testing.assert_allclose(points.get_ydata(), [0.8, 0.5])
    np.testing.assert_allclose([segment[:, 1] for segment in bars.get_segments()], [[0.7, 0.9], [0.45, 0.55]])
    assert np.ptp(lines["centred"][2][0].get_segments()[0][:, 1]) == 0  # no interval, no bar
    assert picture.alt == ("rank-1 in galleries of 5, 20: cosine 80%, 50%; centred 90%, 60%; chance from 0.2 to 0.05.")
    with pytest.raises(ReidError, match="of another length: cosine"):
        gallery_size_curves([5, 10, 20], {"cosine": curves["cosine"]}, {}, quantity="rank-1")
