"""Deletion and insertion against models whose curves can be written down."""

import json

import numpy as np
import pytest

from reidlib.errors import ReidError
from reidlib.evaluation.curves import removal_curves

LENGTHS = np.array([4, 10, 7])
RNG = np.random.default_rng(0)
WORTH = RNG.permutation(21) / 10  # what each frame adds to the model's score
STARTS = np.cumsum(LENGTHS) - LENGTHS


def mean_worth(tracklet, keep):
    worth = WORTH[STARTS[tracklet] : STARTS[tracklet] + LENGTHS[tracklet]]
    return (keep * worth).sum(axis=1) / keep.sum(axis=1)


def test_curves_by_hand():
    result = removal_curves(WORTH, mean_worth, LENGTHS, steps=5, shuffles=3)
    assert result.kept.tolist() == [0.2, 0.4, 0.6, 0.8, 1.0]
    for i, length in enumerate(LENGTHS):
        worth = np.sort(WORTH[STARTS[i] : STARTS[i] + length])[::-1]
        kept = [int(np.ceil(length * k / 5 - 1e-9)) for k in range(1, 6)]
        assert result.per_tracklet["insertion"][i] == pytest.approx([worth[:k].mean() for k in kept])
        assert result.per_tracklet["deletion"][i] == pytest.approx([worth[-k:].mean() for k in kept])
        assert result.per_tracklet["random"][i, -1] == pytest.approx(worth.mean())
    for name in ("insertion", "deletion", "random"):
        mean = result.per_tracklet[name].mean(axis=0)
        assert result.curves[name] == pytest.approx(mean)
        area = sum((mean[1:] + mean[:-1]) / 2 * 0.2) / 0.8
        assert result.areas[name].estimate == pytest.approx(area)
    assert result.gap.estimate == pytest.approx(result.areas["insertion"].estimate - result.areas["deletion"].estimate)
    assert result.areas["deletion"].estimate < result.areas["random"].estimate < result.areas["insertion"].estimate


def test_random_removal_averages_to_the_mean_and_silent_attention_has_no_gap():
    lengths, worth = np.full(300, 8), np.random.default_rng(1).random(2400)

    def score(i, keep):
        return (keep * worth[8 * i : 8 * i + 8]).sum(axis=1) / keep.sum(axis=1)

    silent = removal_curves(np.ones(2400), score, lengths, steps=4)
    assert 0 in silent.gap
    assert silent.curves["random"] == pytest.approx(np.full(4, worth.mean()), abs=0.02)
    telling = removal_curves(worth, score, lengths, steps=4)
    assert telling.gap.low > 0.3


def test_equal_weights_do_not_favour_early_frames():
    """A model that likes early frames: with a stable order, uniform attention would look faithful."""

    def early(i, keep):
        return -(keep * np.arange(10)).sum(axis=1) / keep.sum(axis=1)

    result = removal_curves(np.ones(2000), early, np.full(200, 10))
    assert 0 in result.gap


def test_the_oracle_orders_by_visibility():
    result = removal_curves(-WORTH, mean_worth, LENGTHS, visibility=(WORTH - WORTH.min()) / 10, steps=5)
    assert result.per_tracklet["oracle_insertion"] == pytest.approx(result.per_tracklet["deletion"])
    assert result.per_tracklet["oracle_deletion"] == pytest.approx(result.per_tracklet["insertion"])
    assert result.gap.estimate < 0


def test_masks_progress_seed_and_json():
    padded = np.zeros((3, 10))
    mask = np.arange(10) < LENGTHS[:, None]
    padded[mask] = WORTH
    seen = []
    result = removal_curves(padded, mean_worth, mask=mask, seed=4, progress=lambda *at: seen.append(at))
    again = removal_curves(WORTH, mean_worth, LENGTHS, seed=4)
    assert np.array_equal(result.per_tracklet["random"], again.per_tracklet["random"])
    assert seen == [(1, 3), (2, 3), (3, 3)]
    assert json.loads(json.dumps(result.as_dict(), allow_nan=False))["gap"]["n"] == 3
    assert removal_curves(WORTH, mean_worth, LENGTHS, pids=[1, 1, 2]).gap.n == 2


@pytest.mark.parametrize(
    ("score", "words"),
    [
        (lambda i, keep: 1.0, "score(0, keep) gave shape ()"),
        (lambda i, keep: np.full(len(keep), np.nan), "that are not finite"),
        (lambda i, keep: keep.sum(axis=0), "one finite number per row"),
    ],
)
def test_a_callable_that_answers_wrongly_is_named(score, words):
    with pytest.raises(ReidError) as error:
        removal_curves(WORTH, score, LENGTHS)
    assert words in str(error.value)


def test_bad_options_are_named():
    with pytest.raises(ReidError, match="steps=1"):
        removal_curves(WORTH, mean_worth, LENGTHS, steps=1)
    with pytest.raises(ReidError, match="shuffles=0"):
        removal_curves(WORTH, mean_worth, LENGTHS, shuffles=0)
