"""Agreement of two posteriors whose draws are known: one is the other, shifted and stretched."""

import dataclasses

import pytest
from tests.unit.compare.test_comparison import made_by_hand

from escc_bayes.compare.agreement import agreement, agreement_sentence
from escc_bayes.foundation.errors import EstimandError
from escc_bayes.spec.reading import load_spec


@pytest.fixture(scope="module")
def second(larynx):
    return made_by_hand(load_spec("larynx_piecewise"), larynx)


def moved(posterior, by, stretch):
    """Return a posterior whose log hazard ratios of stages have shifted means and stretched SDs."""
    old = posterior.values["b_stage"]
    mean, sd = old.mean(axis=(0, 1)), old.reshape(-1, old.shape[-1]).std(axis=0, ddof=1)
    record = dataclasses.replace(posterior.record, engine="laplace")
    values = {**posterior.values, "b_stage": mean + by * sd + stretch * (old - mean)}
    return dataclasses.replace(posterior, values=values, record=record)


def test_a_known_shift_and_stretch_are_found(second):
    rows = {row.first.contrast: row for row in agreement(moved(second, 0.25, 1.5), second, level=0.95)}
    assert rows["IV vs I"].shift == pytest.approx(0.25, abs=1e-12)
    assert rows["IV vs I"].sd_ratio == pytest.approx(1.5, rel=1e-12)
    assert not rows["IV vs I"].close
    assert rows["per 10"].shift == 0.0
    assert rows["per 10"].sd_ratio == 1.0
    assert rows["per 10"].close


@pytest.mark.parametrize(("by", "word"), [(0.05, "agree"), (-0.2, "DIFFER")])
def test_the_sentence_names_the_largest_shift_and_both_verdicts(second, by, word):
    """The Monte Carlo error is that of 900 effective draws: 1 / 30 of an SD."""
    words = agreement_sentence(agreement(moved(second, by, 1.0), second, level=0.95), second)
    assert words == (
        f"larynx_piecewise: bayes_laplace and bayes_nuts {word}: means of the log hazard ratios at most "
        f"{abs(by):.3f} posterior SDs apart, ratios of SDs 1.000 to 1.000 (one Monte Carlo standard error of "
        "bayes_nuts: up to 0.033 SDs). Verdicts: bayes_laplace ok, bayes_nuts ok."
    )


def test_posteriors_of_other_models_are_refused(second, larynx):
    other = load_spec("larynx_piecewise", variant="sceptical")
    with pytest.raises(EstimandError, match="one model on the same patients"):
        agreement(made_by_hand(other, larynx), second, level=0.95)
