"""Many runs: trained at once, compared, validated on folds, tested over a range of rates."""

from playground.runs.rate_range import RateRange, rate_range_test, rate_range_tests
from playground.runs.scores import Run, Scores, compare, cross_validate, hold_out, vary
from playground.runs.together import Ending, train_together

__all__ = [
    "Ending",
    "RateRange",
    "Run",
    "Scores",
    "compare",
    "cross_validate",
    "hold_out",
    "rate_range_test",
    "rate_range_tests",
    "train_together",
    "vary",
]
