"""Are the hazards of several transitions recovered? SIMULATED cohorts (``transitions``), fitted by ``laplace``.

400 and 79 patients. One truth, wide priors, nothing shared, constant hazards or Weibull ones of shapes 1.3, 0.8 and
1.2, after progression by both clocks: 100 cohorts each. ``shrunk`` (``across_transitions``): the
effects of each cohort are drawn from the prior, about a common one that is drawn too, since at one truth a shrunk
effect has a bias; 500 cohorts, so that coverage is known to 1 %. Beside the log hazard ratios
the probability of being alive after progression, or the incidence of each cause, by month 24 in arm b.
``python -m tests.calibration.transition_recovery [STUDY ..]`` writes ``transition_recovery.json``.
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.spec.reading import spec_from
from tests.calibration.transitions import KINDS, Truth

STORED = Path(__file__).with_name("transition_recovery.json")
COHORTS, DRAWN, SIZES, SEED = 100, 500, (400, 79), 20261130
PRIOR, SPREAD = 0.7, 0.5
FREE = {"covariate": "arm", "structure": "fixed", "prior": {"normal": [0.0, 5.0]}}
SHRUNK = {
    "covariate": "arm",
    "structure": "across_transitions",
    "prior": {"normal": [0.0, PRIOR]},
    "sd": {"halfnormal": SPREAD},
}
WEIBULL = {
    "baseline": {"family": "weibull", "reference_time": 12.0},
    "priors": {"baseline_log_cumulative_hazard": {"normal": [-1.0, 2.0]}, "log_shape": {"normal": [0.0, 0.7]}},
}
SHAPES = (1.3, 0.8, 1.2)
PIECEWISE = {
    "baseline": {"family": "piecewise_exponential", "cuts": [6.0, 18.0], "sd": {"halfnormal": 0.5}},
    "priors": {"baseline_log_rate": {"normal": [-3.5, 2.0]}},
}


@dataclass(frozen=True)
class Study:
    """An outcome, whether its effects are drawn from the prior, and the clock of Weibull transitions, or none."""

    kind: str
    drawn: bool = False
    clock: str = ""

    @property
    def names(self):
        """Names of what is looked at."""
        return (*KINDS[self.kind].transitions, *KINDS[self.kind].beside)

    def spec(self):
        """Return the model."""
        outcome, effect = KINDS[self.kind].outcome, SHRUNK if self.drawn else FREE
        if "clock" in outcome and self.clock:
            outcome = {**outcome, "clock": self.clock}
        baseline = WEIBULL if self.clock else PIECEWISE
        return spec_from({"name": "recovery", "outcome": outcome, **baseline, "effect": [effect]}, "recovery")

    def truth(self, rng):
        """Return the truth of one cohort."""
        kind = KINDS[self.kind]
        effects = np.array(kind.effects)
        if self.drawn:
            about = rng.normal(0.0, PRIOR)
            effects = about + abs(rng.normal(0.0, SPREAD)) * rng.standard_normal(effects.size)
        shapes = np.array(SHAPES[: effects.size]) if self.clock else np.ones(effects.size)
        return Truth(np.array(kind.rates), shapes, effects, self.clock or "forward")


STUDIES = {
    "illness_death": Study("illness_death"),
    "competing_causes": Study("competing_causes"),
    "illness_death, shrunk": Study("illness_death", drawn=True),
    "competing_causes, shrunk": Study("competing_causes", drawn=True),
    "illness_death, Weibull": Study("illness_death", clock="forward"),
    "illness_death, Weibull, reset": Study("illness_death", clock="reset"),
    "competing_causes, Weibull": Study("competing_causes", clock="forward"),
}


def one(study, patients, place):
    """Return the truth of one cohort, draws of the same quantities, and whether the fit is for use."""
    kind, truth = KINDS[study.kind], study.truth(np.random.default_rng([SEED, 7, patients, place]))
    data = kind.cohort(np.random.default_rng([SEED, patients, place]), patients, truth)
    posterior = fit(study.spec(), data, seed=place, engine="laplace", draws=500)
    drawn = np.column_stack([posterior.coefficients, kind.drawn(posterior)])
    return np.array([*truth.effects, *kind.known(truth)]), drawn, posterior.diagnostics.fit_for_use


def recovered(study, patients):
    """Return bias with its Monte Carlo error and coverage of 95 % intervals of each quantity."""
    cohorts = DRAWN if study.drawn else COHORTS
    errors, covered, unfit = [], [], 0
    for place in range(cohorts):
        truth, drawn, fit_for_use = one(study, patients, place)
        unfit += not fit_for_use
        errors.append(drawn.mean(axis=0) - truth)
        low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
        covered.append((low <= truth) & (truth <= high))
    bias, mc = np.mean(errors, axis=0), np.std(errors, axis=0, ddof=1) / np.sqrt(cohorts)
    rows = zip(study.names, bias.tolist(), mc.tolist(), np.mean(covered, axis=0).tolist(), strict=True)
    found = {name: {"bias": b, "mc_error": e, "coverage": c} for name, b, e, c in rows}
    return {"cohorts": cohorts, "not_fit_for_use": unfit, **found}


if __name__ == "__main__":
    made = json.loads(STORED.read_text()) if STORED.exists() else {}
    for asked in sys.argv[1:] or STUDIES:
        for n in SIZES:
            made[f"{asked}, {n}"] = recovered(STUDIES[asked], n)
            print(asked, n, json.dumps(made[f"{asked}, {n}"]), flush=True)
            STORED.write_text(json.dumps(made, indent=1) + "\n")
