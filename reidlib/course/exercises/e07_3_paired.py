"""07.3: are two systems different on the same probes? McNemar's exact test."""

from __future__ import annotations

import numpy as np
from scipy import stats

from reidlib.course.definition import Exercise, Mistake
from reidlib.evaluation.exact_tests import fisher_exact, mcnemar_counts, mcnemar_exact


def paired_p(first: np.ndarray, second: np.ndarray) -> float:
    """Exact two-sided p of McNemar's test: hits bool (P,) of two systems on the same probes -> p.

    Only probes that exactly one system gets right count; among them a fair coin would decide. 1 where there are none.
    """
    return mcnemar_exact(first, second).p


def _cases(rng: np.random.Generator) -> list[tuple]:
    cases = []
    # Both right, only the first, only the second, neither: plain, the other way round, the very same hits, a draw.
    for counts in ((15, 2, 11, 12), (20, 9, 3, 8), (14, 0, 0, 9), (12, 4, 4, 6)):
        first = np.repeat([True, True, False, False], counts)
        second = np.repeat([True, False, True, False], counts)
        order = rng.permutation(len(first))
        cases.append((first[order], second[order]))
    return cases


def _lost(first, second) -> tuple[int, int]:
    return int((first & ~second).sum()), int((~first & second).sum())


def _tail(first, second, times=2.0, least=0) -> float:
    few, many = sorted(_lost(first, second))
    return float(times * stats.binom.cdf(few - least, few + many, 0.5))


def _first_is_better(first, second) -> float:
    one, other = _lost(first, second)
    return float(stats.binom.sf(one - 1, one + other, 0.5))


def _chi(first, second, correction=0) -> float:
    one, other = _lost(first, second)
    return float(stats.chi2.sf(max(abs(one - other) - correction, 0) ** 2 / max(one + other, 1), 1))


EXERCISE = Exercise(
    key="07.3",
    title="The paired comparison",
    reference=paired_p,
    cases=_cases,
    axes="P",
    mistakes=(
        Mistake(_tail, "This p is above 1: twice the tail of a draw counts its middle twice. A p is 1 at most."),
        Mistake(lambda a, b: min(1.0, _tail(a, b, 1.0)),
                "One tail only: the coin may be lopsided either way, so both ends count."),
        Mistake(_first_is_better, "One tail only, and always for the first system: the coin may be lopsided either "
                                  "way, so both ends count."),
        Mistake(lambda a, b: min(1.0, _tail(a, b, 2.0, 1)),
                "Results exactly as lopsided as this one are left out: 'at least as lopsided' includes them."),
        Mistake(lambda a, b: fisher_exact(int(a.sum()), len(a), int(b.sum()), len(b)).p,
                "This compares two shares as if other people had been asked each time. The probes are the same: use "
                "which of them each system gets right."),
        Mistake(lambda a, b: _chi(a, b), "This is McNemar's χ² approximation: the exact test counts coin flips."),
        Mistake(lambda a, b: _chi(a, b, 1), "This is McNemar's χ² approximation with a correction: the exact test "
                                            "counts coin flips."),
        Mistake(lambda a, b: float(stats.binomtest(int((a == b).sum()), len(a)).pvalue),
                "You test how often the systems agree. Leave those probes out: they say nothing about which is "
                "better."),
        Mistake(lambda a, b: float(stats.binomtest(_lost(a, b)[0], len(a)).pvalue),
                "The coin is flipped only for probes that exactly one system gets right, not for all of them."),
        Mistake(lambda a, b: mcnemar_exact(a, b).p if sum(_lost(a, b)) else 0.0,
                "Two systems that get the very same probes right are no proof of a difference: p is 1."),
    ),
    hints=(
        "Count two numbers: probes that only the first gets right, and probes that only the second does.",
        "With n such probes and the smaller count k: how likely are k or fewer heads in n flips? Both ends count.",
        "`min(1, 2 * sum(math.comb(n, i) for i in range(k + 1)) / 2**n)`.",
    ),
    also=(mcnemar_exact, mcnemar_counts),
)  # fmt: skip
