"""Tables of the page: what a reader must know of a number stands beside it."""

import dataclasses
import math

from escc_bayes.estimand.estimand import MedianSurvival
from escc_bayes.plots.words import NOTHING, percent
from escc_bayes.report.page.baseline_tables import limits_of
from escc_bayes.report.page.tables import extrapolated, mark


def test_only_extrapolated_values_carry_a_dagger_and_its_meaning(naive):
    """By the definition of the note: a median beyond follow-up, not a Kaplan-Meier value that does not exist."""
    posterior = next(iter(naive.posteriors.values()))
    plain = dataclasses.replace(posterior.estimate(MedianSurvival(), level=0.95), note="")
    beyond = dataclasses.replace(plain, note="beyond the longest follow-up of 56.9 months: extrapolated")
    absent = dataclasses.replace(plain, value=math.nan, note="beyond the follow-up of the group")
    assert [mark(e) for e in (plain, beyond, absent)] == ["", " †", ""]
    assert extrapolated([plain, absent]) == ""
    assert extrapolated([beyond, absent]) == "†: beyond the longest follow-up of 56.9 months: extrapolated."


def test_exact_limits_stand_in_where_log_log_limits_do_not_exist():
    nan = float("nan")
    row = {"survival": 1.0, "lower": nan, "upper": nan, "lower_exact": 0.5407, "upper_exact": 1.0}
    assert limits_of(row, "survival", percent) == "100.0 (54.1 to 100.0, exact)"
    assert limits_of(row | {"lower": 0.2, "upper": 0.9, "survival": 0.5}, "survival", percent) == "50.0 (20.0 to 90.0)"
    assert limits_of(row | {"survival": nan, "lower_exact": nan, "upper_exact": nan}, "survival", percent) == NOTHING
