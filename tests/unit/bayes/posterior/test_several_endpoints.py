"""Endpoints of the same patients fitted together: limits in closed form, scores by hand, tables, refusals, verbs."""

import csv
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.linalg import block_diag, sqrtm
from tests.unit.cli.running import run

from escc_bayes.bayes.posterior.endpoint_correlation import going_together
from escc_bayes.bayes.posterior.endpoint_scores import as_large, endpoint_scores
from escc_bayes.bayes.posterior.ensemble import fit_ensemble
from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.bayes.posterior.loo import compare_loo
from escc_bayes.bayes.posterior.prior_check import prior_check
from escc_bayes.bayes.posterior.reload import load_posterior
from escc_bayes.bayes.refits.refit_many import refit_many
from escc_bayes.bayes.refits.requests import each_model
from escc_bayes.bayes.refits.table import load_refits
from escc_bayes.classical.fit import fit_classical_plan
from escc_bayes.data.bundled import example_cohort, example_ensemble
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.estimand.estimand import HazardRatio, MedianSurvival, RMSTDifference, SurvivalAt
from escc_bayes.estimand.one_endpoint import never_later, order_note
from escc_bayes.estimand.printed import fit_tables as printed
from escc_bayes.foundation.errors import CohortError, EstimandError, SpecError
from escc_bayes.report.page.trust import fits_curve
from escc_bayes.report.verbs.files import fit_tables
from escc_bayes.spec.describe import describe
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import load_spec, spec_from
from escc_bayes.spec.risk_rows import risk_rows
from escc_bayes.spec.transitions import in_words

CUTS, WIDE, NORMAL = [6.0, 18.0], {"normal": [0.0, 10.0]}, {"hr_median": 1.0, "hr_upper": 4.0}
SHRUNK = {"structure": "across_transitions", "prior": NORMAL, "sd": {"halfnormal": 0.3}}


PIECEWISE = {
    "baseline": {"family": "piecewise_exponential", "cuts": CUTS, "sd": {"halfnormal": 0.5}},
    "priors": {"baseline_log_rate": {"normal": [-3.0, 1.0]}},
}
WEIBULL = {
    "baseline": {"family": "weibull", "reference_time": 12.0},
    "priors": {"baseline_log_cumulative_hazard": {"normal": [-0.5, 1.0]}, "log_shape": {"normal": [0.0, 0.5]}},
}
# One rate for all months, of which the prior is nearly sure.
ONE_RATE = {
    "baseline": {"family": "piecewise_exponential", "cuts": [], "smoothing": "independent"},
    "priors": {"baseline_log_rate": {"normal": [-2.0, 0.05]}},
}
FAMILIES = pytest.mark.parametrize("family", [PIECEWISE, WEIBULL], ids=["piecewise", "Weibull"])


def within(strata):
    """Return a piecewise baseline of each level for each endpoint."""
    return PIECEWISE | {"baseline": PIECEWISE["baseline"] | {"strata": strata}}


def model(*effects, names=("os", "pfs"), endpoint=None, family=PIECEWISE, **outcome):
    asked = ({"endpoint": endpoint} if endpoint else {"endpoints": list(names)}) | outcome
    return spec_from({"name": "both", "outcome": asked, "effect": list(effects), **family}, "both.toml")


def coverage(**more):
    return {"covariate": "coverage", "structure": "fixed", "prior": NORMAL} | more


def ratio(endpoint):
    return HazardRatio("coverage", "RPL", "RAL", transition=endpoint)


def drawn_cohort(n=400, *, copy=False):
    """Return SIMULATED patients with two endpoints: one twice, or two that have nothing to do with each other."""
    rng = np.random.default_rng(3)
    arm = rng.integers(0, 2, n)
    time = [rng.exponential(20.0 * np.exp(-0.4 * arm)) for _ in range(2)]
    first, second = (np.minimum(one, 36.0) for one in (time[0], time[0] if copy else time[1]))
    frame = pd.DataFrame({"a": first, "b": second, "arm": np.array(["no", "yes"])[arm]})
    frame["site"] = np.array(["x", "y"])[np.arange(n) % 2]
    frame["a_event"], frame["b_event"] = (first < 36.0).astype(int), (second < 36.0).astype(int)
    schema = {
        "endpoints": {"a": {"time": "a", "event": "a_event"}, "b": {"time": "b", "event": "b_event"}},
        "covariates": {
            "arm": {"kind": "binary", "levels": ["no", "yes"]},
            "site": {"kind": "binary", "levels": ["x", "y"]},
        },
    }
    return read_cohort(frame, schema_from(schema, "made"), provenance="simulated")


ARM = {"covariate": "arm", "structure": "fixed", "prior": WIDE}


@pytest.fixture(scope="module")
def escc():
    return example_cohort("escc79")


@pytest.fixture(scope="module")
def posterior(escc):
    return fit(model(coverage(**SHRUNK)), escc, seed=1, engine="laplace", draws=2000)


@pytest.mark.parametrize("family", [PIECEWISE, WEIBULL, within("site")], ids=["piecewise", "Weibull", "strata"])
def test_one_endpoint_twice_is_no_more_than_once(family):
    """Limit: the copy's correlation is 1, and a common effect has the SD of one endpoint, not 1 / sqrt(2) of it."""
    cohort = drawn_cohort(copy=True)
    alone = model(ARM, endpoint="a", family=family)
    once = fit(alone, cohort, seed=1, engine="laplace").draws(HazardRatio("arm", "yes"))
    twice = fit(model(ARM, names=("a", "b"), family=family), cohort, seed=1, engine="laplace")
    drawn = np.stack([twice.draws(HazardRatio("arm", "yes", transition=name)).ravel() for name in ("a", "b")])
    assert np.corrcoef(drawn)[0, 1] > 0.99
    common = model(ARM | {"shared": True}, names=("a", "b"), family=family)
    shared = fit(common, cohort, seed=1, engine="laplace")
    assert shared.draws(HazardRatio("arm", "yes", transition="a")).std() == pytest.approx(once.std(), rel=0.03)


@FAMILIES
def test_endpoints_without_relation_stay_without(family):
    """Limit: SDs of each alone, correlation 0 to what 400 patients tell, and a common effect as of two cohorts."""
    cohort = drawn_cohort()
    both = fit(model(ARM, names=("a", "b"), family=family), cohort, seed=1, engine="laplace")
    drawn = np.stack([both.draws(HazardRatio("arm", "yes", transition=name)).ravel() for name in ("a", "b")])
    assert abs(np.corrcoef(drawn)[0, 1]) < 3.0 / np.sqrt(400)
    for name, own in zip(("a", "b"), drawn, strict=True):
        spec = model(ARM, endpoint=name, family=family)
        alone = fit(spec, cohort, seed=1, engine="laplace").draws(HazardRatio("arm", "yes"))
        assert own.std() == pytest.approx(alone.std(), rel=0.04)


def test_scores_are_those_of_the_formula_by_hand(escc):
    """Events less expected events of each endpoint, piece and column, patient by patient, in plain numpy."""
    plan = make_plan(model(coverage()), escc)
    risk = risk_rows(plan.rows, plan.design)
    point = np.array([-3.2, -3.0, -3.4, -2.8, -2.5, -2.9, 0.3, 0.1])
    information, variance = endpoint_scores(plan, risk, risk.columns, point)
    edges, n = [0.0, *CUTS, np.inf], plan.rows.n
    by_hand, score = np.zeros((8, 8)), np.zeros((2, n, 8))
    for i in range(plan.rows.time.size):
        k, who, x = int(plan.rows.stratum[i]), plan.rows.whose[i], risk.columns[i]
        for piece in range(3):
            months = max(0.0, min(plan.rows.time[i], edges[piece + 1]) - edges[piece])
            died = plan.rows.event[i] * (edges[piece] < plan.rows.time[i] <= edges[piece + 1])
            row = np.concatenate([np.eye(6)[3 * k + piece], x])
            expected = months * np.exp(row @ point)
            by_hand += expected * np.outer(row, row)
            score[k, who] += (died - expected) * row
    np.testing.assert_allclose(information, by_hand, rtol=1e-10)
    own = [0, 1, 2, 6], [3, 4, 5, 7]
    power = {}
    for k, kept in enumerate(own):
        inside = np.ix_(kept, kept)
        power[k] = sqrtm(by_hand[inside] @ np.linalg.inv(score[k].T[kept] @ score[k][:, kept]))
    across = power[0] @ (score[0][:, own[0]].T @ score[1][:, own[1]]) @ power[1].T
    np.testing.assert_allclose(variance[np.ix_(*own)], across, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(variance[np.ix_(own[0], own[0])], by_hand[np.ix_(own[0], own[0])], rtol=1e-10)
    assert np.linalg.eigvalsh(variance).min() > -1e-8 * np.linalg.eigvalsh(variance).max()


def in_other_coordinates(plan, turn):
    """Return information and variance of the score at one point, columns times ``turn`` (2, 2), and the map."""
    risk = risk_rows(plan.rows, plan.design)
    rates = np.array([-3.2, -3.0, -3.4, -2.8, -2.5, -2.9])
    point = np.concatenate([rates, np.linalg.solve(turn, [0.3, 0.1])])
    return *endpoint_scores(plan, risk, risk.columns @ turn, point), block_diag(np.eye(6), turn)


@pytest.mark.parametrize("turn", [np.diag([10.0, 0.01]), np.array([[1.0, 0.0], [-0.7, 2.0]])], ids=["units", "coding"])
def test_no_unit_and_no_coding_changes_what_endpoints_share(escc, turn):
    plan = make_plan(model(coverage()), escc)
    information, variance, _ = in_other_coordinates(plan, np.eye(2))
    turned, beside, by = in_other_coordinates(plan, turn)
    np.testing.assert_allclose(turned, by.T @ information @ by, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(beside, by.T @ variance @ by, rtol=1e-8, atol=1e-8)


def test_scores_are_made_as_large_as_the_model_says_in_any_coordinates():
    """A J A' = H, A the principal root of H / J (scipy), and B' A B^-T in coordinates turned by B."""
    rng = np.random.default_rng(3)
    h, j, turn = (rng.standard_normal((5, 9)) for _ in range(3))
    h, j, turn = h @ h.T, j @ j.T, turn[:, :5]
    found = as_large(h, j)
    np.testing.assert_allclose(found @ j @ found.T, h, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(found, sqrtm(h @ np.linalg.inv(j)), rtol=1e-8, atol=1e-9)
    turned = as_large(turn.T @ h @ turn, turn.T @ j @ turn)
    np.testing.assert_allclose(turned, turn.T @ found @ np.linalg.inv(turn.T), rtol=1e-7, atol=1e-8)


@FAMILIES
def test_both_engines_say_the_same(escc, family):
    spec = model(coverage(**SHRUNK), family=family)
    drawn = [
        fit(spec, escc, seed=1, engine=engine, draws=draws) for engine, draws in (("laplace", 2000), ("nuts", 800))
    ]
    for name in ("os", "pfs"):
        ours, theirs = (one.draws(ratio(name)).ravel() for one in drawn)
        assert ours.mean() == pytest.approx(theirs.mean(), abs=0.1 * theirs.std())
        assert ours.std() == pytest.approx(theirs.std(), rel=0.08)
    (ours,), (theirs,) = map(going_together, drawn)
    assert ours.estimates == pytest.approx(theirs.estimates, abs=0.05)
    assert np.median(ours.effects) == pytest.approx(np.median(theirs.effects), abs=0.06)


def test_the_correlation_of_effects_is_that_of_its_formula(posterior):
    """rho = s^2 / (s^2 + sd^2), s of the prior on the common effect."""
    s, sd = np.log(4.0) / 1.959964, posterior.flat["sd_coverage"][:, 0]
    (found,) = going_together(posterior)
    np.testing.assert_allclose(found.effects, s**2 / (s**2 + sd**2), rtol=1e-5)
    drawn = np.stack([posterior.draws(ratio(name)).ravel() for name in ("os", "pfs")])
    assert found.estimates == pytest.approx(np.corrcoef(drawn)[0, 1])


def test_tables_name_the_endpoint(posterior, tmp_path, escc):
    tables = fit_tables({"both": posterior}, 0.95)
    rows = tables["hazard_ratios"]
    assert [(row["endpoint"], row["method"]) for row in rows] == [
        ("os", "bayes_laplace"),
        ("pfs", "bayes_laplace"),
        ("os", "cox"),
        ("pfs", "cox"),
    ]
    assert not any(row.get("transition") for row in rows)
    assert {row["endpoint"]: row["events"] for row in rows} == {"os": 31, "pfs": 56}
    assert [row["quantity"] for row in tables["endpoint_correlation"]] == [
        "estimates",
        "ratio_of_hazard_ratios",
        "prob_both_below_1",
        "prob_both_above_1",
        "effects",
    ]
    curves = [(row["endpoint"], row["group"], row["time"]) for row in tables["survival"]]
    assert {endpoint for endpoint, *_ in curves} == {"os", "pfs"}
    assert ("pfs", "RAL", 12.0) in curves
    assert {row["events"] for row in tables["survival"] if not row["group"]} == {31, 56}
    assert [f"both   {name:8}  all patients  79" in "".join(printed(tables)) for name in ("os", "pfs")] == [True, True]
    assert "pseudo-posterior, draws rescaled to how the endpoints of one patient go together" in rows[0]["note"]
    posterior.save(tmp_path / "both.nc")
    again = load_posterior(tmp_path / "both.nc", posterior.plan.spec, escc)
    assert np.array_equal(again.draws(ratio("pfs")), posterior.draws(ratio("pfs")))
    assert [in_words(e.transition) for e in load_posterior(tmp_path / "both.nc").hazard_ratios()] == ["os", "pfs"]
    assert "os 31 events of 79 at risk, pfs" in repr(load_posterior(tmp_path / "both.nc"))
    assert "log_likelihood" not in posterior.to_datatree().children


def test_it_is_said_and_read_back(posterior, escc, tmp_path):
    words = " ".join(describe(posterior.plan))
    assert "one of its own with the same prior in each endpoint (os, pfs)" in words
    assert "os 31 events of 79 at risk, pfs 56 events of 79 at risk" in words
    assert in_words(posterior.plan.rows.transition_names[0]) == "os"
    mixed = model(coverage(), {"covariate": "stage", "structure": "ordered", "prior": NORMAL, "endpoints": ["pfs"]})
    (tmp_path / "mixed.toml").write_text(mixed.toml)
    assert load_spec(tmp_path / "mixed.toml").digest == mixed.digest
    assert 'endpoints = ["pfs"]' in mixed.toml
    labels = make_plan(mixed, escc).design.labels
    assert labels == ("coverage[RPL], os", "coverage[RPL], pfs", "stage[III], pfs", "stage[IV], pfs")
    check = prior_check(mixed, escc, seed=1, draws=200)
    assert list(check.curves) == ["Survival, os", "Survival, pfs"]


def test_baselines_of_other_kinds_are_said_and_read_back(escc, tmp_path):
    """A Weibull of each endpoint, and pieces of each level for each endpoint; rows keep both apart."""
    for spec, said, levels in (
        (model(coverage(), family=WEIBULL), "in each endpoint (os, pfs): Weibull", ("os", "pfs")),
        (
            model(coverage(), family=within("stage")),
            "in each stratum of stage and endpoint",
            ("os (stage II)", "os (stage III)"),
        ),
    ):
        (tmp_path / "one.toml").write_text(spec.toml)
        assert load_spec(tmp_path / "one.toml").digest == spec.digest
        plan = make_plan(spec, escc)
        assert said in " ".join(describe(plan))
        assert plan.rows.stratum_levels[:2] == levels
        assert plan.rows.n == 79
        found = fit(spec, escc, seed=1, engine="laplace", draws=500)
        found.save(tmp_path / "one.nc")
        again = load_posterior(tmp_path / "one.nc", spec, escc)
        assert np.array_equal(again.draws(ratio("pfs")), found.draws(ratio("pfs")))


def test_weibull_curves_of_each_endpoint_are_those_of_the_formula(escc):
    """Second source: exp(-exp(b) (t / t0)^s exp(x beta)) averaged over patients, in plain numpy."""
    found = fit(model(coverage(), family=WEIBULL), escc, seed=1, engine="laplace", draws=500)
    held = found.plan.rows.in_transition("os").covariates["coverage"].values.astype(float)
    for k, name in enumerate(("os", "pfs")):
        at = np.exp(found.flat["baseline"][:, k])[:, None] * 2.0 ** np.exp(found.flat["log_shape"][:, [k]])
        relative = np.exp(found.coefficients[:, [k]] * (held - held.mean()))
        curve = np.exp(-at * relative)
        np.testing.assert_allclose(found.draws(SurvivalAt(24.0, endpoint=name)), curve.mean(axis=1), rtol=1e-10)
        months = np.array([24.0])
        of_group = found.survival(months, term="coverage", group="RPL", endpoint=name)[:, 0]
        np.testing.assert_allclose(of_group, curve[:, held == 1.0].mean(axis=1), rtol=1e-10)
        longer = found.draws(RMSTDifference("coverage", "RPL", "RAL", 24.0, endpoint=name))
        assert ((longer < 0.0) == (found.coefficients[:, k] > 0.0)).all()


def test_curves_of_strata_are_those_of_the_formula(escc):
    """Second source: within the first piece H = t exp(log rate of the stratum) exp(x beta), patients as they lie."""
    found = fit(model(coverage(), family=within("stage")), escc, seed=1, engine="laplace", draws=500)
    rows = found.plan.rows.in_transition("pfs")
    held, stage = (rows.covariates[name].values.astype(float) for name in ("coverage", "stage"))
    rates = np.exp(found.flat["baseline"][:, 3 + stage.astype(int)])
    curve = np.exp(-5.0 * rates * np.exp(found.coefficients[:, [1]] * (held - held.mean())))
    np.testing.assert_allclose(found.draws(SurvivalAt(5.0, endpoint="pfs")), curve.mean(axis=1), rtol=1e-10)
    of_stage = found.draws(SurvivalAt(5.0, "stage", "IV", endpoint="pfs"))
    np.testing.assert_allclose(of_stage, curve[:, stage == 2.0].mean(axis=1), rtol=1e-10)


def test_curves_have_the_width_of_each_endpoint_alone_and_go_together(escc):
    """SDs of the model of one endpoint; correlated, as deaths are shared; who is counted is of the endpoint."""
    both = fit(model(coverage()), escc, seed=1, engine="laplace")
    drawn = np.stack([both.draws(SurvivalAt(12.0, endpoint=name)) for name in ("os", "pfs")])
    assert np.corrcoef(drawn)[0, 1] > 0.3
    for name, own in zip(("os", "pfs"), drawn, strict=True):
        alone = fit(model(coverage(), endpoint=name), escc, seed=1, engine="laplace")
        one = alone.draws(SurvivalAt(12.0))
        assert own.std() == pytest.approx(one.std(), rel=0.06)
        assert own.mean() == pytest.approx(one.mean(), abs=0.1 * one.std())
        asked = MedianSurvival("coverage", "RPL")
        ours, theirs = both.estimate(replace(asked, endpoint=name)), alone.estimate(asked)
        assert (ours.endpoint, ours.n, ours.events) == (name, theirs.n, theirs.events)


def test_endpoints_out_of_order_are_counted(escc):
    """Survival free of progression cannot lie above survival; the note says in how many draws it does."""
    plan, drawn = make_plan(model(coverage()), escc), np.array([0.5, 0.6, 0.7, 0.8])
    assert never_later(plan.rows, "pfs", "os")
    assert not never_later(plan.rows, "os", "pfs")
    for name, word, other in (("pfs", "above", "os"), ("os", "below", "pfs")):
        theirs = np.full(4, 0.75 if word == "above" else 0.55)
        said = order_note(SurvivalAt(12.0, endpoint=name), drawn, plan, lambda _, theirs=theirs: theirs)
        assert said.startswith(f"in 25 % of draws {word} that of {other}, as no patients can be")
        assert not order_note(SurvivalAt(12.0, endpoint=name), drawn, plan, lambda _: drawn)


def test_the_report_holds_each_endpoint_to_its_curve(escc):
    """Kaplan-Meier of OS and of PFS within the intervals, and a model of one rate that neither follows."""
    for family, said in ((PIECEWISE, "yes"), (ONE_RATE, "not everywhere")):
        found = fit(model(coverage(), family=family), escc, seed=1, engine="laplace", draws=500)
        beside = {"both": fit_classical_plan(found.plan)}
        outcome, bundle = SimpleNamespace(posteriors=(found,)), SimpleNamespace(classical=beside, level=0.95)
        word = fits_curve(outcome, bundle)
        assert word.verdict == said, word


def test_a_landmark_keeps_those_at_risk_of_each_endpoint(escc):
    rows = make_plan(model(coverage(), landmark=9.0), escc).rows
    at_risk = {name: rows.in_transition(name).n for name in ("os", "pfs")}
    for name in ("os", "pfs"):
        alone = make_plan(model(coverage(), endpoint=name, landmark=9.0), escc).rows
        assert at_risk[name] == alone.n
    assert rows.n == max(at_risk.values())
    assert {one.reason[-5:-1] for one in rows.dropped if "(of" in one.reason} <= {"f os", " pfs"}


@FAMILIES
def test_refits_and_ensembles_rescale_each_posterior(escc, family, tmp_path):
    spec = model(coverage(shared=True), family=family)
    alone = fit(spec, escc, seed=1, engine="laplace").estimate(ratio("os"))
    asked = (ratio("os"), SurvivalAt(24.0, "coverage", "RPL", endpoint="pfs"))
    table = refit_many(each_model({"one": spec}, escc), asked=asked, seed=1)
    refit, curve = table.rows()
    assert [(row["transition"], row["n"], row["events"]) for row in (refit, curve)] == [("os", 79, 31), ("pfs", 79, 56)]
    table.save(tmp_path / "refits")
    again = load_refits(tmp_path / "refits")
    assert (again.whom, repr(again)) == (table.whom, repr(table))
    assert [row["events"] for row in again.rows()] == [31, 56]
    assert refit["log_sd"] == pytest.approx(alone.log_sd, rel=0.04)
    assert curve["contrast"] == "RPL, pfs"
    ensemble = example_ensemble("escc79")
    few = replace(ensemble, members=ensemble.members[:2])
    pooled = fit_ensemble(spec, few, seed=1)
    found = pooled.estimate(ratio("os"))
    assert found.endpoint == "os"
    assert "endpoints of one patient go together" in found.note
    of_group = pooled.estimate(asked[1])
    assert (of_group.endpoint, of_group.n, of_group.contrast) == ("pfs", 23, "RPL")
    assert curve["value"] == pytest.approx(of_group.value, abs=0.1)


def test_what_it_does_not_answer_is_refused(posterior, escc):
    with pytest.raises(EstimandError, match=r"more than one curve; name one of os, pfs, as in SurvivalAt\(12.0, end"):
        posterior.estimate(SurvivalAt(12.0))
    with pytest.raises(EstimandError, match="no 'efs'; name one of os, pfs"):
        posterior.survival(np.array([12.0]), endpoint="efs")
    alone = make_plan(model(coverage(), endpoint="os"), escc)
    with pytest.raises(EstimandError, match="is of 'os', and not of 'pfs'"):
        fit_classical_plan(alone).estimate(SurvivalAt(12.0, endpoint="pfs"))
    with pytest.raises(EstimandError, match="is of several endpoints, each by itself, and has no states"):
        posterior.states(np.array([12.0]))
    with pytest.raises(EstimandError, match="no probability of a patient left out"):
        compare_loo([posterior, fit(model(coverage()), escc, seed=2, engine="laplace", draws=500)])
    with pytest.raises(SpecError, match=r"name two or more, each once, as in \[\"os\", \"pfs\"\]"):
        model(coverage(), names=("os",))
    with pytest.raises(SpecError, match="no 'local'; the outcome has: os, pfs"):
        make_plan(model(coverage(endpoints=["local"])), escc)
    with pytest.raises(SpecError, match=r"of several endpoints write endpoints = \[..\]"):
        model(coverage(transitions=["os"]))
    with pytest.raises(CohortError, match="efs"):
        make_plan(model(coverage(), names=("os", "efs")), escc)


def test_the_verbs_work(tmp_path, monkeypatch, capsys):
    (tmp_path / "both.toml").write_text(model(coverage(**SHRUNK)).toml)
    words = (
        "--cohort",
        "escc79",
        "--model",
        tmp_path / "both.toml",
        "--engine",
        "laplace",
        "--draws",
        "300",
        "--quiet",
    )
    code, said, _ = run(monkeypatch, capsys, "fit", *words, "--out", tmp_path / "fit")
    assert code == 0
    assert "both   os        coverage RPL vs RAL" in said
    assert "Cox of each endpoint, errors by patient (Wei, Lin & Weissfeld)" in said
    assert "stratified by endpoint (2 strata)" in said
    code, said, _ = run(monkeypatch, capsys, "compare", *words, "--out", tmp_path / "compare")
    assert code == 0
    assert "hazard ratio coverage RPL vs RAL, pfs" in said
    with (tmp_path / "compare" / "endpoint_correlation.csv").open(encoding="utf-8", newline="") as table:
        assert {row["quantity"] for row in csv.DictReader(table)} == {
            *("estimates", "ratio_of_hazard_ratios", "prob_both_below_1", "prob_both_above_1", "effects")
        }
    code, said, _ = run(monkeypatch, capsys, "sensitivity", *words[:4], "--out", tmp_path / "sensitivity")
    assert code == 0
    assert "patients are in each of several endpoints, and this would count them twice" in said
