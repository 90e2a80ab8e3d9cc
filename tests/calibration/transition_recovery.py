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
from tests.calibration.transitions import KINDS, Truth, read

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

    def cohorts(self, patients):
        """Return how many cohorts are simulated."""
        return DRAWN if self.drawn else COHORTS

    @property
    def names(self):
        """Names of what is looked at."""
        return (*KINDS[self.kind].transitions, *KINDS[self.kind].beside)

    def held(self, which, patients):
        """Return between which shares the 95 % intervals of a quantity are to hold."""
        return 0.90, 0.99

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

    def one(self, patients, place):
        """Return the truth of one cohort, draws of the same quantities by each model, and whether it is fit for use."""
        kind, truth = KINDS[self.kind], self.truth(np.random.default_rng([SEED, 7, patients, place]))
        rng = np.random.default_rng([SEED, patients, place])
        arm = rng.integers(0, 2, patients)
        posterior = fit(
            self.spec(), read(kind, kind.course(rng, arm, truth), arm), seed=place, engine="laplace", draws=500
        )
        return np.array([*truth.effects, *kind.known(truth)]), [looked_at(kind, posterior)], fit_for_use(posterior)


STUDIES = {
    "illness_death": Study("illness_death"),
    "competing_causes": Study("competing_causes"),
    "illness_death, shrunk": Study("illness_death", drawn=True),
    "competing_causes, shrunk": Study("competing_causes", drawn=True),
    "illness_death, Weibull": Study("illness_death", clock="forward"),
    "illness_death, Weibull, reset": Study("illness_death", clock="reset"),
    "competing_causes, Weibull": Study("competing_causes", clock="forward"),
}


def looked_at(kind, posterior):
    """Return draws of log hazard ratios and of what is looked at beside them, (draws, quantities)."""
    return np.column_stack([posterior.coefficients, kind.drawn(posterior)])


def fit_for_use(posterior):
    """Return whether the engine answers for its draws."""
    return bool(posterior.diagnostics.fit_for_use)


def recovered(study, patients):
    """Return bias with its Monte Carlo error and coverage of 95 % intervals of each quantity.

    With what a second model of the same cohorts gives, if the study has one, under its name.
    """
    answers = [study.one(patients, place) for place in range(study.cohorts(patients))]
    truth = np.array([answer[0] for answer in answers])
    found = {"cohorts": len(answers), "not_fit_for_use": sum(not answer[2] for answer in answers)}
    by_model = [figures(study.names, truth, [answer[1][j] for answer in answers]) for j in range(len(answers[0][1]))]
    return found | by_model[0] | {"without": by_model[1]} if len(by_model) > 1 else found | by_model[0]


def figures(names, truth, draws):
    """Return bias, its Monte Carlo error and coverage by name, of truths (cohorts, q) and draws of each cohort."""
    errors = np.array([drawn.mean(axis=0) for drawn in draws]) - truth
    low, high = np.moveaxis([np.quantile(drawn, [0.025, 0.975], axis=0) for drawn in draws], 1, 0)
    covered = ((low <= truth) & (truth <= high)).mean(axis=0)
    bias, mc = errors.mean(axis=0), errors.std(axis=0, ddof=1) / np.sqrt(len(errors))
    rows = zip(names, bias.tolist(), mc.tolist(), covered.tolist(), strict=True)
    return {name: {"bias": b, "mc_error": e, "coverage": c} for name, b, e, c in rows}


def assert_recovered(study, patients, found):
    """95 % intervals hold what the study says; at 400 patients and one truth bias is within 3 Monte Carlo errors."""
    assert found["not_fit_for_use"] == 0
    for which in study.names:
        if patients == 400 and not study.drawn:
            assert abs(found[which]["bias"]) <= 3 * found[which]["mc_error"], which
        lowest, highest = study.held(which, patients)
        assert lowest <= found[which]["coverage"] <= highest, which


def write(path, studies, asked):
    """Store studies beside those that are there."""
    made = json.loads(path.read_text()) if path.exists() else {}
    for name in asked or studies:
        for n in SIZES:
            made[f"{name}, {n}"] = recovered(studies[name], n)
            print(name, n, json.dumps(made[f"{name}, {n}"]), flush=True)
            path.write_text(json.dumps(made, indent=1) + "\n")


if __name__ == "__main__":
    write(STORED, STUDIES, sys.argv[1:])
