"""Wrong input to `rank`: a sentence that says what and where."""

from __future__ import annotations

import numpy as np
import pytest

from reidlib.errors import ReidError
from reidlib.evaluation.ranking import rank

GOOD = dict(
    distance=np.arange(6.0).reshape(2, 3),
    probe_pids=[1, 2],
    gallery_pids=[1, 2, 2],
    probe_camids=[0, 0],
    gallery_camids=[1, 1, 1],
)
FEATURES = dict(GOOD, distance=None, probe_features=np.eye(2, 4), gallery_features=np.ones((3, 4)))


def with_entry(value, dtype=np.float64):
    distance = np.arange(6.0).reshape(2, 3).astype(dtype)
    distance[1, 2] = value
    return distance


def features_with(value):
    features = np.ones((3, 4))
    features[2, 1] = value
    return features


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"distance": with_entry(np.nan)}, r"Found nan at distance\[1, 2\]"),
        ({"distance": with_entry(np.inf, np.float16)}, r"Found inf at distance\[1, 2\]"),
        ({"distance": with_entry(-np.inf, np.float32)}, r"Found -inf at distance\[1, 2\]"),
        ({"distance": np.zeros(3)}, r"distance of shape \(3,\).*two dimensions"),
        ({"distance": np.zeros((2, 3), complex)}, "distance of type complex128"),
        ({"distance": np.zeros((2, 3), bool)}, "distance of type bool"),
        ({"distance": None}, "no distances.*probe_features and gallery_features"),
        ({"probe_features": np.ones((2, 4))}, "distance and probe_features"),
        ({"probe_pids": [1, 2, 3]}, "3 probe_pids for 2 probes"),
        ({"gallery_camids": [1]}, "1 gallery_camids for 3 gallery items"),
        ({"gallery_pids": [[1, 2, 2]]}, r"gallery_pids of shape \(1, 3\)"),
        ({"gallery_pids": [1, 2.5, 2]}, "gallery_pids.*not all whole numbers"),
        ({"probe_pids": ["a", "b"]}, "probe_pids.*not all whole numbers"),
        ({"probe_camids": None}, "no probe_camids"),
        ({"gallery_pids": [7, 8, 9]}, "no valid query: of 2 probes 0 have their pid in the gallery"),
        ({"gallery_camids": [0, 0, 0]}, "no valid query: of 2 probes 2 have.*another camera"),
        ({"protocol": "camera_pair:probe_camera=5"}, "no valid query.*probes come from probe_camera"),
        ({"protocol": "market"}, "protocol 'market'.*market1501, mars"),
        ({"protocol": "market1501:seed=1"}, "'seed=1'.*no options"),
        ({"protocol": "two_tracklet:seed=x"}, "'seed=x'.*repeats=NUMBER and seed=NUMBER"),
        ({"protocol": "two_tracklet:repeats=0"}, "repeats=0"),
        ({"ap": "mean"}, "ap='mean'.*step, trapezoid"),
        ({"ties": "random"}, "ties='random'"),
        ({"max_rank": 0}, "max_rank 0"),
    ],
)
def test_distances(change, sentence):
    assert rank(**GOOD).queries == 2
    with pytest.raises(ReidError, match=sentence):
        rank(**(GOOD | change))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"gallery_features": features_with(np.nan)}, r"nan at gallery_features\[2, 1\]"),
        ({"gallery_features": features_with(-np.inf)}, r"-inf at gallery_features\[2, 1\]"),
        ({"gallery_features": np.ones((3, 5))}, "4 and gallery_features of 5 dimensions"),
        ({"gallery_features": None}, "Found probe_features.*either distance"),
        ({"gallery_features": np.ones((3, 4), int)}, "gallery_features of type int64"),
        ({"gallery_features": np.ones((3, 4)) * 1e20}, r"length 2e\+20 at gallery_features\[0\]"),
        ({"probe_features": np.eye(2, 4) * 1e-20}, r"length 1e-20 at probe_features\[0\]"),
        ({"probe_features": np.diag([1.0, 0])[:, [0, 1, 1, 1]], "metric": "cosine"}, r"zero vector at probe_f.*\[1\]"),
        ({"metric": "manhattan"}, "metric='manhattan'.*euclidean, cosine"),
        ({"probe_features": np.ones((3, 4))}, "2 probe_pids for 3 probes"),
    ],
)
def test_features(change, sentence):
    assert rank(**FEATURES).queries == 2
    with pytest.raises(ReidError, match=sentence):
        rank(**(FEATURES | change))


@pytest.mark.parametrize("seed", range(8))
def test_a_match_outside_the_drawn_gallery_is_checked_too(seed):
    """Single shot: where the gallery of a draw shows the identity's item of the probe's own camera, the match is not
    in it; half of the seeds draw so."""
    ids = dict(probe_pids=[1], gallery_pids=[1, 1, 2], probe_camids=[0], gallery_camids=[0, 1, 1])
    with pytest.raises(ReidError, match=r"nan at distance\[0, 1\]"):
        rank([[1.0, np.nan, 1.0]], protocol=f"single_gallery_shot:repeats=1,seed={seed}", **ids)


@pytest.mark.parametrize("shape", [(0, 5), (3, 0), (0, 0)])
def test_nothing_to_rank(shape):
    ids = dict(zip(("probe_pids", "probe_camids"), [np.zeros(shape[0], int)] * 2, strict=True))
    ids |= dict(zip(("gallery_pids", "gallery_camids"), [np.zeros(shape[1], int)] * 2, strict=True))
    features = dict(probe_features=np.ones((shape[0], 4)), gallery_features=np.ones((shape[1], 4)))
    for source in ({"distance": np.zeros(shape)}, features):
        with pytest.raises(ReidError, match="no valid query"):
            rank(**source, **ids)


def test_overflow_of_the_check_is_no_error():
    """Distances so large that their squares overflow float32, and float64 beyond float32's range, are still ranked."""
    for distance in (np.array([[3e30, 1e30]], np.float32), np.array([[3e300, 1e300]])):
        ranking = rank(distance, probe_pids=[1], gallery_pids=[1, 2], probe_camids=[0], gallery_camids=[1, 1])
        assert ranking.first_rank.tolist() == [2]
