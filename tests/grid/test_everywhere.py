"""Every structure by laplace, beside Cox, refitted, saved and read back, on a cohort of the user's own."""

from dataclasses import replace

import numpy as np
import pytest

import escc_bayes as eb
from escc_bayes.bayes.refits.requests import each_cohort, leave_one_out
from escc_bayes.estimand.questions import standard_questions
from escc_bayes.foundation.errors import InputError, SamplingError
from escc_bayes.report.page.own_tables import own_tables
from tests.grid.checks import estimates_are_whole, reads_well, refuses_cleanly
from tests.grid.table import GRID


def entries(verb, *, refused):
    """Parametrise by the entries that a verb takes, or refuses."""
    names = [name for name, entry in GRID.items() if (verb in entry.refused) == refused]
    return pytest.mark.parametrize("case", names, indirect=True)


@entries("laplace", refused=False)
def test_laplace_fits_and_says_what_it_found(case):
    found = case.posterior.hazard_ratios(level=0.95)
    estimates_are_whole(found)
    reads_well("\n".join(case.posterior.sentences()))
    reads_well(repr(case.posterior))


@entries("laplace", refused=True)
def test_laplace_refuses_with_a_sentence(case):
    with pytest.raises((InputError, SamplingError)) as refused:
        case.fit("laplace")
    refuses_cleanly(refused.value, case.entry.refused["laplace"])


@entries("compare", refused=False)
def test_every_standard_question_is_answered_beside_the_classical_methods(case):
    classical = eb.fit_classical(case.fitted, case.cohort)
    both = eb.compare(standard_questions(case.posterior.plan), case.posterior, classical, level=0.95)
    estimates_are_whole(both.estimates)
    assert {e.method.split("_")[0] for e in both.estimates} >= {"bayes", "cox"}
    reads_well(repr(both))


def requests(case):
    """Two kinds of refits: of cohorts, and without each of the first patients."""
    out = leave_one_out(case.spec, case.cohort)
    few = replace(out, labels=out.labels[:3], plans=out.plans[:3])
    return each_cohort(case.spec, {"one": case.cohort, "again": case.cohort}), few


@entries("refit_many", refused=False)
def test_refits_of_cohorts_and_of_all_but_one(case):
    """The whole cohort in both kinds of refits has the hazard ratios of the fit, within Monte Carlo error."""
    expected = np.array([e.log_mean for e in case.posterior.hazard_ratios(level=0.95)])
    spread = np.array([e.log_sd for e in case.posterior.hazard_ratios(level=0.95)])
    for request in requests(case):
        table = eb.refit_many(request, seed=1, draws=1000)
        assert np.isfinite(table.numbers).all()
        assert np.abs(table.numbers[0, :, 4] - expected).max() < 0.3 * spread.max()
        assert all(whom.n and whom.events for whom in table.whom)


@entries("refit_many", refused=True)
def test_refits_refuse_with_a_sentence(case):
    with pytest.raises((InputError, SamplingError)) as refused:
        [eb.refit_many(request, seed=1, draws=1000) for request in requests(case)]
    refuses_cleanly(refused.value, case.entry.refused["refit_many"])


@entries("save", refused=False)
def test_a_posterior_read_back_says_the_same(case, tmp_path):
    case.posterior.save(tmp_path / "posterior.nc")
    again = eb.load_posterior(tmp_path / "posterior.nc")
    assert again.sentences() == case.posterior.sentences()
    assert repr(again.hazard_ratios(level=0.95)) == repr(case.posterior.hazard_ratios(level=0.95))
    assert repr(own_tables([again], 0.95)) == repr(own_tables([case.posterior], 0.95))
