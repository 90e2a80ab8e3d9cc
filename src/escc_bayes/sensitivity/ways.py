"""Hazard ratios of a model with any set of its assumptions in place: each a refit, made once."""

from collections.abc import Sequence

import numpy as np

from escc_bayes.classical.newton import CollinearError
from escc_bayes.estimand.contrast import weights
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.sensitivity.firth_events import firth_events
from escc_bayes.sensitivity.modes import Mode, mode_of
from escc_bayes.sensitivity.orders import Made
from escc_bayes.sensitivity.poisson_data import poisson_data
from escc_bayes.sensitivity.standardised import follow_up, marginal_of
from escc_bayes.sensitivity.variants import ADJUSTMENT, BASELINE_PRIOR, effects_of, is_flat, unshrunk_columns, variant
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.structures.protocol import Structure

CONFOUNDING, NON_COLLAPSIBILITY = "confounding", "non_collapsibility"


class Ways:
    """Values of a plan's contrasts under sets of changes (``variants.CHANGES``) to a model of one term alone."""

    def __init__(self, plan: ModelPlan) -> None:
        self.plan = plan
        self.poisson = poisson_data(plan)
        self.followed = follow_up(plan.rows.time, plan.rows.event, plan.rows.weight)
        self._modes: dict[tuple[tuple[Structure, ...], bool], Mode] = {}
        self._asked: dict[tuple[str, Made], Mode] = {}
        self._extra: dict[tuple[str, ...], FloatArray] = {}
        self._marginal: dict[tuple[int, str], FloatArray] = {}
        self._values: dict[tuple[str, Made], FloatArray] = {}

    def mode(self, term: str, made: Made) -> Mode:
        """Return the mode under a set of changes, which many orders of the changes pass through."""
        asked = (term, made)
        if asked not in self._asked:
            self._asked[asked] = self.refitted(term, made)
        return self._asked[asked]

    def refitted(self, term: str, made: Made) -> Mode:
        """Return the mode under a set of changes; sets that come to the same model share it."""
        effects = effects_of(self.plan.spec, term, made, self.plan.rows)
        key = (effects, BASELINE_PRIOR in made)
        if key not in self._modes:
            whole = effects == self.plan.spec.effects and key[1]
            plan = self.plan if whole else variant(self.plan.spec, effects, self.plan.rows, made)
            flat = any(is_flat(effect, self.plan.rows) for effect in effects)
            self._modes[key] = mode_of(plan, self.added(effects) if flat else None)
        return self._modes[key]

    def added(self, effects: tuple[Structure, ...]) -> FloatArray:
        """Return the events that Firth's penalty adds where these covariates have free effects."""
        names = tuple(name for effect in effects if effect.unshrunk() for name in effect.covariates)
        if names not in self._extra:
            poisson = self.poisson
            try:
                _, added = firth_events(unshrunk_columns(self.plan, names), poisson.events, poisson.exposure)
            except CollinearError:
                added = np.zeros_like(poisson.events)
            self._extra[names] = poisson.whole(added)
        return self._extra[names]

    def values(self, term: str, made: Made, own: Sequence[HazardRatio]) -> FloatArray:
        """Return the log hazard ratio of each contrast of a term, which are the same whenever it is asked for."""
        if (term, made) not in self._values:
            mode = self.mode(term, made)
            found = [float(mode.coefficients @ weights(asked, mode.plan.design)) for asked in own]
            self._values[term, made] = np.array(found)
        return self._values[term, made]

    def moves(self, term: str, made: Made, change: str, own: Sequence[HazardRatio]) -> dict[str, FloatArray]:
        """Return what a change moves each contrast by; adjustment in two parts.

        From the unadjusted ratio to what the adjusted model implies for everybody (confounding), and from there to the
        ratio of patients alike in the covariates (non-collapsibility).
        """
        before, after = self.values(term, made, own), self.values(term, made | {change}, own)
        if change != ADJUSTMENT:
            return {change: after - before}
        marginal = self.marginal(term, made | {change}, own)
        return {CONFOUNDING: marginal - before, NON_COLLAPSIBILITY: after - marginal}

    def marginal(self, term: str, made: Made, own: Sequence[HazardRatio]) -> FloatArray:
        """Return the standardised marginal log hazard ratio of each contrast."""
        mode = self.mode(term, made)
        key = (id(mode), term)
        if key not in self._marginal:
            self._marginal[key] = marginal_of(mode, term, own, self.followed)
        return self._marginal[key]
