"""What a posterior of several transitions answers, of a cohort or an ensemble: who is where, and by which cause."""

from collections.abc import Callable
from typing import Protocol

import numpy as np

from escc_bayes.estimand import states
from escc_bayes.estimand.estimand import check_positive
from escc_bayes.foundation.careful import careful
from escc_bayes.foundation.errors import EstimandError
from escc_bayes.hazard.patients import PatientHazards
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.plan import ModelPlan

type OfDraws = Callable[[ModelPlan, PatientHazards], FloatArray]


class Drawn(Protocol):
    """What every posterior can do: compute something of its hazards in every draw."""

    def of_draws(self, computed: OfDraws) -> FloatArray:
        """Return what ``computed`` makes of plan and hazards; of an ensemble, member after member."""
        ...


class StateAnswers:
    """States of an illness-death model, incidence of competing causes, draw by draw."""

    @careful
    def states(
        self: Drawn, times: FloatArray, *, term: str = "", group: str = "", population: str = "everyone"
    ) -> FloatArray:
        """Return the probability of each state of an illness-death model in every draw.

        Parameters
        ----------
        times : (t,) months.
        term, group : a group of a covariate; without them all patients.
        population : ``everyone``, each set to the group, or ``group``, those in it as they are.

        Returns
        -------
        (draws, t, 3): start (alive, free of progression), progressed (alive), dead; they add up to 1.

        Raises
        ------
        EstimandError : the model has no states, or lacks the term or group.

        Examples
        --------
        >>> import escc_bayes as eb
        >>> spec, cohort = eb.load_spec("illness_death"), eb.example_cohort("escc79")
        >>> posterior = eb.fit(spec, cohort, seed=1, engine="laplace", draws=500)
        >>> posterior.states(np.array([12.0, 24.0]), term="stage", group="III").shape
        (2000, 2, 3)
        """
        refuse_no_months("states", times)
        return averaged(self, states.occupation, times, term, group, population)

    @careful
    def after_progression(
        self: Drawn, times: FloatArray, *, term: str = "", group: str = "", population: str = "everyone"
    ) -> FloatArray:
        """Return survival at months after progression in every draw, (draws, t), of those who progress.

        Averaged over when they progress, as the model expects it, to the last progression seen; else as ``states``.
        """
        refuse_no_months("after_progression", times)
        return averaged(self, states.after_progression, times, term, group, population)

    @careful
    def months_in_states(
        self: Drawn, until: float, *, term: str = "", group: str = "", population: str = "everyone"
    ) -> FloatArray:
        """Return mean months in each state to a month in every draw, (draws, 3); else as ``states``."""
        check_positive("months_in_states", "until", until, "months")
        return averaged(self, states.months_in_states, until, term, group, population)

    @careful
    def cumulative_incidence(
        self: Drawn, times: FloatArray, *, term: str = "", group: str = "", population: str = "everyone"
    ) -> FloatArray:
        """Return the cumulative incidence of each competing cause in every draw, (draws, t, causes); as ``states``.

        Causes stand in the order of ``posterior.plan.rows.transition_names``; with the probability of no event they
        add up to 1.
        """
        refuse_no_months("cumulative_incidence", times)
        return averaged(self, states.cumulative_incidence, times, term, group, population)


def averaged[At](
    held: Drawn,
    computed: Callable[[ModelPlan, PatientHazards, states.Whom, At], FloatArray],
    at: At,
    term: str,
    group: str,
    population: str,
) -> FloatArray:
    """Return in every draw what ``computed`` makes of hazards at months, averaged over those of a group."""
    return held.of_draws(
        lambda plan, hazards: computed(plan, hazards, states.averaged_over(plan, term, group, population), at)
    )


def refuse_no_months(what: str, times: FloatArray) -> None:
    """Raise ``EstimandError`` unless times are a list of finite months of 0 or more."""
    if times.ndim != 1 or not (np.isfinite(times) & (times >= 0.0)).all():
        raise EstimandError(f"{what}: times are no list of months; give finite numbers of 0 or more")
