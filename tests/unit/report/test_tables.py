"""Tables of the page: what a reader must know of a number stands beside it."""

import dataclasses
import math

from escc_bayes.estimand.estimand import MedianSurvival
from escc_bayes.report.tables import extrapolated, mark


def test_only_extrapolated_values_carry_a_dagger_and_its_meaning(naive):
    """By the definition of the note: a median beyond follow-up, not a Kaplan-Meier value that does not exist."""
    posterior = next(iter(naive.posteriors.values()))
    plain = dataclasses.replace(posterior.estimate(MedianSurvival(), level=0.95), note="")
    beyond = dataclasses.replace(plain, note="beyond the longest follow-up of 56.9 months: extrapolated")
    absent = dataclasses.replace(plain, value=math.nan, note="beyond the follow-up of the group")
    assert [mark(e) for e in (plain, beyond, absent)] == ["", " †", ""]
    assert extrapolated([plain, absent]) == ""
    assert extrapolated([beyond, absent]) == "† lies beyond the longest follow-up of 56.9 months: extrapolated."
