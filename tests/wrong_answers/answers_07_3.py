"""Answers to 07.3, McNemar's exact test."""

import math

from scipy import stats
from stored_answers import right, wrong

KEY = "07.3"


@right(KEY)
def by_comb(first, second):
    one, other = int((first & ~second).sum()), int((second & ~first).sum())
    n, few = one + other, min(one, other)
    return min(1.0, 2 * sum(math.comb(n, i) for i in range(few + 1)) / 2**n)


@right(KEY)
def by_scipy(first, second):
    one, n = int((first & ~second).sum()), int((first != second).sum())
    return float(stats.binomtest(one, n).pvalue) if n else 1.0


@wrong(KEY, "A p is 1 at most", "value")
def twice_the_tail(first, second):
    one, other = int((first & ~second).sum()), int((second & ~first).sum())
    return 2 * float(stats.binom.cdf(min(one, other), one + other, 0.5))


@wrong(KEY, "One tail only: ", "value")
def one_tail(first, second):
    return by_comb(first, second) / 2


@wrong(KEY, "always for the first system", "value")
def first_is_better(first, second):
    one, n = int((first & ~second).sum()), int((first != second).sum())
    return float(stats.binomtest(one, n, alternative="greater").pvalue) if n else 1.0


@wrong(KEY, "as if other people had been asked", "value")
def unpaired(first, second):
    hits = [int(each.sum()) for each in (first, second)]
    return float(stats.fisher_exact([hits, [len(first) - h for h in hits]]).pvalue)


@wrong(KEY, "χ² approximation: ", "value")
def approximate(first, second):
    one, other = int((first & ~second).sum()), int((second & ~first).sum())
    return float(stats.chi2.sf((one - other) ** 2 / max(one + other, 1), 1))


@wrong(KEY, "not for all of them", "value")
def flips_for_everybody(first, second):
    return float(stats.binomtest(int((first & ~second).sum()), len(first)).pvalue)


@wrong(KEY, "are no proof of a difference", "value")
def no_evidence_is_proof(first, second):
    return by_comb(first, second) if (first != second).any() else 0.0


@wrong(KEY, "It stopped with", "crash")
def forgot_that_all_may_agree(first, second):
    one, n = int((first & ~second).sum()), int((first != second).sum())
    return float(stats.binomtest(one, n).pvalue) if n else 1 / n
