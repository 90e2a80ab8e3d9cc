"""The verb ``fit_classical``: Kaplan-Meier, Cox, Firth and Weibull on the rows of a specification."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr, ndtri

from escc_bayes.classical import ratios
from escc_bayes.classical.centres import centre_coefficients, left_out
from escc_bayes.classical.coding import classical_design
from escc_bayes.classical.curves import Answer, km_answer
from escc_bayes.classical.strata import Strata, strata_of
from escc_bayes.classical.weibull import WeibullFit
from escc_bayes.classical.weibull_curves import delta_answer
from escc_bayes.data.cohort import Cohort
from escc_bayes.estimand.as_read import estimates_as_read, levels_in, said_of
from escc_bayes.estimand.behind import counted, patients_behind
from escc_bayes.estimand.contrast import standard_contrasts
from escc_bayes.estimand.differing import unset
from escc_bayes.estimand.estimand import Estimand, HazardRatio, RMSTDifference, contrast_words, groups_named
from escc_bayes.estimand.estimate import Estimate, joined_notes, ratio_words
from escc_bayes.estimand.evaluate import NAMES, refuse_states, time_of
from escc_bayes.estimand.maketables import ForMaketables
from escc_bayes.estimand.one_endpoint import plan_behind
from escc_bayes.estimand.tables import tidy_ratio_rows
from escc_bayes.foundation.careful import careful
from escc_bayes.foundation.kinds import LEVEL
from escc_bayes.foundation.notebook import shown
from escc_bayes.foundation.record import Record, versions
from escc_bayes.spec.cautions import caution_lines, caution_of, cautions
from escc_bayes.spec.design import Block
from escc_bayes.spec.model import ModelSpec, with_key
from escc_bayes.spec.plan import ModelPlan, make_plan
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.transitions import ENDPOINT, TRANSITION

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, repr=False)
class ClassicalFit(ForMaketables):
    """Maximum-likelihood and non-parametric answers on the same rows as a Bayesian fit.

    Attributes
    ----------
    plan : the specification's rows with treatment-coded columns.
    cox, univariable : coefficients; univariable, those of each covariate's own model, side by side.
    centres : where the model has a random intercept: Cox stratified by centre, with gamma and with normal frailty.
    weibull : the Weibull fit, or why there is none.
    reference_time : months at which the Weibull's b0 is stated.
    left_out : which effects have no place in these methods, and why.
    record : digests, versions, provenance.
    """

    plan: ModelPlan
    cox: ratios.Coefficients
    univariable: ratios.Coefficients
    weibull: WeibullFit | str
    reference_time: float
    left_out: tuple[str, ...]
    record: Record
    centres: tuple[ratios.Coefficients, ...] = ()

    @careful
    def estimate(self, asked: Estimand, *, level: float = LEVEL) -> tuple[Estimate, ...]:
        """Return one estimate from each method that can answer.

        Hazard ratios: Cox, Firth, univariable Cox, Weibull; before them those that take centres into account, where
        the model does. Everything else: Kaplan-Meier (groups as they are) and Weibull.
        """
        if isinstance(asked, HazardRatio):
            return self.ratios(asked, level)
        behind = plan_behind(asked, self.plan)
        refuse_states(behind)
        found = []
        if asked.population == "group":
            found.append(self.curve_estimate(asked, "km", km_answer(asked, behind.rows, level), level))
        if isinstance(self.weibull, WeibullFit):
            why = unset(asked, self.plan)
            answer = (
                Answer(math.nan, math.nan, math.nan, why)
                if why
                else delta_answer(asked, self.plan, self.weibull, self.reference_time, level)
            )
            found.append(self.curve_estimate(asked, "weibull_mle", answer, level))
        return tuple(found)

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what the data can carry, and what was left out, a sentence each."""
        return (*cautions(self.plan), *self.left_out)

    @careful
    def ratios(self, asked: HazardRatio, level: float) -> tuple[Estimate, ...]:
        """Return one hazard ratio from each method; each says how centres entered."""
        spec = self.plan.spec
        source = ratios.Source(self.plan, spec.name, self.record, level, left_out(spec.intercepts))
        p = self.plan.design.size
        fits = (self.cox, self.univariable, ratios.weibull_coefficients(self.weibull, p))
        cox, univariable, weibull = (ratios.wald(asked, source, found) for found in fits)
        within = (ratios.wald(asked, source, found) for found in self.centres)
        alone = () if self.crossed(asked) else (univariable,)
        return *within, cox, ratios.firth_ratio(asked, source, self.cox), *alone, weibull

    @careful
    def hazard_ratios(self, *, level: float = LEVEL) -> tuple[Estimate, ...]:
        """Return the hazard ratio of every level against its reference, and of every number per its scale."""
        return tuple(e for asked in standard_contrasts(self.plan.design) for e in self.ratios(asked, level))

    def tabulated(self) -> tuple[Estimate, ...]:
        """Return the hazard ratios of multivariable Cox, which maketables shows, with 95 % limits."""
        return tuple(e for e in self.ratios_as_read() if e.method == "cox")

    @careful
    def table(self, *, level: float = LEVEL) -> "pd.DataFrame":
        """Return the hazard ratios of every method as a data frame of few columns."""
        import pandas as pd

        return pd.DataFrame(tidy_ratio_rows(self.hazard_ratios(level=level)))

    def _repr_html_(self) -> str:
        said = (self.plan.rows.sentence(), *caution_lines(self.plan), *self.left_out)
        return shown(said_of(self.plan.rows, said), tidy_ratio_rows(self.ratios_as_read()))

    def crossed(self, asked: HazardRatio) -> bool:
        """Return whether a hazard ratio differs with a second covariate, and so has no model of one covariate."""
        return self.plan.design.block_of(asked.term)[0].coding.crossing is not None

    def carried(self, asked: Estimand) -> str:
        """Return what an estimate of groups rests on: few events, and the weights or clusters of who is behind it."""
        behind = plan_behind(asked, self.plan)
        few = caution_of(behind, asked.term, groups_named(asked))
        return joined_notes(few, behind.rows.basis_note(patients_behind(asked, behind.rows)))

    def curve_estimate(self, asked: Estimand, method: str, answer: Answer, level: float) -> Estimate:
        """Return an estimate of survival, a median or a difference of restricted means."""
        assert not isinstance(asked, HazardRatio)
        rows = plan_behind(asked, self.plan).rows
        counts = counted(asked, rows)
        numbers = (answer.value, answer.lower, answer.upper)
        return Estimate(
            endpoint=rows.endpoint,
            estimand=NAMES[type(asked)],
            term=asked.term,
            contrast=contrast_words(asked),
            time=time_of(asked),
            method=method,
            model=self.plan.spec.name,
            value=answer.value,
            lower=answer.lower,
            upper=answer.upper,
            level=level,
            interval_kind="confidence",
            population=asked.population,
            n=counts.n,
            events=counts.events,
            clock=rows.clock,
            record=self.record,
            note=joined_notes(answer.note, self.carried(asked)),
            last_follow_up=counts.last_follow_up,
            rows=counts.rows,
            groups=counts.groups,
            centres=left_out(self.plan.spec.intercepts),
            p_value=wald_p_value(*numbers, level) if isinstance(asked, RMSTDifference) else math.nan,
        )

    def __repr__(self) -> str:
        ratios = [f"  {ratio_words(e)}" for e in self.ratios_as_read()]
        said = (self.plan.rows.sentence(), *caution_lines(self.plan), *self.left_out)
        return "\n".join([*said_of(self.plan.rows, said), *ratios])

    def ratios_as_read(self) -> tuple[Estimate, ...]:
        """Return the hazard ratios with 95 % limits as they are shown, levels by their labels."""
        return estimates_as_read(self.hazard_ratios(level=LEVEL), levels_in(self.plan.rows))


def wald_p_value(difference: float, lower: float, upper: float, level: float) -> float:
    """Return the two-sided P value of a difference whose limits are symmetric; NaN where it has no spread.

    Examples
    --------
    >>> round(wald_p_value(1.96, 0.0, 3.92, 0.95), 3)
    0.05
    """
    std_error = (upper - lower) / 2.0 / float(ndtri(0.5 + level / 2.0))
    return float(2.0 * ndtr(-abs(difference) / std_error)) if std_error > 0.0 else math.nan


@careful
def fit_classical(spec: ModelSpec, cohort: Cohort) -> ClassicalFit:
    """Fit the classical models on the rows that ``fit`` would use.

    Parameters
    ----------
    spec : from ``load_spec``; priors and shrinkage play no part.
    cohort : from ``read_cohort`` or ``example_cohort``.

    Returns
    -------
    ClassicalFit.

    Raises
    ------
    SpecError, CohortError, LandmarkError : the specification does not fit the cohort.
    """
    return fit_classical_plan(make_plan(spec, cohort))


@careful
def fit_classical_plan(plan: ModelPlan) -> ClassicalFit:
    """Fit the classical models on the rows of a plan: what ``fit_classical`` does once it has made one.

    Parameters
    ----------
    plan : from ``make_plan``; a posterior's is its ``plan``. Its priors and shrinkage play no part.
    """
    spec, rows = plan.spec, plan.rows
    design, notes = classical_design(spec, rows)
    # Maximum likelihood is of all causes, whatever a life table expects.
    plan = ModelPlan(replace(spec, background=None), rows, design, plan.baseline)
    reference_time = float(np.median(plan.rows.time))
    record = Record(spec.digest, rows.data_digest, None, rows.provenance, "classical", (), versions())
    return ClassicalFit(
        plan=plan,
        cox=ratios.cox_coefficients(plan, cox_word(rows), baseline_strata(plan)),
        univariable=univariable_coefficients(plan),
        weibull=ratios.weibull_fit(plan, reference_time),
        reference_time=reference_time,
        left_out=notes,
        record=record,
        centres=centre_coefficients(plan),
    )


def cox_word(rows: AnalysisRows) -> str:
    """Return the method's word: Cox of transitions is stratified by them, and is cause-specific Cox as it is."""
    return "cox_stratified" if rows.strata and rows.transitions is None else "cox"


def univariable_coefficients(plan: ModelPlan) -> ratios.Coefficients:
    """Return each covariate's own Cox model, coefficients side by side.

    Covariances between covariates are not defined and stand as 0: a contrast touches one covariate only. An effect that
    differs with a second covariate has no model of its own, and 0.
    """
    p = plan.design.size
    coef, covariance, infinite = np.zeros(p), np.zeros((p, p)), np.zeros(p, dtype=bool)
    for block in (one for whole in plan.design.blocks for one in one_by_one(whole)):
        if block.coding.crossing is not None:
            continue
        inside = block.coefficients
        alone = ratios.cox_coefficients(only(plan, block), ratios.UNIVARIABLE, baseline_strata(plan))
        coef[inside], covariance[inside, inside], infinite[inside] = alone.coef, alone.covariance, alone.infinite
    return ratios.Coefficients(ratios.UNIVARIABLE, coef, covariance, infinite, strata=plan.rows.strata)


def baseline_strata(plan: ModelPlan) -> Strata | None:
    """Return the strata of a plan whose baseline differs between them; None for one baseline."""
    rows = plan.rows
    each = (ENDPOINT if rows.marginal else TRANSITION,) if rows.within and rows.transitions is not None else ()
    return strata_of(rows, (*each, rows.strata)) if rows.strata else None


def one_by_one(block: Block) -> Iterator[Block]:
    """Yield a block for each covariate of an effect of several, as each stands alone; of one covariate the block."""
    names, coding = block.effect.covariates, block.coding
    width = block.width // len(names)
    for place, name in enumerate(names):
        first = place * width
        labels, levels = coding.labels[first : first + width], (coding.levels[place],)
        own = block.effect if len(names) == 1 else with_key(block.effect, "covariates", (name,))
        coded = coding if len(names) == 1 else replace(coding, labels=labels, levels=levels)
        yield replace(block, effect=own, start=block.start + first, first=block.first + first, coding=coded)


def only(plan: ModelPlan, block: Block) -> ModelPlan:
    """Return the plan with one of its effects."""
    inside, alone = slice(block.start, block.stop), replace(block, start=0, first=0)
    columns, center = plan.design.columns[:, inside], plan.design.center[inside]
    acting = None if plan.design.inside is None else plan.design.inside[:, inside]
    return replace(plan, design=replace(plan.design, columns=columns, center=center, blocks=(alone,), inside=acting))
