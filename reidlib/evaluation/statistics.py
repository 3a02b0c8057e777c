"""The statistics of a ranking: intervals, paired comparisons, power, several splits, luck; one file for each idea."""

from reidlib.evaluation.bootstrap import Resampled, bootstrap_interval, paired_bootstrap, resample_means
from reidlib.evaluation.chance import BestByChance, RangeByChance, best_by_chance, range_by_chance
from reidlib.evaluation.exact_tests import (
    HolmRow,
    PValue,
    equal_rates,
    fisher_exact,
    holm,
    mcnemar_counts,
    mcnemar_exact,
)
from reidlib.evaluation.intervals import Interval, wilson, wilson_bounds
from reidlib.evaluation.permutation import permutation_test
from reidlib.evaluation.power import (
    detectable_difference,
    power_paired,
    power_unpaired,
    sample_size_paired,
    sample_size_unpaired,
)
from reidlib.evaluation.spread import Spread, spread

__all__ = [
    "BestByChance",
    "HolmRow",
    "Interval",
    "PValue",
    "RangeByChance",
    "Resampled",
    "Spread",
    "best_by_chance",
    "bootstrap_interval",
    "detectable_difference",
    "equal_rates",
    "fisher_exact",
    "holm",
    "mcnemar_counts",
    "mcnemar_exact",
    "paired_bootstrap",
    "permutation_test",
    "power_paired",
    "power_unpaired",
    "range_by_chance",
    "resample_means",
    "sample_size_paired",
    "sample_size_unpaired",
    "spread",
    "wilson",
    "wilson_bounds",
]
