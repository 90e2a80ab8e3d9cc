"""What an interim print says of the final cut: reconstructed arms, posterior survival, and what was printed later.

20 cohorts from the interim print of a trial's arms alone; for each arm a piecewise-exponential model with a random walk
(no proportional hazards assumed), and one model with the hazard ratio; pooled over the cohorts. Beside it the final
print, which no part of this has seen. Prints the table of docs/methods/arm_level.md.

Run: python benchmarks/interim_to_final.py
"""

import tempfile
from pathlib import Path

import numpy as np

from escc_bayes.bayes.posterior.ensemble import fit_ensemble
from escc_bayes.data.ensemble import Ensemble, read_ensemble
from escc_bayes.data.shipped import find_study
from escc_bayes.data.study import read_study
from escc_bayes.estimand.estimand import HazardRatio, MedianSurvival, SurvivalAt
from escc_bayes.evidence.arm_level.published import ArmPrint, read_arms
from escc_bayes.evidence.arm_level.reconstruct import reconstruct_arms
from escc_bayes.report.verbs.arms import write_arm_reconstruction
from escc_bayes.spec.model import ModelSpec
from escc_bayes.spec.reading import spec_from

SEED, REPLICATES, LEVEL = 11, 20, 0.95
STUDY, INTERIM, FINAL = "escort1st", "interim", "final"


def spec_of(effects: list[dict[str, object]]) -> ModelSpec:
    """Return the model: hazards in pieces of six months, the last one open."""
    raw: dict[str, object] = {
        "name": "interim",
        "outcome": {"endpoint": "os"},
        "baseline": {
            "family": "piecewise_exponential",
            "cuts": [6.0, 12.0, 18.0],
            "smoothing": "random_walk",
            "steps": "length",
            "sd": {"halfnormal": 0.5},
        },
        "priors": {"baseline_survival": {"at": 12.0, "median": 0.5, "lower": 0.2}},
        "effect": effects,
    }
    return spec_from(raw, "interim")


def reconstructed(printed: ArmPrint) -> Ensemble:
    """Return the cohorts of an interim print."""
    with tempfile.TemporaryDirectory() as folder:
        members = reconstruct_arms(printed, seed=SEED, replicates=REPLICATES)
        write_arm_reconstruction(Path(folder), printed, members, SEED)
        return read_ensemble(Path(folder) / "cohorts", Path(folder) / "schema.toml", name=printed.study.id)


def of_arm(ensemble: Ensemble, arm: int) -> Ensemble:
    """Return the patients of one arm in every cohort."""
    members = tuple(c.subset(c.covariate("arm").values == arm) for c in ensemble)
    return Ensemble(f"{ensemble.name}, {ensemble.members[0].covariate('arm').schema.levels[arm]}", members)


def words(estimate: object, form: str) -> str:
    """Return a posterior median with its interval."""
    value, lower, upper = (getattr(estimate, name) for name in ("value", "lower", "upper"))
    return f"{value:{form}} ({lower:{form}} to {upper:{form}})"


def main() -> None:
    """Print the table."""
    study = read_study(find_study(STUDY))
    interim, final = read_arms(study, INTERIM, ("os",)), read_arms(study, FINAL, ("os",))
    ensemble = reconstructed(interim)
    print("| arm | quantity | from the interim print, 95 % credible | printed at the final cut | inside | between |")
    print("|---|---|---|---|---|---|")
    for k, curve in enumerate(final.endpoints[0].curves):
        posterior = fit_ensemble(spec_of([]), of_arm(ensemble, k), seed=SEED)
        asked = [(SurvivalAt(float(m.t)), float(m.s), f"S({m.t})", ".3f") for m in curve.landmarks]
        asked.append((MedianSurvival(), float(curve.median or np.nan), "median, months", ".1f"))
        for estimand, printed, name, form in asked:
            found = posterior.estimate(estimand, level=LEVEL)
            share = posterior.variance_parts(estimand).share
            inside = found.lower <= printed <= found.upper
            print(
                f"| {curve.arm} | {name} | {words(found, form)} | {printed:{form}} | {inside} | {100 * share:.0f} % |"
            )
    effect = [{"covariate": "arm", "structure": "fixed", "prior": {"normal": [0.0, 1.0]}}]
    posterior = fit_ensemble(spec_of(effect), ensemble, seed=SEED)
    asked_ratio = HazardRatio("arm", interim.arms[1])
    found, printed = posterior.estimate(asked_ratio, level=LEVEL), final.endpoints[0].effect
    assert printed is not None
    share = posterior.variance_parts(asked_ratio).share
    later = f"{printed.value} ({printed.ci_low} to {printed.ci_high})"
    inside = found.lower <= float(printed.value or np.nan) <= found.upper
    print(f"| both | hazard ratio | {words(found, '.2f')} | {later} | {inside} | {100 * share:.0f} % |")


if __name__ == "__main__":
    main()
