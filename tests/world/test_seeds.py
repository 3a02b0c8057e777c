"""The random stream: reproducible, independent of NumPy's distributions, and with the moments it claims."""

import numpy as np
import pytest

from reidlib.world.seeds import Draw, grain, weighted


def test_the_stream_is_pcg64s_raw_words():
    raw = np.random.PCG64(np.random.SeedSequence([1, 2, 3])).random_raw(4)
    assert Draw(1, 2, 3).uniforms(4).tolist() == [(int(word) >> 11) / 2**53 for word in raw]


def test_equal_keys_give_equal_streams_and_others_do_not():
    assert Draw(5, 6).uniforms(9).tolist() == Draw(5, 6).uniforms(9).tolist()
    assert Draw(5, 6).uniforms(9).tolist() != Draw(5, 7).uniforms(9).tolist()


def test_normals_have_mean_zero_deviation_one_and_stay_within_six():
    z = Draw(1).normals(20_000)
    assert abs(z.mean()) < 0.03
    assert abs(z.std() - 1) < 0.02
    assert np.abs(z).max() <= 6


def test_a_walk_has_the_deviation_it_was_asked_for():
    steps = np.concatenate([Draw(2, k).walk(50, 1.5, 9) for k in range(300)])
    assert steps.std() == pytest.approx(1.5, rel=0.05)


def test_weighted_picks_by_share():
    assert [weighted("abc", [1, 0, 3], u) for u in (0.0, 0.24, 0.26, 0.99)] == ["a", "a", "c", "c"]
    picks = [Draw(3, k).pick("xy", (1, 3)) for k in range(2000)]
    assert picks.count("y") / 2000 == pytest.approx(0.75, abs=0.03)
    assert {Draw(4, k).below(3) for k in range(100)} == {0, 1, 2}


def test_grain_meets_itself_at_the_side_edges():
    noise = grain(Draw(7), 40, 64, 4, 8)
    assert noise.shape == (40, 64)
    steps = np.abs(np.diff(np.concatenate([noise, noise[:, :1]], 1), axis=1))
    assert steps[:, -1].max() <= steps[:, :-1].max() * 1.5
