"""Clinical words and the normals they mean, against scipy.stats and Monte Carlo."""

import numpy as np
import pytest
from scipy import stats

from escc_bayes.foundation.errors import SpecError, TomlError
from escc_bayes.spec import prior as priors


@pytest.mark.parametrize(("median", "upper"), [(1.0, 4.0), (2.0, 5.0), (0.5, 0.9)])
def test_a_clinical_prior_has_the_stated_median_and_97_5_percent_point(median, upper):
    normal = priors.effect_prior({"hr_median": median, "hr_upper": upper}, "here")
    other = stats.lognorm(s=normal.sd, scale=np.exp(normal.mean))
    assert other.median() == pytest.approx(median, rel=1e-12)
    assert other.cdf(upper) == pytest.approx(0.975, abs=1e-12)


def test_normal_and_clinical_words_of_one_prior_agree():
    # log 4 = 1.3862943611, the normal 97.5 % point 1.9599639845.
    sd = priors.effect_prior({"hr_median": 1.0, "hr_upper": 4.0}, "here").sd
    assert sd == pytest.approx(1.3862943611 / 1.9599639845, rel=1e-9)
    assert priors.effect_prior({"normal": [0.3, 2.0]}, "here") == priors.Normal(0.3, 2.0)


def test_the_sentence_of_a_normal_holds_its_95_percent_range():
    low, high = stats.lognorm(s=0.7, scale=np.exp(0.2)).ppf([0.025, 0.975])
    assert priors.Normal(0.2, 0.7).hazard_ratio_words() == (
        f"hazard ratio {np.exp(0.2):.2f}, 95 % prior interval {low:.2f} to {high:.2f}"
    )


def test_the_sentence_of_a_half_normal_holds_its_quantiles():
    median, upper = stats.halfnorm(scale=0.4).ppf([0.5, 0.975])
    words = priors.HalfNormal(0.4).words()
    assert words == f"half-normal with scale 0.4 (median {median:.2f}, 97.5 % point {upper:.2f})"


def test_a_survival_statement_speaks_of_the_cumulative_hazard():
    statement = priors.SurvivalStatement(12.0, 0.85, 0.6)
    assert np.exp(-np.exp(statement.log_hazard_median)) == pytest.approx(0.85, rel=1e-12)
    assert np.exp(-np.exp(statement.log_hazard_upper)) == pytest.approx(0.6, rel=1e-12)
    assert statement.log_hazard_upper > statement.log_hazard_median


BAD = {
    "half of the words": (priors.effect_prior, {"hr_median": 1.0}, SpecError, "state a prior as"),
    "both forms": (priors.effect_prior, {"normal": [0, 1], "hr_median": 1, "hr_upper": 2}, SpecError, "state a prior"),
    "upper below median": (priors.effect_prior, {"hr_median": 2.0, "hr_upper": 1.0}, SpecError, "must be above hr_med"),
    "median zero": (priors.effect_prior, {"hr_median": 0.0, "hr_upper": 1.0}, TomlError, "hr_median: must be above 0"),
    "sd zero": (priors.effect_prior, {"normal": [0.0, 0.0]}, TomlError, "sd: must be above 0"),
    "three numbers": (priors.effect_prior, {"normal": [0.0, 1.0, 2.0]}, SpecError, "two numbers"),
    "unknown form": (priors.effect_prior, {"cauchy": [0.0, 1.0]}, TomlError, "unknown key 'cauchy'"),
    "no table": (priors.effect_prior, [0.0, 1.0], TomlError, "expected a table"),
    "half-normal negative": (priors.half_normal, {"halfnormal": -1.0}, TomlError, "must be above 0"),
    "half-normal empty": (priors.half_normal, {}, SpecError, "halfnormal = scale"),
    "normal empty": (priors.plain_normal, {}, SpecError, "expected { normal = "),
    "gamma shape": (priors.gamma, {"gamma": [0.0, 1.0]}, TomlError, "must be above 0"),
    "gamma empty": (priors.gamma, {}, SpecError, "two numbers"),
    "survival without month": (priors.survival_statement, {"median": 0.8, "lower": 0.5}, SpecError, "'at' is missing"),
    "survival of 1": (priors.survival_statement, {"at": 12, "median": 1.0, "lower": 0.5}, TomlError, "below 1"),
    "survival of 0": (priors.survival_statement, {"at": 12, "median": 0.8, "lower": 0.0}, TomlError, "above 0"),
    "month 0": (priors.survival_statement, {"at": 0, "median": 0.8, "lower": 0.5}, TomlError, "at: must be above 0"),
    "lower above": (priors.survival_statement, {"at": 12, "median": 0.5, "lower": 0.8}, SpecError, "must be below med"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_prior_that_is_none_is_refused_with_its_place(case):
    read, value, error, words = BAD[case]
    with pytest.raises(error, match=words) as caught:
        read(value, "f.toml, [priors], x")
    assert str(caught.value).startswith("f.toml, [priors], x")
