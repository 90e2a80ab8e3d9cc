"""Every public function, class and method that takes arguments, with arguments that serve."""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import cache
from pathlib import Path

import numpy as np

import escc_bayes as eb
from escc_bayes.bayes.refits.table import Asked
from escc_bayes.evidence.digitised import DigitisedCurve, NumbersAtRisk
from escc_bayes.evidence.pooling.bias import BiasTerm
from escc_bayes.spec.prior import HalfNormal, Normal
from escc_bayes.trial.monitoring.interim import Interim
from escc_bayes.trial.reading.criteria import criteria

type Call = tuple[Callable[..., object], Mapping[str, object]]
QUICK = {"engine": "laplace", "draws": 100, "seed": 1}
FEW = Normal(0.0, 1.0)


def whole(found: object) -> Call:
    """Return a dataclass and the arguments that make the same again."""
    return type(found), {f.name: getattr(found, f.name) for f in fields(found) if f.init}


@cache
def calls() -> dict[str, Call]:
    """Return what is called with what, by name."""
    return functions() | constructors() | methods()


@cache
def posterior() -> eb.Posterior:
    """Return a small posterior."""
    return eb.fit(spec(), larynx(), engine="laplace", draws=100, seed=1)


@cache
def larynx() -> eb.Cohort:
    """Return an observed cohort."""
    return eb.example_cohort("larynx")


@cache
def spec() -> eb.ModelSpec:
    """Return a model of it."""
    return eb.load_spec("larynx_piecewise")


@cache
def ensemble() -> eb.Ensemble:
    """Return two reconstructions."""
    found = eb.example_ensemble("escc79")
    return eb.Ensemble(found.name, found.members[:2])


@cache
def pooled() -> eb.EnsemblePosterior:
    """Return the posterior of two reconstructions."""
    return eb.fit_ensemble(eb.load_spec("os_piecewise"), ensemble(), engine="laplace", draws=100, seed=1)


@cache
def design() -> eb.TrialDesign:
    """Return a trial design."""
    return eb.load_design("rt_consolidation")


@cache
def refits() -> eb.RefitTable:
    """Return a table of two refits."""
    return eb.refit_many(eb.each_cohort(spec(), {"a": larynx(), "b": larynx()}), draws=1000, seed=1)


@cache
def operated() -> eb.OperatingCharacteristics:
    """Return operating characteristics."""
    return eb.operating_characteristics(design(), trials=2, seed=1)


def interim() -> dict[str, object]:
    """Return four patients of a running trial."""
    yes, no = np.array([True, False, True, False]), np.zeros(4, dtype=bool)
    return {
        "month": 20.0,
        "entry": np.arange(4.0),
        "time": np.array([3.0, 5.0, 7.0, 9.0]),
        "event": yes,
        "lost": no,
        "treated": np.array([True, True, False, False]),
        "stratum": None,
        "stratum_count": 1,
    }


CURVE = DigitisedCurve("a", np.array([0.0, 5.0, 10.0]), np.array([1.0, 0.7, 0.4]))
AT_RISK = NumbersAtRisk(np.array([0.0, 6.0]), np.array([20, 12]))
EFFECT = {
    "study": "one",
    "log_hr": -0.3,
    "se": 0.2,
    "design": "rct",
    "independence_group": "",
    "biases": (),
    "events": 100,
    "source": "print",
}
POOL = {
    "effect": "rt_added",
    "endpoint": "OS",
    "tau_prior": HalfNormal(0.5),
    "mean_prior": Normal(0.0, 2.0),
    "level": 0.95,
    "hazard_of": "",
    "versus": "",
    "bias_terms": {"observational": BiasTerm(-0.1, 0.2)},
    "disjoint": {"a": "other countries"},
}


def saved() -> Path:
    """Return a folder with what the functions read back."""
    folder = Path(tempfile.mkdtemp(prefix="public-"))
    posterior().save(folder / "p.nc")
    pooled().save(folder / "pooled")
    refits().save(folder / "refits")
    (folder / "curve.csv").write_text("arm,months,survival\na,1,0.9\na,2,0.8\n")
    (folder / "risk.csv").write_text("months,nrisk_a\n0,20\n6,12\n")
    (folder / "c.csv").write_text("time_months,died\n5,1\n9,0\n")
    (folder / "members.csv").write_text("time_months,died,member\n5,1,a\n9,0,a\n4,1,b\n8,0,b\n")
    (folder / "c.toml").write_text('schema = 1\n[endpoints.os]\ntime = "time_months"\nevent = "died"\n')
    return folder


def functions() -> dict[str, Call]:
    """Return every public function."""
    folder = saved()
    both = {"spec": spec(), "cohort": larynx()}
    effects = [eb.PublishedEffect(**EFFECT)]
    arm = eb.patients_from_curve(CURVE, AT_RISK)
    study = eb.read_study("seed1_scirep2025")
    hr = eb.HazardRatio("stage", "III", versus="II")
    return {
        "audit": (eb.audit, {"study": study}),
        "baselines": (
            eb.baselines,
            {
                "cohort": larynx(),
                "endpoint": "os",
                "level": 0.95,
                "landmark": None,
                "times": (2.0,),
                "strata": None,
                "interaction": None,
            },
        ),
        "cohort_from_curves": (eb.cohort_from_curves, {"arms": [arm], "name": "x", "endpoint": "os"}),
        "compare": (compared, {"asked": [hr], "one": posterior(), "level": 0.95}),
        "each_cohort": (eb.each_cohort, {"spec": spec(), "cohorts": {"a": larynx()}}),
        "each_model": (eb.each_model, {"specs": {"a": spec()}, "cohort": larynx()}),
        "example_cohort": (eb.example_cohort, {"name": "larynx"}),
        "example_ensemble": (eb.example_ensemble, {"name": "escc79"}),
        "fit": (eb.fit, both | QUICK | {"backend": None, "tune": 100, "chains": 2, "target_accept": None}),
        "fit_classical": (eb.fit_classical, both),
        "fit_ensemble": (eb.fit_ensemble, {"spec": pooled().plan.spec, "ensemble": ensemble()} | QUICK),
        "leave_one_out": (eb.leave_one_out, both),
        "load_design": (eb.load_design, {"name_or_path": "rt_consolidation"}),
        "load_ensemble_posterior": (
            eb.load_ensemble_posterior,
            {"folder": folder / "pooled", "spec": None, "ensemble": None},
        ),
        "load_posterior": (eb.load_posterior, {"path": folder / "p.nc", "spec": None, "cohort": None}),
        "load_refits": (eb.load_refits, {"folder": folder / "refits"}),
        "load_schema": (eb.load_schema, {"path": "escc"}),
        "load_spec": (eb.load_spec, {"name_or_path": "os_piecewise", "variant": None}),
        "model": (eb.model, {"formula": "os ~ stage", "cohort": larynx(), "landmark": None}),
        "monitor": (
            eb.monitor,
            {"design": design(), "interim": Interim(**interim()), "completions": 2, "seed": 1, "level": 0.95},
        ),
        "operating_characteristics": (
            eb.operating_characteristics,
            {"design": design(), "trials": 2, "seed": 1, "workers": 1, "scheduler": None, "progress": None},
        ),
        "patients_from_curve": (eb.patients_from_curve, {"curve": CURVE, "at_risk": AT_RISK, "events": 8}),
        "pool_evidence": (eb.pool_evidence, {"effects": effects, "request": eb.PoolRequest(**POOL)}),
        "prior_check": (eb.prior_check, both | {"seed": 1, "draws": 100, "level": 0.95}),
        "prior_grid": (eb.prior_grid, both | {"axes": {"stage": [FEW]}}),
        "prior_grid, one axis": (axis, {"stage": [FEW]}),
        "publish": (eb.publish, {"cohort": eb.cohort_from_curves([arm], name="x"), "study": "x", "landmarks": (12.0,)}),
        "read_cohort": (
            eb.read_cohort,
            {"source": folder / "c.csv", "schema": folder / "c.toml", "provenance": None, "name": None},
        ),
        "read_digitised_curves": (eb.read_digitised_curves, {"path": folder / "curve.csv"}),
        "read_ensemble": (
            eb.read_ensemble,
            {"source": folder / "members.csv", "schema": folder / "c.toml", "name": None, "notes": ()},
        ),
        "read_numbers_at_risk": (eb.read_numbers_at_risk, {"path": folder / "risk.csv"}),
        "read_prior": (eb.read_prior, {"path": "rt_added"}),
        "read_study": (eb.read_study, {"path": "seed1_scirep2025"}),
        "refit_many": (
            eb.refit_many,
            {
                "request": eb.each_model({"a": spec()}, larynx()),
                "seed": 1,
                "level": 0.95,
                "asked": (hr,),
                "draws": 1000,
                "workers": 1,
                "scheduler": None,
                "folder": None,
                "progress": None,
            },
        ),
        "time_zero": (
            eb.time_zero,
            {
                "cohort": eb.example_cohort("escc79"),
                "endpoint": "os",
                "covariate": "alc_mid",
                "landmarks": (1.0,),
                "grace": None,
                "model": None,
                "level": 0.95,
                "seed": 1,
            },
        ),
        "guarantee_time": (
            eb.guarantee_time,
            {
                "cohort": larynx(),
                "endpoint": "os",
                "covariate": "stage",
                "rules": eb.GuaranteeRules({"IV": 4.0}, 0.7),
                "level": 0.95,
                "seed": 1,
                "simulations": 20,
            },
        ),
        "register_structure": (eb.register_structure, {"structure": eb.Fixed}),
        "report": (
            eb.report,
            {
                "cohort": larynx(),
                "specs": [spec()],
                "out": folder / "report",
                "seed": 1,
                "level": 0.95,
                "confirm": "no",
                "full": False,
                "paper": False,
                "treatment": None,
                "on": (),
            },
        ),
        "write_report": (eb.write_report, {"bundle": None, "out": folder / "report"}),
    }


def compared(asked: object, one: object, level: object) -> object:
    """Compare with one fit."""
    return eb.compare(asked, one, level=level)


def axis(stage: object) -> object:
    """Ask for a grid of one axis."""
    return eb.prior_grid(spec(), larynx(), {"stage": stage})


def constructors() -> dict[str, Call]:
    """Return every public class that is made of arguments."""
    rule = {"name": "r", "success": criteria("P(HR < 1 | data) > 0.975", "r"), "futility": (), "borrows": False}
    asked = (
        eb.HazardRatio("stage", "III", "II", None),
        eb.SurvivalAt(24.0),
        eb.MedianSurvival(),
        eb.RMSTDifference("stage", "III", "II", 5.0),
    )
    objects = [
        larynx(),
        larynx().schema,
        spec(),
        eb.read_study("seed1_scirep2025"),
        eb.audit(eb.read_study("seed1_scirep2025"))[0],
        eb.read_prior("rt_added"),
        ensemble(),
        posterior(),
        pooled(),
        eb.fit_classical(spec(), larynx()),
        eb.compare(asked, posterior()),
        posterior().estimate(asked[0]),
        refits(),
        eb.each_model({"a": spec()}, larynx()),
        design(),
        operated(),
        *asked,
    ]
    effects = {
        "Fixed": (eb.Fixed, {"prior": FEW}),
        "Linear": (eb.Linear, {"prior": FEW}),
        "Ordered": (eb.Ordered, {"prior": FEW}),
        "Exchangeable": (eb.Exchangeable, {"sd": HalfNormal(0.5)}),
        "Pooled": (eb.Pooled, {"prior": FEW, "sd": HalfNormal(0.5)}),
        "RandomIntercept": (eb.RandomIntercept, {"sd": HalfNormal(0.5)}),
    }
    return {
        **{type(one).__name__: whole(one) for one in objects},
        **{name: (made, {"name": "stage", "covariates": ("stage",)} | rest) for name, (made, rest) in effects.items()},
        "DecisionRule": (eb.DecisionRule, rule),
        "GuaranteeRules": (
            eb.GuaranteeRules,
            {"cycles": {"IV": 4.0}, "interval": 0.7, "fraction": 0.75, "lead": {"IV": 1.0}},
        ),
        "Interim": (Interim, interim()),
        "PoolRequest": (eb.PoolRequest, POOL),
        "PublishedEffect": (eb.PublishedEffect, EFFECT),
        "Normal": (Normal, {"mean": 0.0, "sd": 1.0}),
        "HalfNormal": (HalfNormal, {"sd": 1.0}),
        "BiasTerm": (BiasTerm, {"mean": 0.0, "sd": 1.0}),
    }


def methods() -> dict[str, Call]:
    """Return every public method that takes arguments and is for users."""
    hr, of_ensemble = eb.HazardRatio("stage", "III", "II"), eb.SurvivalAt(12.0)
    times = {"times": np.array([1.0, 2.0]), "term": "stage", "group": "III", "population": "group"}
    cohort, post, both = larynx(), posterior(), pooled()
    classical, rule = eb.fit_classical(spec(), cohort), design().rules[0]
    named = next(iter(operated().quantities))
    first: Asked = refits().asked[0]
    return {
        "Cohort.endpoint": (cohort.endpoint, {"name": "os"}),
        "Cohort.covariate": (cohort.covariate, {"name": "stage"}),
        "Cohort.count_sentence": (cohort.count_sentence, {"endpoint": "os"}),
        "Cohort.subset": (cohort.subset, {"keep": np.arange(5)}),
        "Cohort.counted": (cohort.counted, {"ids": cohort.ids, "weighting": ""}),
        "ClassicalFit.estimate": (classical.estimate, {"asked": hr, "level": 0.95}),
        "ClassicalFit.hazard_ratios": (classical.hazard_ratios, {"level": 0.95}),
        "Comparison.of": (eb.compare(hr, post).of, {"estimand": "hazard_ratio"}),
        "DecisionRule.measures": (rule.measures, {"final": True}),
        "DecisionRule.sentence": (rule.sentence, {"treatment": "a", "control": "b", "looks": 1}),
        "EvidencePrior.robustified": (eb.read_prior("rt_added").robustified, {"weight": 0.3}),
        "EnsemblePosterior.draws": (both.draws, {"asked": of_ensemble}),
        "EnsemblePosterior.member_draws": (both.member_draws, {"asked": of_ensemble}),
        "EnsemblePosterior.variance_parts": (both.variance_parts, {"asked": of_ensemble}),
        "EnsemblePosterior.estimate": (both.estimate, {"asked": of_ensemble, "level": 0.95}),
        "EnsemblePosterior.hazard_ratios": (both.hazard_ratios, {"level": 0.95}),
        "EnsemblePosterior.survival": (both.survival, {"times": np.array([1.0, 2.0]), "term": "", "group": ""}),
        "EnsemblePosterior.save": (both.save, {"folder": "pooled"}),
        "OperatingCharacteristics.of": (
            operated().of,
            {"scenario": named.scenario, "rule": named.rule, "quantity": named.quantity},
        ),
        "Posterior.draws": (post.draws, {"asked": hr}),
        "Posterior.estimate": (post.estimate, {"asked": hr, "level": 0.95}),
        "Posterior.estimates": (post.estimates, {"asked": [hr], "level": 0.95}),
        "Posterior.hazard_ratios": (post.hazard_ratios, {"level": 0.95}),
        "Posterior.survival": (post.survival, times),
        "Posterior.thinned": (post.thinned, {"most": 50}),
        "Posterior.save": (post.save, {"path": "p.nc"}),
        "RefitTable.name_of": (refits().name_of, {"row": 0}),
        "RefitTable.column": (
            refits().column,
            {"quantity": "value", "term": first.term, "contrast": first.contrast, "estimand": first.estimand},
        ),
        "RefitTable.save": (refits().save, {"folder": "refits"}),
        "TrialDesign.arms_under": (design().arms_under, {"effect": design().effect}),
        "TrialDesign.month_of": (design().month_of, {"look": design().looks[0], "effect": design().effect}),
    }
