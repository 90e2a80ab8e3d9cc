"""Effects that differ with a second covariate, shrunk or not: columns, contrasts, what is refused, what is said."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from escc_bayes.bayes.model.parameters import baseline_hazards
from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.bayes.posterior.reload import load_posterior
from escc_bayes.bayes.refits.refit_many import refit_many
from escc_bayes.bayes.refits.requests import leave_one_out, prior_grid
from escc_bayes.classical.fit import fit_classical
from escc_bayes.compare.comparison import compare
from escc_bayes.estimand.contrast import complete, standard_contrasts, weights
from escc_bayes.estimand.estimand import HazardRatio, RMSTDifference, SurvivalAt, contrast_words
from escc_bayes.foundation.errors import EstimandError, SpecError
from escc_bayes.spec.describe import describe
from escc_bayes.spec.design import build_design
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.prior import HalfNormal
from escc_bayes.spec.selection import select_rows
from escc_bayes.spec.setting_levels import setting_columns
from tests.unit.spec.conftest import HALF, NORMAL, PIECEWISE, cohort_from, model, patients

STAGE = {"covariate": "stage", "structure": "fixed", "prior": NORMAL}
AGE = {"covariate": "age", "structure": "linear", "prior": NORMAL}


def subgroup(covariate="arm", within="stage"):
    """Return an effect shrunk within the levels of another covariate."""
    return {"covariate": covariate, "structure": "subgroup", "within": within, "prior": NORMAL, "sd": HALF}


def interaction(covariate="arm", by="age"):
    """Return a plain interaction."""
    return {"covariate": covariate, "structure": "interaction", "by": by, "prior": NORMAL, "ratio": NORMAL}


def arm(**where):
    """Return the hazard ratio of the arm."""
    return HazardRatio("arm", "yes", "no", **where)


def few():
    """Return the 60 patients without those of stage II who had the arm."""
    frame = patients()
    return cohort_from(frame[~((frame.stage == "II") & (frame.arm == "yes"))])


def test_columns_are_the_arm_and_the_arm_within_each_level(frame):
    plan = make_plan(model(STAGE, subgroup()), cohort_from(frame))
    yes = (frame.arm == "yes").to_numpy()
    expected = [yes, *(yes & (frame.stage == level).to_numpy() for level in ("II", "III", "IV"))]
    np.testing.assert_array_equal(plan.design.columns[:, 2:], np.stack(expected, axis=1))
    assert plan.design.labels[2:4] == ("arm[yes]", "arm[yes], stage[II]")


def test_a_number_is_multiplied_in_its_own_scale(frame):
    plan = make_plan(model(AGE, interaction()), cohort_from(frame))
    yes, older = (frame.arm == "yes").to_numpy(), (frame.age.to_numpy() - 65.0) / 10.0
    np.testing.assert_allclose(plan.design.columns[:, 1:], np.stack([yes, yes * older], axis=1))


def test_hazard_ratios_are_sums_of_coefficients():
    """In stage IV the common effect and the stage's own; between stages the difference of their own."""
    design = make_plan(model(STAGE, subgroup()), few()).design
    assert weights(arm(), design).tolist() == [0, 0, 1, 0, 0, 0]
    assert weights(arm(within="IV"), design).tolist() == [0, 0, 1, 0, 0, 1]
    assert weights(arm(within="IV", within_versus="III"), design).tolist() == [0, 0, 0, 0, -1, 1]
    other = make_plan(model(AGE, interaction()), few()).design
    assert weights(arm(within="80"), other).tolist() == pytest.approx([0, 1, 1.5])
    assert weights(arm(within="80", within_versus="60"), other).tolist() == pytest.approx([0, 0, 2])
    # The other way round is the inverse.
    turned = HazardRatio("arm", "no", "yes", within="IV")
    assert weights(turned, design).tolist() == [0, 0, -1, 0, 0, -1]


def test_tables_show_the_common_effect_each_level_and_their_ratios():
    design = make_plan(model(STAGE, subgroup()), few()).design
    assert [contrast_words(one) for one in standard_contrasts(design) if one.term == "arm"] == [
        "yes vs no, common over stage",
        "yes vs no, stage II",
        "yes vs no, stage III",
        "yes vs no, stage IV",
        "yes vs no, ratio of HRs, stage III over II",
        "yes vs no, ratio of HRs, stage IV over II",
    ]
    other = make_plan(model(AGE, interaction()), few()).design
    assert [contrast_words(one) for one in standard_contrasts(other) if one.term == "arm"] == [
        "yes vs no, age 65",
        "yes vs no, age 75",
        "yes vs no, ratio of HRs, age 75 over 65",
    ]


@pytest.mark.parametrize(
    ("effects", "asked", "words"),
    [
        ((STAGE, subgroup()), arm(within="V"), "'stage' has no level 'V' in the model"),
        ((STAGE, subgroup()), arm(within_versus="IV"), "ask for it in a level or at a value"),
        ((STAGE, subgroup()), arm(within="IV", within_versus="IV"), "has no ratio to itself"),
        ((STAGE, subgroup()), HazardRatio("stage", "IV", within="yes"), "does not differ with another covariate"),
        ((AGE, interaction()), arm(), "differs with 'age' in this model; ask for it"),
        ((AGE, interaction()), arm(within="old"), "'age' is a number; 'old' is none"),
        ((AGE, interaction()), arm(within="70", modifier="stage"), "differs with 'age', not with 'stage'"),
    ],
)
def test_a_hazard_ratio_that_the_model_does_not_have_is_refused(effects, asked, words):
    with pytest.raises(EstimandError, match=words):
        complete(asked, make_plan(model(*effects), few()).design)


@pytest.mark.parametrize(
    ("effects", "words"),
    [
        ((subgroup(),), r"effect 'arm': its hazard ratio differs with 'stage', which has no effect of its own"),
        ((STAGE, AGE, subgroup("arm", "age")), "'age' is a number and has no levels; cut it into classes"),
        ((STAGE, subgroup("stage", "stage")), "'stage' stands in two effects"),
        ((subgroup("stage", "stage"),), "cannot differ with 'stage' itself"),
    ],
)
def test_what_does_not_fit_is_refused(effects, words):
    with pytest.raises(SpecError, match=words):
        make_plan(model(*effects), few())


def test_a_baseline_of_each_level_stands_for_the_effect_of_its_own():
    body = PIECEWISE["baseline"] | {"strata": "stage"}
    plan = make_plan(model(subgroup(), baseline=body), few())
    assert plan.design.labels[0] == "arm[yes]"
    # Everyone set to stage IV: its baseline, and its own effect of the arm, by hand.
    posterior = fit(plan.spec, few(), seed=1, engine="laplace", draws=200)
    curve = posterior.survival(np.array([12.0]), term="stage", group="IV", population="everyone")[:, 0]
    values = {name: drawn.reshape(curve.size, -1) for name, drawn in posterior.values.items()}
    level = baseline_hazards(plan.baseline, values)[2].cumulative(np.array([12.0]))[:, 0]
    beta = posterior.coefficients.reshape(curve.size, -1)
    about = beta @ plan.design.center
    share = (plan.rows.covariates["arm"].values == 1.0).mean()
    treated = np.exp(-level * np.exp(beta[:, 0] + beta[:, 3] - about))
    np.testing.assert_allclose(curve, share * treated + (1 - share) * np.exp(-level * np.exp(-about)), rtol=1e-10)


@pytest.mark.parametrize(("covariate", "level"), [("arm", "yes"), ("arm", "no"), ("stage", "III"), ("stage", "II")])
def test_setting_a_level_gives_the_columns_of_a_cohort_where_everyone_has_it(frame, covariate, level):
    """Second source: the same model's columns, made of a table in which everyone has the level, and one who has not."""
    spec = model(STAGE, subgroup(), AGE)
    rows = select_rows(cohort_from(frame), "os", spec.covariates)
    design = build_design(spec, rows)
    changed = setting_columns(design, rows, covariate, level)
    own = rows.covariates[covariate]
    set_to = replace(own, values=np.full(60, float(own.schema.levels.index(level))))
    crossing = design.blocks[1].coding.crossing
    held = {**rows.covariates, covariate: set_to}
    base = (held["arm"].values == 1.0)[:, None].astype(float)
    np.testing.assert_array_equal(changed[:, 2:6], crossing.columns(base, held["stage"].values))
    stage = held["stage"].values
    np.testing.assert_array_equal(changed[:, :2], np.stack([stage == 1.0, stage == 2.0], axis=1))
    np.testing.assert_array_equal(changed[:, 6:], design.columns[:, 6:])


def test_a_level_in_which_nobody_has_it_is_named_with_its_counts():
    plan = make_plan(model(STAGE, subgroup()), few())
    named = [note for note in plan.notes if note.startswith("arm: ")]
    assert len(named) == 1
    for part in ("stage II (no ", "yes 0)", "the common effect and the prior alone"):
        assert part in named[0]
    assert plan.design.collinear == ()
    words = " ".join(describe(plan))
    assert "arm: an effect in each level of stage (II, III, IV), shrunk towards a common one; common, yes over" in words


def test_estimates_say_what_they_rest_on_and_maximum_likelihood_has_none():
    spec = model(STAGE, subgroup())
    posterior, classical = fit(spec, few(), seed=2, engine="laplace", draws=500), fit_classical(spec, few())
    questions = [
        arm(within="II"),
        arm(within="II", within_versus="III"),
        arm(),
        SurvivalAt(12.0, "arm", "yes", "everyone"),
        RMSTDifference("stage", "III", "II", 12.0, "everyone"),
    ]
    found = compare(questions, posterior, classical).estimates
    bayes = [e for e in found if e.interval_kind == "credible"]
    for place in (0, 1):
        assert bayes[place].note.startswith("NO DATA OF ITS OWN: nobody is in yes, stage II; it rests on the common")
    assert "nobody is in yes, stage II: there it rests on" in bayes[3].note
    assert "nobody is in yes, stage II: there it rests on" in bayes[4].note
    assert all(np.isnan(e.value) for e in found if e.interval_kind == "confidence" and e.population != "group")
    assert "none in common" in next(e.note for e in found if e.method == "cox" and "common" in e.contrast)
    # Of stage itself: at which level of the arm, and who has that.
    own = posterior.estimate(HazardRatio("stage", "III", "II"))
    assert own.note.startswith("among patients with arm no: it differs with arm")
    assert own.groups.startswith("III: ")
    assert posterior.estimate(arm(within="IV")).groups.startswith("yes, stage IV: ")


def test_where_all_have_the_covariate_the_other_hazard_ratio_compares_no_patients():
    frame = patients()
    whole = cohort_from(frame[~((frame.stage == "III") & (frame.arm == "no"))])
    spec = model(STAGE, subgroup())
    posterior, classical = fit(spec, whole, seed=2, engine="laplace", draws=200), fit_classical(spec, whole)
    asked = HazardRatio("stage", "III", "II")
    assert "NOBODY in stage III has arm no" in posterior.estimate(asked).note
    cox = next(e for e in classical.estimate(asked) if e.method == "cox")
    assert "NOBODY in stage III has arm no" in cox.note
    univariable = next(e for e in classical.estimate(asked) if e.method == "cox_univariable")
    assert "NOBODY" not in univariable.note


@pytest.mark.parametrize("engine", ["laplace", "nuts"])
def test_many_centres_have_an_effect_each(engine):
    """Sixteen centres, a random intercept of each beside: shrunk effects lie between the common one and their own."""
    rng = np.random.default_rng(5)
    n = 320
    frame = pd.concat([patients()] * 6).head(n).reset_index(drop=True)
    centre, treated = np.arange(n) % 16, rng.integers(0, 2, n)
    own = rng.normal(0.3, 0.4, 16)
    time, end = rng.exponential(20.0 / np.exp(own[centre] * treated)) + 0.01, rng.uniform(30.0, 50.0, n)
    frame = frame.assign(id=[f"P{i}" for i in range(n)], t=np.minimum(time, end), d=(time < end).astype(int))
    frame = frame.assign(u=frame.t, e=1, centre=[f"c{one:02d}" for one in centre], arm=np.where(treated, "yes", "no"))
    schema = {"centre": {"kind": "nominal", "levels": [f"c{i:02d}" for i in range(16)]}}
    cohort = cohort_from(frame, covariates=schema | {"arm": {"kind": "binary", "levels": ["no", "yes"]}})
    spec = model({"covariate": "centre", "structure": "random_intercept", "sd": HALF}, subgroup("arm", "centre"))
    posterior = fit(spec, cohort, seed=3, engine=engine, draws=2000 if engine == "laplace" else 500)
    assert posterior.verdict == "ok"
    # Of so many levels no ratio stands in the tables, but each can be asked.
    assert len(posterior.hazard_ratios()) == 17
    found = np.array([posterior.draws(arm(within=f"c{i:02d}")).mean() for i in range(16)])
    common = posterior.draws(arm()).mean()
    assert abs(common - 0.3) < 0.35
    assert found.std() < own.std()
    assert np.corrcoef(found, own)[0, 1] > 0.5
    assert np.isfinite(posterior.estimate(arm(within="c03", within_versus="c11")).value)
    if engine == "laplace":
        classical = fit_classical(spec, cohort)
        rows = {e.method: e for e in classical.ratios(arm(within="c03"), 0.95)}
        assert np.isfinite(rows["cox_stratified"].value)
        assert all("leaves centre out" in rows[method].note for method in ("cox", "weibull_mle"))


def test_a_grid_of_priors_on_the_spread_turns_the_ratios_of_hazard_ratios():
    """With next to no spread all levels have the common effect; leave one out keeps every column."""
    spec = model(STAGE, subgroup())
    grid = refit_many(prior_grid(spec, few(), {"arm": [HalfNormal(0.001), HalfNormal(1.0)]}), seed=1)
    between = next(q for q, one in enumerate(grid.asked) if "IV over II" in one.contrast)
    narrow, wide = grid.numbers[:, between, 2] / grid.numbers[:, between, 1]
    assert narrow < 1.02 < 2.0 < wide
    assert np.isfinite(refit_many(leave_one_out(spec, few()), seed=1).numbers).all()


def test_it_is_saved_and_read_back(tmp_path):
    posterior = fit(model(AGE, interaction()), few(), seed=4, engine="laplace", draws=200)
    posterior.save(tmp_path / "a.nc")
    again = load_posterior(tmp_path / "a.nc")
    said = posterior.to_datatree()["posterior"]["beta"].attrs["against"]
    assert "arm[yes]: against the reference, at age 65; arm[yes], age: ratio of hazard ratios per 10 of age" in said
    assert [e.value for e in again.hazard_ratios()] == [e.value for e in posterior.hazard_ratios()]


def test_several_transitions_are_refused():
    outcome = {"kind": "illness_death", "progression": "pfs", "death": "os", "clock": "forward"}
    with pytest.raises(SpecError, match="effect that differs with 'stage' is not fitted in several transitions"):
        make_plan(model(STAGE, subgroup(), outcome=outcome), few())
