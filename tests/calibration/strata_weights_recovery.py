"""Are hazards of several transitions recovered within strata, and of a population by a weighted sample? By ``laplace``.

SIMULATED (``transitions``): illness-death models and competing causes, constant hazards, 400 and 79 patients, 100
cohorts each (400 of weighted samples of 79), with wide priors on the effects of arm b over arm a.

- strata: patients of three sites, in which every transition has a hazard of its own and a fifth, a half and four fifths
  have arm b. Probabilities are of these patients, everyone set to arm b.
- weights: patients drawn from a population whose hazards are known. A marker stands high in four of five who fail early
  (dead by month 24; of competing causes failed by month 12) and in one of five others; in arm b a patient with a high
  marker is drawn with probability 0.9 and one with a low marker with 0.3, in arm a the other way round. The model knows
  the arm alone, the weights are 1 over these probabilities.

``without``: the same model of the same cohorts without its strata, or without its weights.
``python -m tests.calibration.strata_weights_recovery [STUDY ..]`` writes ``strata_weights_recovery.json``.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.spec.reading import spec_from
from tests.calibration.transition_recovery import FREE, PIECEWISE, fit_for_use, looked_at, write
from tests.calibration.transitions import KINDS, Truth, read

STORED = Path(__file__).with_name("strata_weights_recovery.json")
COHORTS, MANY, SEED = 100, 400, 20261201
SITES = {"kind": "nominal", "levels": ["p", "q", "r"]}
IN_ARM_B = np.array([0.2, 0.5, 0.8])
# Of each transition, times its hazard elsewhere, in the three sites.
TIMES = np.array([[0.5, 1.0, 2.0], [0.6, 1.0, 1.8], [0.5, 1.0, 2.0]])
HIGH = {True: 0.8, False: 0.2}
# By arm (a, b) and marker (low, high).
DRAWN = np.array([[0.9, 0.3], [0.3, 0.9]])
EARLY = {
    "illness_death": lambda frame: (frame["died"] == 1) & (frame["os"] < 24.0),
    "competing_causes": lambda frame: (frame["event"] == 1) & (frame["time"] < 12.0),
}


def spec_of(kind, strata=""):
    """Return the model, with or without strata."""
    baseline = PIECEWISE["baseline"] | ({"strata": strata} if strata else {})
    raw = {"name": "recovery", "outcome": kind.outcome, **PIECEWISE, "baseline": baseline, "effect": [FREE]}
    return spec_from(raw, "recovery")


def both(kind, truth, specs, cohorts, seed):
    """Return the truth, draws by the model that is asked and by the one without, and whether the first is for use."""
    posteriors = [
        fit(spec, cohort, seed=seed, engine="laplace", draws=500) for spec, cohort in zip(specs, cohorts, strict=True)
    ]
    return truth, [looked_at(kind, posterior) for posterior in posteriors], fit_for_use(posteriors[0])


@dataclass(frozen=True)
class Stratified:
    """Three sites, each with hazards of its own and an own share of patients in arm b."""

    kind: str
    drawn: bool = False

    def cohorts(self, patients):
        """Return how many cohorts are simulated."""
        return COHORTS

    @property
    def names(self):
        """Names of what is looked at."""
        return (*KINDS[self.kind].transitions, *KINDS[self.kind].beside)

    def held(self, which, patients):
        """Return between which shares intervals are to hold; of a probability up to always.

        It rests on nine random walks, of which the prior's centre, no step, is the truth.
        """
        return 0.90, (1.0 if which in KINDS[self.kind].beside else 0.99)

    def one(self, patients, place):
        """Return the truth of one cohort, draws with strata and without, and whether the first is fit for use."""
        kind, rng = KINDS[self.kind], np.random.default_rng([SEED, patients, place])
        effects = np.array(kind.effects)
        rates = np.array(kind.rates)[:, None] * TIMES[: effects.size]
        site = rng.integers(0, 3, patients)
        arm = (rng.random(patients) < IN_ARM_B[site]).astype(int)
        course = kind.course(rng, arm, Truth(rates[:, site], np.ones(effects.size), effects))
        cohort = read(kind, course.assign(site=np.array(SITES["levels"])[site]), arm, {"site": SITES})
        known = np.array([kind.known(Truth(own, np.ones(effects.size), effects)) for own in rates.T])
        truth = np.array([*effects, *known[site].mean(axis=0)])
        return both(kind, truth, (spec_of(kind, "site"), spec_of(kind)), (cohort, cohort), place)


@dataclass(frozen=True)
class Weighted(Stratified):
    """A sample in which those who fail early are many in arm b and few in arm a, and its weights."""

    def cohorts(self, patients):
        """Return how many cohorts are simulated: of 79 patients so many that coverage is known to 1 %.

        They count as 59, and their sandwich rests on a dozen or two events of each transition, some of which weigh
        three times as much as others.
        """
        return MANY if patients == 79 else COHORTS

    def held(self, which, patients):
        """Return between which shares intervals are to hold."""
        return 0.90, 0.99

    def one(self, patients, place):
        """Return the truth of the population, draws with weights and without, and whether the first is fit for use."""
        kind, rng = KINDS[self.kind], np.random.default_rng([SEED, 7, patients, place])
        effects = np.array(kind.effects)
        truth = Truth(np.array(kind.rates), np.ones(effects.size), effects)
        arm = rng.integers(0, 2, 4 * patients)
        course = kind.course(rng, arm, truth)
        share, high = np.where(EARLY[self.kind](course), HIGH[True], HIGH[False]), rng.random(arm.size)
        probability = DRAWN[arm, (high < share).astype(int)]
        sample = np.flatnonzero(rng.random(arm.size) < probability)[:patients]
        assert sample.size == patients
        frame = course.iloc[sample].reset_index(drop=True).assign(weight=1.0 / probability[sample])
        weighted = read(kind, frame, arm[sample], weight="weight", weight_kind="sampling")
        known = np.array([*effects, *kind.known(truth)])
        return both(kind, known, (spec_of(kind),) * 2, (weighted, read(kind, frame, arm[sample])), place)


STUDIES = {
    f"{kind}, {name}": study(kind) for kind in KINDS for name, study in (("strata", Stratified), ("weights", Weighted))
}


if __name__ == "__main__":
    write(STORED, STUDIES, sys.argv[1:])
