"""What the data can carry: each caution where it is true, on the number it belongs to, and nowhere else."""

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest

from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.classical.baselines import baselines
from escc_bayes.classical.fit import fit_classical
from escc_bayes.data.bundled import example_cohort
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.foundation.errors import DataWarning
from escc_bayes.spec.cautions import NOTHING, caution_of, caution_words, cautions
from escc_bayes.spec.collinear import collinear
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import load_spec, spec_from
from escc_bayes.spec.thin import ThinLevel

PRIOR = {"normal": [0.0, 1.0]}
COVARIATES = {
    "arm": {"kind": "binary", "levels": ["old", "new"]},
    "stage": {"kind": "ordered", "levels": ["II", "III", "IV"]},
    "copy": {"kind": "binary", "levels": ["a", "b"]},
    "age": {"kind": "continuous", "center": 60.0},
    "marker": {"kind": "binary", "levels": ["high", "low"], "known_at": 1.0},
}


def frame(n=60):
    rng = np.random.default_rng(6)
    arm = np.array(["old", "new"])[np.arange(n) % 2]
    stage = np.where(np.arange(n) < 40, "II", np.where(np.arange(n) < 56, "III", "IV"))
    event = (rng.random(n) < 0.6).astype(int)
    event[(stage == "IV") & (np.cumsum(stage == "IV") > 2)] = 0
    return pd.DataFrame(
        {
            "t": rng.exponential(15.0, n).round(2) + 1.5,
            "d": event,
            "e": 0.0,
            "w": rng.uniform(0.5, 2.0, n),
            "arm": arm,
            "stage": stage,
            "copy": np.where(arm == "new", "b", "a"),
            "age": rng.normal(60.0, 9.0, n).round(),
            "marker": np.array(["high", "low"])[rng.integers(0, 2, n)],
        }
    )


def plan_of(rows, *effects, endpoint=None, **more):
    return make_plan(model(*effects, **more.pop("outcome", {})), cohort_of(rows, **more))


def cohort_of(rows, **more):
    endpoints = {"os": {"time": "t", "event": "d"} | more.pop("os", {})}
    return read_cohort(
        rows,
        schema_from({"endpoints": endpoints, "covariates": COVARIATES} | more, "cautions.toml"),
        provenance="simulated",
    )


def model(*names, **outcome):
    effects = [
        {"covariate": name, "structure": "linear" if name == "age" else "fixed", "prior": PRIOR} for name in names
    ]
    return spec_from(
        {
            "name": "small",
            "outcome": {"endpoint": "os"} | outcome,
            "baseline": {"family": "piecewise_exponential", "cuts": [10.0], "smoothing": "independent", "at": "mean"},
            "priors": {"baseline_rate": {"gamma": [0.5, 10.0]}},
            "effect": effects,
        },
        "small.toml",
    )


def test_enough_data_ask_for_no_caution():
    # Both arms are followed to month 36, the last at which survival is read.
    rows = frame().assign(t=lambda rows: rows["t"].where(rows.index < 58, 40.0 + rows.index))
    plan = plan_of(rows, "arm", "age")
    assert cautions(plan) == ()
    assert caution_words(plan) == ""
    assert f"What the data can carry: {NOTHING}" in repr(
        fit(model("arm", "age"), cohort_of(rows), seed=1, engine="laplace")
    )


LATE, SOME = [1.0] * 7 + [0.0] * 53, [None] * 4 + [60.0, 61.0] * 28
CASES = {
    "few events in a level": (frame(), ("stage",), {}, "stage = IV: "),
    "collinear": (frame(), ("arm", "copy"), {}, "'arm[new]' and 'copy[b]' determine each other among the 60 patients"),
    "few events in all": (frame().assign(d=[1, 1, 1] + [0] * 57), ("arm",), {}, "3 events in all, fewer than 5"),
    "one event": (frame().assign(d=[1] + [0] * 59), ("age",), {}, "1 event in all"),
    "delayed entry": (
        frame().assign(e=LATE),
        ("arm",),
        {"os": {"entry": "e"}},
        "7 of 60 patients enter",
    ),
    "left out": (
        frame().assign(age=SOME),
        ("age",),
        {},
        "4 of 60 patients are left out: 4 with",
    ),
    "naive": (frame(), ("marker",), {"outcome": {"time_zero": "naive"}}, "NAIVE time zero (marker treated as known"),
    "sampling weights": (frame(), ("arm",), {"weight": "w", "weight_kind": "sampling"}, "effective n"),
    "frequency weights": (frame().assign(w=2), ("arm",), {"weight": "w"}, "60 rows stand for 120 patients"),
    "clusters": (frame(), ("age",), {"cluster": "arm"}, "2 clusters by 'arm'"),
    "clusters in a posterior": (frame(), ("age",), {"cluster": "arm"}, "patients of one 'arm' count as independent"),
}


@pytest.mark.parametrize("case", CASES)
def test_each_caution_is_said(case):
    rows, effects, more, words = CASES[case]
    assert words in caution_words(plan_of(rows, *effects, **more))


def test_cautions_stand_on_the_contrasts_they_belong_to():
    plan = plan_of(frame(), "arm", "stage", "copy")
    assert "few data: stage = IV: " in caution_of(plan, "stage", ("IV", "II"))
    assert caution_of(plan, "stage", ("III", "II")) == ""
    assert "determine each other" in caution_of(plan, "arm", ("new", "old"))
    assert "determine each other" not in caution_of(plan, "stage", ("III", "II"))


def test_prints_and_notes_of_every_verb_carry_them():
    """Bayes, classical, baselines: what is printed and the note of the row."""
    spec, cohort = model("stage", "arm"), cohort_of(frame())
    posterior = fit(spec, cohort, seed=1, engine="laplace", draws=500)
    classical = fit_classical(spec, cohort)
    with pytest.warns(DataWarning, match="determine each other"):
        tables = baselines(cohort, "os", level=0.95)
    said = "stage = IV: "
    printed = repr(posterior), repr(classical), "\n".join(tables.sentences)
    assert all(f"  - {said}" in text for text in printed)
    assert "ok (computed reliably)" in printed[0]
    for found in (posterior, classical):
        for e in found.hazard_ratios(level=0.95):
            assert (said in e.note) == (e.term == "stage" and "IV" in e.contrast), (e.method, e.contrast)
    rows = [row for name in ("km", "landmarks", "medians", "rmst") for row in tables.tables[name]]
    assert all((said in str(row["note"])) == (row["group"] == "IV") for row in rows)


def test_columns_that_determine_each_other_are_named_whatever_their_scale():
    x, y = np.arange(10.0), np.arange(10.0) ** 2
    z = np.column_stack([x, y, 1e9 - 3e6 * x + 2e5 * y])
    assert collinear(z, ("x", "y", "z")) == (("x", "y", "z"),)
    assert collinear(z + np.array([0.0, 0.0, 1e4])[None] * (x == 4.0)[:, None], ("x", "y", "z")) == ()


def test_an_exchangeable_effect_alone_is_not_collinear_and_its_twin_is():
    effects = [
        {"covariate": "arm", "structure": "exchangeable", "sd": {"halfnormal": 0.5}},
        {"covariate": "copy", "structure": "fixed", "prior": PRIOR},
    ]
    raw = {
        "name": "twins",
        "outcome": {"endpoint": "os"},
        "baseline": {"family": "piecewise_exponential", "cuts": [], "smoothing": "independent", "at": "mean"},
        "priors": {"baseline_rate": {"gamma": [0.5, 10.0]}},
    }
    cohort = cohort_of(frame())
    assert make_plan(spec_from(raw | {"effect": effects[:1]}, "t"), cohort).design.collinear == ()
    assert make_plan(spec_from(raw | {"effect": effects}, "t"), cohort).design.collinear == (("arm[new]", "copy[b]"),)


@pytest.mark.parametrize(("cluster", "said"), [("copy", False), ("stage", True)])
def test_clusters_that_a_random_intercept_models_count_as_modelled(cluster, said):
    """In the posterior's print, and in that of the classical fit, which has no column for the intercept."""
    effects = [
        {"covariate": "arm", "structure": "fixed", "prior": PRIOR},
        {"covariate": "copy", "structure": "random_intercept", "sd": {"halfnormal": 0.5}},
    ]
    raw = {
        "name": "centres",
        "outcome": {"endpoint": "os"},
        "baseline": {"family": "piecewise_exponential", "cuts": [], "smoothing": "independent", "at": "mean"},
        "priors": {"baseline_rate": {"gamma": [0.5, 10.0]}},
        "effect": effects,
    }
    cohort, spec = cohort_of(frame(), cluster=cluster), spec_from(raw, "c")
    words = f"patients of one '{cluster}' count as independent"
    assert (words in caution_words(make_plan(spec, cohort))) == said
    assert (words in repr(fit_classical(spec, cohort))) == said


def test_a_caution_that_several_transitions_share_is_said_once():
    """The effect has a block for each transition, and `compare` named the model once for each of them."""
    cohort = example_cohort("escc79")
    short = cohort.covariate("coverage").values == 1.0
    endpoints = {
        name: replace(held, time=np.where(short, np.minimum(held.time, 20.0), held.time))
        for name, held in cohort.endpoints.items()
    }
    plan = make_plan(load_spec("illness_death"), replace(cohort, endpoints=MappingProxyType(endpoints)))
    said = [sentence for sentence in cautions(plan) if "nobody is followed beyond" in sentence]
    assert said
    assert len(said) == len(set(said))


def test_a_group_of_one_patient_and_one_event_is_counted_in_english():
    assert ThinLevel("arm", "new", 1, 1, "").words == "arm = new: 1 event in 1 patient"


def test_a_group_followed_less_than_survival_is_read_is_named():
    """Nobody of new is followed beyond month 20, others are to month 40: survival is read at 12, 24 and 36."""
    rows = frame().assign(t=lambda rows: np.where(rows["arm"] == "new", rows["t"].clip(upper=20.0), rows["t"]))
    rows.loc[[0, 1], "t"] = 40.0, 20.0
    assert "arm = new: nobody is followed beyond 20.0 months" in caution_words(plan_of(rows, "arm"))
    short = rows.assign(t=rows["t"] / 5)
    assert "nobody is followed" not in caution_words(plan_of(short, "arm"))


def test_many_sets_of_columns_are_counted_and_not_listed(numbers):
    """50 numbers of 30 patients: 29 columns can be free, and 21 are combinations of others."""
    plan = numbers(50, 30)
    assert len(plan.design.collinear) == 21
    (sentence,) = [one for one in cautions(plan) if "combinations" in one]
    assert sentence.startswith("21 of 50 columns ('x0', 'x1', 'x2', 'x3', 'x4' and 45 more)")
    assert caution_of(plan, "x3", ()).endswith(sentence)


def test_three_sets_are_listed_column_by_column(numbers):
    """12 numbers of 10 patients: three sets, each of ten columns, of which six are named."""
    plan = numbers(12, 10)
    found = [one for one in cautions(plan) if "determine each other" in one]
    assert len(found) == 3
    assert "'x0', 'x1', 'x2', 'x3', 'x4', 'x5' and 4 more determine each other among the 10 patients" in found[0]


@pytest.fixture
def numbers():
    """Return a function that makes a plan of p numbers of n patients."""

    def plan_of_numbers(p, n):
        rng = np.random.default_rng(1)
        table = pd.DataFrame(rng.normal(size=(n, p)), columns=[f"x{j}" for j in range(p)])
        table = table.assign(t=rng.exponential(20.0, n) + 1.0, d=1)
        endpoint = {"os": {"time": "t", "event": "d"}}
        schema = schema_from(
            {"endpoints": endpoint, "covariates": {f"x{j}": {"kind": "continuous"} for j in range(p)}}, "s"
        )
        effects = [{"covariate": f"x{j}", "structure": "linear", "prior": PRIOR} for j in range(p)]
        raw = {
            "name": "numbers",
            "outcome": {"endpoint": "os"},
            "baseline": {"family": "piecewise_exponential", "cuts": [], "smoothing": "independent", "at": "mean"},
            "priors": {"baseline_rate": {"gamma": [0.5, 10.0]}},
            "effect": effects,
        }
        return make_plan(spec_from(raw, "n"), read_cohort(table, schema))

    return plan_of_numbers


def test_pairs_with_an_intercept_each_are_one_sentence():
    """Thirty pairs make one caution, not thirty; the same levels as an effect keep one each."""
    table = frame().assign(pair=lambda t: [f"p{i // 2}" for i in range(len(t))])
    pair = {"kind": "nominal", "levels": [f"p{i}" for i in range(30)]}
    schema = {"endpoints": {"os": {"time": "t", "event": "d"}}, "covariates": {"pair": pair}}
    cohort = read_cohort(table, schema_from(schema, "s"), provenance="simulated")
    raw = {"name": "m", "outcome": {"endpoint": "os"}, "priors": {"baseline_log_rate": {"normal": [-3.0, 1.0]}}}
    raw["baseline"] = {"family": "piecewise_exponential", "pieces": 2, "smoothing": "independent"}
    own = {"covariate": "pair", "sd": {"halfnormal": 0.5}}
    found = {
        word: [
            s
            for s in cautions(make_plan(spec_from(raw | {"effect": [{**own, "structure": word}]}, "m"), cohort))
            if "pair" in s
        ]
        for word in ("random_intercept", "exchangeable")
    }
    assert found["random_intercept"][0].startswith("pair: 30 levels with fewer than 5 events (")
    assert len(found["random_intercept"]) == 1
    assert sum("its estimate rests on little data" in s for s in found["exchangeable"]) == 30
