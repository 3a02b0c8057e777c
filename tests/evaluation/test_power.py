"""Power against simulation and double sums; sample sizes against published formulas and exhaustive search."""

import numpy as np
import pytest
from scipy import stats

from reidlib.errors import ReidError
from reidlib.evaluation.power import (
    detectable_difference,
    power_paired,
    power_unpaired,
    sample_size_paired,
    sample_size_unpaired,
)


def _every_table(difference, discordance, n, level=0.05):
    """Σ over all counts of discordant queries that either system wins."""
    p = [(discordance + difference) / 2, (discordance - difference) / 2, 1 - discordance]
    total = 0.0
    for b in range(n + 1):
        for c in range(n + 1 - b):
            if b + c and stats.binomtest(b, b + c).pvalue <= level * (1 + 1e-9):
                total += stats.multinomial.pmf([b, c, n - b - c], n, p)
    return total


@pytest.mark.parametrize(("difference", "discordance", "n"), [(0.175, 0.225, 40), (0.0, 0.3, 25), (0.5, 0.5, 12)])
def test_paired_power_is_the_sum_over_every_table(difference, discordance, n):
    power = power_paired(difference, discordance, n)
    assert power == pytest.approx(_every_table(difference, discordance, n), abs=1e-10)
    assert power_paired(-difference, discordance, n) == power


def test_exact_test_never_alarms_too_often():
    assert all(power_paired(0.0, 0.3, n) <= 0.05 for n in range(2, 200, 7))


def test_sample_sizes_by_the_normal_formula():
    """Connor's formula by hand: d = .05, ψ = .15: (1.959964·√.15 + .841621·√.1475)² / .0025 = 468.6."""
    assert sample_size_paired(0.05, 0.15) == 469
    assert sample_size_paired(0.10, 0.15) == 116
    assert sample_size_paired(0.02, 0.15) == 2941
    assert sample_size_paired(-0.05, 0.15) == 469


@pytest.mark.parametrize(("difference", "discordance"), [(0.2, 0.25), (0.3, 1.0), (0.1, 0.1)])
def test_exact_sample_size_is_the_first_that_holds_for_good(difference, discordance):
    n = sample_size_paired(difference, discordance, exact=True)
    assert n > sample_size_paired(difference, discordance)
    assert power_paired(difference, discordance, n - 1) < 0.8
    assert min(power_paired(difference, discordance, m) for m in range(n, 2 * n)) >= 0.8


def test_unpaired_power_agrees_with_simulation():
    first, second, n = 0.6, 0.775, 80
    rng = np.random.default_rng(0)
    a, b = rng.binomial(n, first, 40_000) / n, rng.binomial(n, second, 40_000) / n
    pooled = (a + b) / 2
    rejected = np.abs(a - b) / np.sqrt(2 * pooled * (1 - pooled) / n) > 1.959964
    assert power_unpaired(first, second, n) == pytest.approx(rejected.mean(), abs=0.02)
    assert power_unpaired(second, first, n) == pytest.approx(power_unpaired(first, second, n))


def test_unpaired_sample_size_is_the_smallest():
    n = sample_size_unpaired(0.6, 0.775)
    z, mean = (1.959964, 0.841621), 0.6875
    by_hand = (z[0] * np.sqrt(2 * mean * (1 - mean)) + z[1] * np.sqrt(0.6 * 0.4 + 0.775 * 0.225)) ** 2 / 0.175**2
    assert n == np.ceil(by_hand)
    assert power_unpaired(0.6, 0.775, n - 1) < 0.8 <= power_unpaired(0.6, 0.775, n)


def test_pairing_needs_fewer_persons():
    assert sample_size_paired(0.05, 0.15) < sample_size_unpaired(0.62, 0.67) / 2


def test_detectable_difference_inverts_power():
    found = detectable_difference(150, 0.15)
    assert power_paired(found, 0.15, 150) == pytest.approx(0.8, abs=1e-6)
    assert detectable_difference(20, 0.15) is None


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: power_paired(0.2, 0.1, 40), "difference=0.2, discordance=0.1"),
        (lambda: power_paired(0.0, 0.0, 40), "discordance=0.0"),
        (lambda: sample_size_paired(0, 0.1), "difference=0"),
        (lambda: sample_size_paired(0.1, 0.2, power=1), "power=1"),
        (lambda: power_unpaired(0.5, 0.5, 40), "first=0.5, second=0.5"),
        (lambda: power_unpaired(60, 70, 40), "first=60"),
        (lambda: power_paired(0.1, 0.2, 0), "n=0"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(ReidError) as error:
        call()
    assert words in str(error.value)
