"""What a posterior answers, of one cohort or of an ensemble, and what both do alike."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from escc_bayes.bayes.posterior.pseudo_posterior import pseudo_note
from escc_bayes.estimand.behind import beyond_follow_up, counted, patients_behind
from escc_bayes.estimand.contrast import beyond_knots, standard_contrasts
from escc_bayes.estimand.differing import differing_note
from escc_bayes.estimand.estimand import Estimand, HazardRatio, contrast_words, groups_named
from escc_bayes.estimand.estimate import Estimate, joined_notes, ratio_summary, size_note, summary
from escc_bayes.estimand.evaluate import NAMES, time_of
from escc_bayes.estimand.one_endpoint import plan_behind
from escc_bayes.foundation.careful import careful
from escc_bayes.foundation.kinds import LEVEL
from escc_bayes.foundation.record import Record
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.cautions import caution_of
from escc_bayes.spec.in_months import few_in_months
from escc_bayes.spec.plan import ModelPlan


class Answers(Protocol):
    """A posterior of one cohort or of an ensemble: who asks need not know which."""

    @property
    def plan(self) -> ModelPlan:
        """What was fitted, with its rows."""
        ...

    @property
    def record(self) -> Record:
        """Digests, seed, settings, versions, provenance."""
        ...

    @property
    def verdict(self) -> str:
        """``ok``, or NOT FIT FOR USE with the reasons."""
        ...

    def draws(self, asked: Estimand) -> FloatArray:
        """Return one value of the estimand per draw; hazard ratios as logarithms."""
        ...

    def estimates(self, asked: Sequence[Estimand], *, level: float = LEVEL) -> tuple[Estimate, ...]:
        """Return an estimate of each estimand."""
        ...

    def survival(
        self, times: FloatArray, *, term: str = "", group: str = "", population: str = "group", endpoint: str = ""
    ) -> FloatArray:
        """Return the survival curve of a group in every draw, (draws, times); see ``SurvivalAt``."""
        ...

    def hazard_ratios(self, *, level: float = LEVEL) -> tuple[Estimate, ...]:
        """Return the hazard ratio of every level against its reference, and of every number per its scale."""
        ...

    def sentences(self) -> tuple[str, ...]:
        """Say what was analysed, by which model and engine, whether it may be used, and what else must be known."""
        ...

    def ratio_lines(self, ratios: Sequence[Estimate]) -> list[str]:
        """Return hazard ratios as lines, with their notes."""
        ...


class Answering:
    """What every posterior does alike, from what ``Answers`` asks of it."""

    @property
    def method(self: Answers) -> str:
        """The word of tables: ``bayes_nuts``."""
        return f"bayes_{self.record.engine}"

    @careful
    def estimate(self: Answers, asked: Estimand, *, level: float = LEVEL) -> Estimate:
        """Return posterior median and equal-tailed credible interval of an estimand.

        Parameters
        ----------
        asked : what to estimate.
        level : such as 0.95.

        Raises
        ------
        EstimandError : the model lacks the term, level or group.
        """
        return self.estimates([asked], level=level)[0]

    @careful
    def hazard_ratios(self: Answers, *, level: float = LEVEL) -> tuple[Estimate, ...]:
        """Return the hazard ratio of every level against its reference, and of every number per its scale."""
        return self.estimates(standard_contrasts(self.plan.design), level=level)

    def __repr__(self: Answers) -> str:
        return "\n".join([*self.sentences(), *self.ratio_lines(self.hazard_ratios(level=0.95))])


def estimate_of(
    asked: Estimand, drawn: FloatArray, plan: ModelPlan, *, level: float, record: Record, verdict: str
) -> Estimate:
    """Return median and equal-tailed credible interval of draws (n,) of an estimand that ``completed`` returned.

    Draws of hazard ratios are logarithms.
    """
    ratio = isinstance(asked, HazardRatio)
    value, lower, upper = ratio_summary(drawn, level) if ratio else summary(drawn, level)
    behind = plan_behind(asked, plan)
    counts = counted(asked, behind.rows)
    months = asked.months if isinstance(asked, HazardRatio) else None
    transition = asked.transition if isinstance(asked, HazardRatio) else ""
    return Estimate(
        endpoint=behind.rows.endpoint_in(transition),
        estimand=NAMES[type(asked)],
        term=asked.term,
        contrast=contrast_words(asked),
        time=time_of(asked),
        method=f"bayes_{record.engine}",
        model=plan.spec.name,
        value=value,
        lower=lower,
        upper=upper,
        level=level,
        interval_kind="credible",
        population="" if isinstance(asked, HazardRatio) else asked.population,
        prob_gt_1=float((drawn > 0.0).mean()) if ratio else np.nan,
        log_mean=float(drawn.mean()) if ratio else np.nan,
        log_sd=float(drawn.std(ddof=1)) if ratio else np.nan,
        n=counts.n,
        events=counts.events,
        clock=plan.rows.clock,
        record=record,
        verdict=verdict,
        note=joined_notes(
            beyond_follow_up(asked, (value, lower, upper), behind.rows),
            caution_of(behind, asked.term, groups_named(asked), transition),
            pseudo_note(plan, patients_behind(asked, behind.rows)),
            few_in_months(plan.rows, months),
            beyond_knots(asked, plan.design) if isinstance(asked, HazardRatio) else "",
            differing_note(asked, plan),
            "hazard ratio among those not cured; Cox beside is of all" if ratio and plan.spec.cure is not None else "",
            "" if plan.spec.background is None else plan.spec.background.note(ratio=ratio),
            size_note(asked.term, (value, lower, upper)) if ratio else "",
        ),
        last_follow_up=counts.last_follow_up,
        rows=counts.rows,
        groups=counts.groups,
        months=months,
        transition=transition,
        strata=plan.rows.strata if ratio else "",
        centres=plan.spec.centre_words,
    )
