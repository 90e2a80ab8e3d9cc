"""Many refits in one call: equal to one fit after the other, the same bits anywhere, and after a kill."""

import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import arviz as az
import numpy as np
import pytest
from tests.unit.bayes.refits.refit_models import small_spec

from escc_bayes.bayes.laplace import laplace
from escc_bayes.bayes.model.likelihood.of_plan import cells_of
from escc_bayes.bayes.modes.coordinates import parameter_values
from escc_bayes.bayes.modes.layout import coordinates
from escc_bayes.bayes.modes.warm_start import carried
from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.bayes.refits import refit_many
from escc_bayes.bayes.refits.refit_many import weighted_quantiles
from escc_bayes.bayes.refits.requests import each_cohort, each_model, leave_one_out, prior_grid
from escc_bayes.bayes.refits.table import load_refits
from escc_bayes.bayes.refits.weighted_draws import starts_of
from escc_bayes.data.bundled import example_cohort
from escc_bayes.estimand.estimand import HazardRatio, SurvivalAt
from escc_bayes.foundation.errors import EstimandError, InputError, NotFitForUseWarning, SamplingError, SpecError
from escc_bayes.foundation.scheduler import Processes
from escc_bayes.spec.plan import make_plan, with_priors
from escc_bayes.spec.prior import HalfNormal, Normal
from escc_bayes.spec.reading import load_spec

ROOT = Path(__file__).resolve().parents[4]
many = refit_many.refit_many


@pytest.fixture(scope="module")
def grid(larynx):
    """3 x 3 priors, among them the wide and the sceptical."""
    axes = {
        "stage": [Normal(0.0, 0.1), Normal(0.5, 1.0), Normal(0.0, 5.0)],
        "baseline_sd": [HalfNormal(0.05), HalfNormal(0.5), HalfNormal(2.0)],
    }
    return prior_grid(small_spec(), larynx, axes)


@pytest.fixture(scope="module")
def grid_table(grid):
    return many(grid, seed=3, level=0.9)


@pytest.mark.parametrize("place", range(9))
def test_a_refit_of_a_prior_grid_is_the_fit_under_that_prior(place, grid, grid_table, larynx):
    """Second source: ``fit`` on the written-out specification, 40,000 other draws; 5 Monte Carlo errors."""
    spec = grid.plans[place].spec
    assert grid_table.labels[place] == (*numbers(spec.effects[0].prior), spec.baseline.sd.sd)
    alone = fit(spec, larynx, seed=99, engine="laplace", draws=10_000)
    for term, contrast in (("stage", "IV vs I"), ("age", "per 10")):
        asked = HazardRatio("stage", "IV", "I") if term == "stage" else HazardRatio("age")
        expected = alone.estimate(asked, level=0.9)
        error = expected.log_sd / np.sqrt(grid_table.checks[place, 1])
        mean, sd, p = (
            grid_table.column(q, term=term, contrast=contrast)[place] for q in ("log_mean", "log_sd", "prob_gt_1")
        )
        assert mean == pytest.approx(expected.log_mean, abs=5.0 * error)
        assert sd == pytest.approx(expected.log_sd, rel=0.06)
        assert p == pytest.approx(expected.prob_gt_1, abs=0.02)
        for quantity, value, factor in (("value", expected.value, 6), ("lower", expected.lower, 12)):
            found = grid_table.column(quantity, term=term, contrast=contrast)[place]
            assert np.log(found) == pytest.approx(np.log(value), abs=factor * error)


def numbers(prior):
    return prior.mean, prior.sd


def test_leaving_a_patient_out_by_weight_is_the_fit_without_him(larynx):
    """Second source: ``fit`` on the cohort without the row; with reference coding nothing else of the model moves."""
    spec = small_spec(at="reference")
    table = many(leave_one_out(spec, larynx), seed=5, level=0.95)
    assert len(table) == 91
    assert table.labels[:3] == (("nobody",), (larynx.ids[0],), (larynx.ids[1],))
    for place in (0, 40, 89):
        alone = fit(spec, larynx.subset(np.arange(90) != place), seed=98, engine="laplace", draws=10_000)
        expected = alone.estimate(HazardRatio("stage", "IV", "I"), level=0.95)
        found = table.column("log_mean", term="stage", contrast="IV vs I")[place + 1]
        assert found == pytest.approx(expected.log_mean, abs=5.0 * expected.log_sd / np.sqrt(2500.0))


def test_every_refit_says_whose_observations_it_is_of(larynx):
    """By hand: 90 patients, 89 without one; the same patients under every prior; NAIVE clocks and provenance first."""
    table = many(leave_one_out(small_spec(), larynx), seed=5, level=0.95)
    rows = list(table.rows())
    each = [of.n for of in table.whom], [of.events for of in table.whom]
    assert each == ([90, *90 * [89]], [50, *(50 - make_plan(small_spec(), larynx).rows.event).astype(int).tolist()])
    assert len({row["patients"] for row in rows}) == 91
    assert all("only between rows whose column 'patients' is the same" in row["evidence_note"] for row in rows)
    assert repr(table).startswith(
        "OBSERVED: os from time zero, 89 to 90 patients, 49 to 50 events: 91 refits by left_out"
    )
    grid = many(prior_grid(small_spec(), larynx, {"age": [Normal(0.0, sd) for sd in (0.5, 1.0)]}), seed=5, level=0.95)
    assert grid.same_patients
    assert {row["evidence_note"] for row in grid.rows()} == {""}
    assert {(row["provenance"], row["clock"]) for row in grid.rows()} == {("observed", "time zero")}


def test_marginal_likelihoods_give_exact_leave_one_out_densities(larynx):
    """log p(y_i | the others) = log m(all) - log m(without i). Second source: ArviZ's PSIS-LOO, patient by patient."""
    spec = small_spec()
    table = many(leave_one_out(spec, larynx), seed=5, level=0.95)
    exact = table.log_marginal_likelihood[0] - table.log_marginal_likelihood[1:]
    posterior = fit(spec, larynx, seed=6, engine="laplace")
    loo = az.loo(posterior.to_datatree(), var_name="time", pointwise=True)
    np.testing.assert_allclose(exact, loo.elpd_i.values, atol=0.03)
    assert exact.sum() == pytest.approx(float(loo.elpd), abs=0.1)


def test_shared_numbers_make_differences_between_refits_precise(larynx):
    """Over eight seeds the difference of two refits varies less than a tenth of what either does."""
    request = leave_one_out(small_spec(), larynx)
    request = replace(request, plans=request.plans[:3], labels=request.labels[:3])
    found = np.array([many(request, seed=s, level=0.95).column("log_mean", term="age") for s in range(8)])
    assert (found[:, 1] - found[:, 0]).std() < 0.1 * found[:, 0].std()


@pytest.fixture
def small_chunks(monkeypatch):
    """Two refits a chunk, in this process."""
    monkeypatch.setattr(refit_many, "CHUNK", 2)


def same(one, two):
    np.testing.assert_array_equal(one.numbers, two.numbers)
    np.testing.assert_array_equal(one.checks, two.checks)
    assert (one.labels, one.asked, one.record, one.level) == (two.labels, two.asked, two.record, two.level)


def test_processes_and_dask_give_the_same_bits(larynx):
    distributed = pytest.importorskip("distributed")
    request = leave_one_out(small_spec(), larynx)
    here = many(request, seed=5, level=0.95)
    same(many(request, seed=5, level=0.95, workers=2), here)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as local:
        same(many(request, seed=5, level=0.95, scheduler=local.scheduler_address), here)


def test_bits_do_not_depend_on_chunks(grid, grid_table, small_chunks):
    """A refit starts from the base fit, not from its neighbour: how refits are grouped does not matter."""
    same(many(grid, seed=3, level=0.9), grid_table)


KILLED = """
import sys
from escc_bayes.bayes.refits import refit_many
from escc_bayes.bayes.refits.requests import leave_one_out
from escc_bayes.data.bundled import example_cohort
from tests.unit.bayes.refits.refit_models import small_spec
refit_many.CHUNK = 5
refit = refit_many.RefitWork.refit
def told(self, place):
    print("refit", place, flush=True)
    return refit(self, place)
refit_many.RefitWork.refit = told
request = leave_one_out(small_spec(), example_cohort("larynx"))
refit_many.refit_many(request, seed=5, level=0.95, folder=sys.argv[1]).save(sys.argv[2])
"""


def started(*folders):
    return subprocess.Popen(
        [sys.executable, "-c", KILLED, *map(str, folders)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


def test_sigkill_half_way_repeats_at_most_one_chunk_and_gives_the_same_bits(tmp_path, larynx):
    """91 refits in chunks of 5, killed in the middle of a chunk; the rerun and an undisturbed run agree to the bit."""
    with started(tmp_path / "kept", tmp_path / "table") as first:
        begun = [first.stdout.readline() for _ in range(48)]
        first.send_signal(signal.SIGKILL)
        begun += first.stdout.readlines()
    assert not (tmp_path / "table").exists()
    with started(tmp_path / "kept", tmp_path / "table") as second:
        repeated = second.stdout.readlines()
    assert len(begun) + len(repeated) <= 91 + 5
    assert len(begun) < 91
    whole = many(leave_one_out(small_spec(), larynx), seed=5, level=0.95)
    same(load_refits(tmp_path / "table"), whole)


def test_another_seed_or_request_reads_nothing_of_what_is_kept(tmp_path, grid, grid_table, small_chunks):
    """Same folder, other seed, other level, other draws: none of them sees the finished chunks of the first."""
    seen = []
    first = many(grid, seed=3, level=0.9, folder=tmp_path)
    same(first, grid_table)
    for other in ({"seed": 4, "level": 0.9}, {"seed": 3, "level": 0.95}, {"seed": 3, "level": 0.9, "draws": 2000}):
        begun = []
        found = many(grid, **other, folder=tmp_path, progress=lambda done, total, to=begun: to.append(done))
        assert begun[0] == 1
        seen.append(found.numbers)
    assert not any(np.array_equal(numbers, first.numbers) for numbers in seen)
    begun = []
    same(many(grid, seed=3, level=0.9, folder=tmp_path, progress=lambda done, total: begun.append(done)), first)
    assert begun == [5]


def test_the_table_reloads_to_the_last_bit(tmp_path, larynx):
    """Numbers, words, empty cells and the record; survival has no P(HR > 1)."""
    asked = (HazardRatio("stage", "IV"), SurvivalAt(12.0, "stage", "IV"))
    table = many(prior_grid(small_spec(), larynx, {"age": [Normal(0.0, 1.0 / 3.0)]}), seed=1, level=0.9, asked=asked)
    table.save(tmp_path / "table")
    again = load_refits(tmp_path / "table")
    same(again, replace(table, asked=again.asked))
    assert repr(again) == repr(table)
    assert again.whom == table.whom
    assert np.isnan(again.column("prob_gt_1", estimand="survival")).all()
    survival = fit(small_spec(), larynx, seed=2, engine="laplace").estimate(asked[1], level=0.9)
    assert again.column("value", estimand="survival")[0] == pytest.approx(survival.value, abs=0.02)
    with pytest.raises(InputError, match=r"holds no refits\.csv"):
        load_refits(tmp_path)
    (tmp_path / "table" / "refits.csv").write_text("left_out\n", encoding="utf-8")
    with pytest.raises(InputError, match="0 rows do not belong"):
        load_refits(tmp_path / "table")


def test_cohorts_have_streams_of_their_own_and_models_share_one(larynx):
    """The same cohort twice: other draws, the same posterior. The same model twice: the same draws."""
    twice = many(each_cohort(small_spec(), {"a": larynx, "b": larynx}), seed=1, level=0.95)
    means, sd = twice.column("log_mean", term="age"), twice.column("log_sd", term="age")[0]
    assert means[0] != means[1]
    assert means[0] == pytest.approx(means[1], abs=5.0 * sd * np.sqrt(2.0 / 2500.0))
    models = many(each_model({"a": small_spec(), "b": small_spec()}, larynx), seed=1, level=0.95)
    np.testing.assert_array_equal(models.numbers[0], models.numbers[1])


def test_weibull_models_refit_too(larynx):
    """Log shape as an axis; second source: ``fit``."""
    from tests.conftest import weibull_spec

    request = prior_grid(weibull_spec(), larynx, {"log_shape": [Normal(0.0, 0.05), Normal(0.0, 2.0)]})
    table = many(request, seed=1, level=0.95)
    for place in range(2):
        expected = fit(request.plans[place].spec, larynx, seed=97, engine="laplace").estimate(
            HazardRatio("age"), level=0.95
        )
        assert table.column("log_mean", term="age")[place] == pytest.approx(expected.log_mean, abs=0.02)


def test_a_plan_under_other_priors_equals_the_plan_made_anew(larynx):
    """``make_plan`` is the second source; rows and columns are the same objects."""
    base = make_plan(small_spec(), larynx)
    changed = prior_grid(small_spec(), larynx, {"age": [Normal(0.0, 1e-4)]}).plans[0]
    anew = make_plan(changed.spec, larynx)
    assert changed.design.blocks == anew.design.blocks
    assert changed.design.blocks[1].unit == 1e-4
    np.testing.assert_array_equal(changed.design.columns, anew.design.columns)
    with pytest.raises(SpecError, match="more than its priors"):
        with_priors(base, replace(base.spec, effects=base.spec.effects[:1]))


def test_a_mode_carried_to_another_prior_is_the_same_parameters(larynx):
    """Coordinates change with the prior, parameter values do not; second source: the parameters' own formulas."""
    base = make_plan(small_spec(), larynx)
    other = prior_grid(small_spec(), larynx, {"stage": [Normal(1.0, 0.3)], "baseline_sd": [HalfNormal(2.0)]}).plans[0]
    (part,) = laplace.explored(base, cells_of(base))
    (own,), (theirs,) = coordinates(base), coordinates(other)
    best = int(np.argmax(part.grid.modes.log_mass))
    near = laplace.start_of(part.target, part.grid).carried_to(theirs)
    before = parameter_values(own, part.grid.modes.x[[best]], part.grid.modes.u[[best]])
    after = parameter_values(theirs, near.x[None], near.u[None])
    for name, value in before.items():
        np.testing.assert_allclose(after[name], value, rtol=1e-9, atol=1e-12)
    back = carried(near, theirs, own)
    np.testing.assert_allclose(back.u, part.grid.modes.u[best], atol=1e-9)


def test_a_warm_start_finds_the_grid_of_a_cold_one(grid):
    """The mass of the marginal likelihood: a search from the base fit and one from the prior mean agree."""
    base = starts_of(grid.base)
    for plan in grid.plans:
        data = cells_of(plan)
        (warm,), (cold,) = laplace.explored(plan, data, base), laplace.explored(plan, data)
        assert warm.held.log_mass == pytest.approx(cold.held.log_mass, abs=0.02)
        assert warm.grid.edge_mass < 1e-3


def test_weighted_quantiles_with_equal_weights_are_hazens():
    """numpy's method 'hazen' puts the same midpoints."""
    drawn = np.random.default_rng(1).normal(size=(3, 101))
    found = weighted_quantiles(drawn, np.full(101, 1 / 101), (0.025, 0.5, 0.975))
    expected = np.quantile(drawn, [0.025, 0.5, 0.975], axis=1, method="hazen").T
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("axes", "words"),
    [
        ({}, "an axis without priors"),
        ({"age": []}, "an axis without priors"),
        ({"agee": [Normal(0.0, 1.0)]}, "no prior 'agee'"),
        ({"age": [HalfNormal(1.0)]}, "age' is linear: it has no half-normal"),
        ({"age": [Normal(0.0, 1.0), HalfNormal(1.0)]}, "a list for 'age'; give a dictionary from a word"),
        ({"log_shape": [Normal(0.0, 1.0)]}, "no prior 'log_shape'"),
    ],
)
def test_axes_that_cannot_be_are_refused(axes, words, larynx):
    with pytest.raises(InputError, match=words):
        prior_grid(small_spec(), larynx, axes)


def test_requests_that_cannot_be_are_refused(larynx, grid, grid_table):
    with pytest.raises(SpecError, match="no cohort"):
        each_cohort(small_spec(), {})
    with pytest.raises(SpecError, match="no model"):
        each_model({}, larynx)
    with pytest.raises(SpecError, match="too few"):
        many(grid, seed=1, level=0.95, draws=10)
    with pytest.raises(EstimandError, match="no term 'sex'"):
        many(grid, seed=1, level=0.95, asked=(HazardRatio("sex"),))
    with pytest.raises(EstimandError, match="3 estimands are called stage"):
        grid_table.column("value", term="stage")
    with pytest.raises(EstimandError, match="no quantity 'median'"):
        grid_table.column("median", term="age")


def test_a_refit_that_must_not_be_used_is_named(larynx):
    """The verdict of the refit in question, and one warning for all."""
    request = prior_grid(small_spec(), larynx, {"age": [Normal(0.0, 1.0)]})
    with pytest.warns(NotFitForUseWarning, match=r"1 of 1 refits: age_mean 0, age_sd 1 \(NOT FIT FOR USE: import"):
        table = unfit_table(request)
    assert table.verdicts[0].startswith("NOT FIT FOR USE")


def unfit_table(request):
    table = many(request, seed=1, level=0.95)
    table.checks[0, 1] = 100.0
    refit_many.warn_of_unfit("small", table)
    return table


def test_a_refit_that_fails_is_named(grid, monkeypatch):
    def too_large(*given):
        raise SamplingError("too large a grid")

    monkeypatch.setattr(laplace, "explored", too_large)
    with pytest.raises(
        SamplingError, match=r"refit 1 of 9 \(stage_mean 0.0, stage_sd 0.1, baseline_sd_scale 0.05\): too"
    ):
        many(grid, seed=1, level=0.95)


def test_bundled_model_with_four_hyperparameters():
    """``os_piecewise``: ordered, exchangeable and pooled effects, warm-started on another scale of the steps."""
    spec, cohort = load_spec("os_piecewise"), example_cohort("escc79")
    request = prior_grid(spec, cohort, {"baseline_sd": [HalfNormal(0.2), HalfNormal(1.0)]})
    table = many(request, seed=1, level=0.95, scheduler=Processes(1))
    assert set(table.verdicts) == {"ok"}
    for place in range(2):
        alone = fit(request.plans[place].spec, cohort, seed=96, engine="laplace")
        expected = {(e.term, e.contrast): e for e in alone.hazard_ratios(level=0.95)}
        for asked, found in zip(table.asked, table.numbers[place], strict=True):
            e = expected[asked.term, asked.contrast]
            assert found[4] == pytest.approx(e.log_mean, abs=5.0 * e.log_sd / np.sqrt(table.checks[place, 1]))


def test_a_request_that_knows_where_to_start_gives_the_same_bits(grid, grid_table):
    """The modes of the base, found before and sent along, are those that the request would have found."""
    same(many(replace(grid, starts=starts_of(grid.base)), seed=3, level=0.9), grid_table)


def test_a_short_request_has_chunks_for_several_processes(grid):
    totals = []
    many(grid, seed=3, level=0.9, progress=lambda done, total: totals.append(total))
    assert totals[-1] > refit_many.LEAST_CHUNKS // 2
    assert len(grid) < refit_many.CHUNK
