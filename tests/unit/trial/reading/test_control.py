"""Control hazards from a saved posterior and from published medians."""

import math
from dataclasses import replace

import numpy as np
import pytest

import escc_bayes as eb
from escc_bayes.bayes.posterior.fit import fit_plan
from escc_bayes.bayes.sampling.settings import RunSettings
from escc_bayes.evidence.pooling.exact import pool_exact
from escc_bayes.spec.prior import HalfNormal
from escc_bayes.spec.reading import spec_from
from escc_bayes.trial.errors import DesignError
from escc_bayes.trial.simulation.operating_characteristics import operating_characteristics
from escc_bayes.trial.simulation.summary import summary
from escc_bayes.trial.truth.data_generating import WeibullControl
from escc_bayes.trial.truth.pooled_medians import PublishedMedian, new_log_median, pooled_control
from escc_bayes.trial.truth.weibull_draws import WeibullDraws
from tests.unit.bayes.model.likelihood.background_plans import background_plan
from tests.unit.trial.designs import small

TIMES = np.array([0.5, 3.0, 12.0, 30.0])
MEDIANS = (
    PublishedMedian(13.7, 9.8, 17.4, 0.95),
    PublishedMedian(12.0, 11.0, 13.3, 0.95),
    PublishedMedian(17.2, 14.1, 20.9, 0.95),
)


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    """A cohort by both families, saved as ``fit`` saves them."""
    cohort, folder = eb.example_cohort("escc79"), tmp_path_factory.mktemp("posterior")
    found = {}
    for name in ("os_piecewise", "os_weibull"):
        posterior = eb.fit(eb.load_spec(name), cohort, engine="laplace", seed=1)
        posterior.save(folder / f"{name}.nc")
        found[name] = posterior
    return found, folder


@pytest.mark.parametrize("name", ["os_piecewise", "os_weibull"])
def test_a_posterior_is_the_hazard_of_its_average_patient(fitted, name):
    """Second source: survival of every draw by the posterior's own baseline hazard."""
    from escc_bayes.bayes.posterior.inference_groups import derived

    posterior, folder = fitted[0][name], fitted[1]
    design = small(control={"posterior": str(folder / f"{name}.nc")}, analyses={"calendar": [36.0]})
    baseline = derived(posterior.plan, posterior.values)[0].hazard
    draws = np.arange(design.control.draws)
    expected = baseline.cumulative(TIMES)
    assert design.control.cumulative_of(draws, TIMES) == pytest.approx(expected, rel=1e-5)
    assert "of the average patient of model " + name in design.control_origin


def test_a_weibull_stated_at_another_month_is_read_at_that_month(tmp_path):
    """``baseline`` is log H at the month of the statement, 24, and not at the specification's reference month, 12."""
    spec = eb.load_spec("os_weibull")
    stated = replace(spec.baseline.prior, at=24.0)
    spec = replace(spec, baseline=replace(spec.baseline, prior=stated))
    posterior = eb.fit(spec, eb.example_cohort("escc79"), engine="laplace", seed=1, draws=250)
    posterior.save(tmp_path / "w.nc")
    design = small(control={"posterior": str(tmp_path / "w.nc")}, analyses={"calendar": [36.0]})
    draws = np.arange(design.control.draws)
    assert design.control.cumulative_of(draws, TIMES) == pytest.approx(posterior.hazard.cumulative(TIMES), rel=1e-5)


ONE = {"covariate": "stage", "structure": "linear", "prior": {"normal": [0.0, 0.5]}}
WEIBULL = {
    "name": "m",
    "outcome": {"endpoint": "os"},
    "baseline": {"family": "weibull", "reference_time": 12.0},
    "priors": {"baseline_log_cumulative_hazard": {"normal": [-1.0, 1.0]}, "log_shape": {"normal": [0.0, 0.5]}},
    "effect": [ONE],
}
PIECES = WEIBULL | {
    "baseline": {"family": "piecewise_exponential", "cuts": [12.0], "sd": {"halfnormal": 0.5}},
    "priors": {"baseline_log_rate": {"normal": [-3.5, 1.0]}},
}


def saved(raw, folder):
    """The file of a fitted model."""
    posterior = eb.fit(spec_from(raw, "m"), eb.example_cohort("escc79"), engine="laplace", seed=1, draws=300)
    posterior.save(folder / "m.nc")
    return posterior, str(folder / "m.nc")


def test_the_hazard_of_those_not_cured_is_no_control_arm(tmp_path):
    """Beside its cured share it is: survival of the average patient by the posterior's own formula."""
    posterior, path = saved(WEIBULL | {"cure": {"fraction": {"normal": [-1.4, 0.6]}}}, tmp_path)
    with pytest.raises(DesignError, match="holds the hazard of those not cured, not of all patients; write cure = "):
        small(control={"posterior": path}, analyses={"calendar": [36.0]})
    design = small(control={"posterior": path, "cure": 0.2}, analyses={"calendar": [36.0]})
    expected = 0.2 + 0.8 * np.exp(-posterior.hazard.cumulative(TIMES))
    found = np.exp(-design.control.cumulative_of(np.arange(design.control.draws), TIMES))
    assert found == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (PIECES | {"outcome": {"endpoints": ["os", "pfs"]}}, "a baseline for each stratum, transition or endpoint"),
        (PIECES | {"baseline": PIECES["baseline"] | {"strata": "coverage"}}, "a baseline for each stratum"),
    ],
)
def test_several_baselines_are_no_control_arm(raw, words, tmp_path):
    path = saved(raw, tmp_path)[1]
    with pytest.raises(DesignError, match=words):
        small(control={"posterior": path}, analyses={"calendar": [36.0]})


def test_a_hazard_of_all_patients_is_none_of_those_not_cured(fitted):
    path = str(fitted[1] / "os_weibull.nc")
    with pytest.raises(DesignError, match="holds a hazard of all patients, and 'cure' takes it for that of"):
        small(control={"posterior": path, "cure": 0.2}, analyses={"calendar": [36.0]})


def test_an_excess_hazard_is_no_control_arm(tmp_path):
    plan = background_plan("walk")
    fit_plan(plan, RunSettings("laplace", draws=300), seed=1).save(tmp_path / "m.nc")
    with pytest.raises(DesignError, match="holds the excess over a life table, and controls die of all causes"):
        small(control={"posterior": str(tmp_path / "m.nc")}, analyses={"calendar": [36.0]})


def test_not_real_data_are_said_first(fitted):
    control = {"posterior": str(fitted[1] / "os_weibull.nc")}
    design = small(control=control, accrual={"patients": 300, "months": 24.0})
    said = summary(operating_characteristics(design, trials=250, seed=1))
    mark = fitted[0]["os_weibull"].record.provenance.upper()
    assert mark != "OBSERVED"
    assert any(line.startswith(f"{mark} data: control hazard of the average patient") for line in said)
    assert any("the landmark at 3 months" in line for line in said)


def test_a_file_that_is_no_posterior_is_refused(tmp_path):
    (tmp_path / "other.nc").write_bytes(b"\x89HDF\r\n\x1a\n nothing")
    with pytest.raises(DesignError, match=r"other\.nc: is damaged, or no posterior"):
        small(control={"posterior": str(tmp_path / "other.nc")})


def test_one_weibull_draw_is_a_weibull():
    drawn, known = WeibullDraws(np.array([1.3]), np.array([20.0])), WeibullControl(1.3, 20.0)
    one, target = np.zeros(2, dtype=np.int64), np.array([[0.1, 1.0], [2.0, 3.0]])
    assert drawn.cumulative(TIMES) == pytest.approx(known.cumulative(TIMES), rel=1e-12)
    assert drawn.hazard(TIMES) == pytest.approx(known.hazard(TIMES), rel=1e-12)
    assert drawn.time_at(one, target) == pytest.approx(known.time_at(one, target), rel=1e-12)
    assert drawn.cumulative_of(one, drawn.time_at(one, target)[0])[0] == pytest.approx(target[0], rel=1e-12)


def test_pooled_medians_are_those_of_the_exact_pool():
    """Second source: quadrature over tau in evidence/pooling/exact.py, itself held to bayesmeta."""
    errors = np.array([one.log_error for one in MEDIANS])
    assert errors[0] == pytest.approx(math.log(17.4 / 9.8) / (2 * 1.959964), rel=1e-6)
    logs = np.log([one.median for one in MEDIANS])
    exact = pool_exact(logs, errors, tau_prior=HalfNormal(0.3), mean_prior="flat", level=0.95).new_study
    found = new_log_median(MEDIANS, 0.3)
    for probability in (0.025, 0.5, 0.975):
        assert found.quantile(probability) == pytest.approx(exact.quantile(probability), abs=1e-6)
    control = pooled_control(MEDIANS, 0.3)
    medians = math.log(2.0) / control.rates[:, 0]
    assert np.quantile(np.log(medians), [0.1, 0.5, 0.9]) == pytest.approx(
        [exact.quantile(p) for p in (0.1, 0.5, 0.9)], abs=2e-3
    )


PRINTED = [{"median": 13.7, "lower": 9.8, "upper": 17.4}, {"median": 12.0, "lower": 11.0, "upper": 13.3}]


@pytest.mark.parametrize(
    ("control", "said"),
    [
        ({"medians": PRINTED}, "say how studies may differ"),
        ({"medians": [], "between": {"halfnormal": 0.3}}, "medians: write"),
        (
            {"medians": [{"median": 9.0, "lower": 9.8, "upper": 17.4}], "between": {"halfnormal": 0.3}},
            "between its limits",
        ),
        ({"median": 12.0, "between": {"halfnormal": 0.3}}, "'between' belongs to 'medians'"),
        ({"hazard": 1e300}, "rates per month"),
        ({"weibull": {"shape": 1000.0, "scale": 3.0}}, "a shape from 0.1 to 20"),
    ],
)
def test_a_control_that_cannot_be_is_refused(control, said):
    with pytest.raises(eb.EsccBayesError, match=said):
        small(control=control)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"accrual": {"patients": 10**9, "months": 12.0}}, "must be 10,000,000 or less"),
        ({"accrual": {"patients": 100, "months": 1e6}}, r"\[accrual\]: the last patient enters in month 1,000,000"),
        ({"analyses": {"events": [60], "calendar": [20_000.0]}}, r"calendar: month 20,000 is beyond 1,200"),
        ({"analyses": {"events": list(range(20, 60))}}, "40 looks; a trial is analysed 20 times at most"),
        ({"dropout": {"yearly": -0.1}}, "must be 0 or above"),
        (
            {"analysis_prior": {"log_hr": {"normal": [0.0, 10.0]}, "baseline": {"pieces": 70, "gamma": [0.5, 10.0]}}},
            "70 pieces end at quantiles of the events, and the first look expects 60",
        ),
    ],
)
def test_a_design_out_of_all_proportion_is_refused(changes, said):
    with pytest.raises(eb.EsccBayesError, match=said):
        small(**changes)


def test_trials_that_never_reach_their_events_are_counted():
    """Heavy dropout and draws of the hazard from 1 to 100: second source, the share counted from simulated patients."""
    design = small(control={"medians": PRINTED, "between": {"halfnormal": 1.0}}, dropout={"yearly": 0.2})
    found = operating_characteristics(design, trials=1_000, seed=2)
    short = found.of("truth", "bayes", "short_of_events")
    assert 0.0 < short.value < 0.5
    assert found.of("truth", "bayes", "expected_events").value < 60.0
    assert any("the 60 events never come" in line for line in summary(found))


def test_a_harm_that_is_planned_is_named():
    assert any(
        "does worse" in line
        for line in summary(operating_characteristics(small(effect={"hr": 1.4}), trials=250, seed=1))
    )
