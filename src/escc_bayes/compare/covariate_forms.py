"""Which form has the effect of a number? Linear, spline, monotone spline, cut points, compared in one call.

By leave-one-patient-out predictive density with stacking weights, and as hazard ratios at named values, of the same
patients. docs/methods/covariate_forms.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from escc_bayes.bayes.posterior.ensemble import MEMBER_DRAWS
from escc_bayes.bayes.posterior.fallback import fit_or_replace
from escc_bayes.bayes.posterior.loo import NO_LOO, LooRow, compare_loo
from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.bayes.sampling.settings import Progress, RunSettings, silent
from escc_bayes.compare.form_columns import Measured, measured, with_columns
from escc_bayes.compare.form_models import form_models, form_words, left_out, refuse_unfit
from escc_bayes.compare.form_results import CovariateForms, FormRatio, FormRow
from escc_bayes.data.cohort import Cohort
from escc_bayes.data.covariates import CovariateData
from escc_bayes.data.ensemble import Ensemble
from escc_bayes.estimand.as_read import said_of
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.estimand.estimate import ratio_summary
from escc_bayes.foundation import checks
from escc_bayes.foundation.careful import careful
from escc_bayes.foundation.errors import EstimandError, LandmarkError, SpecError
from escc_bayes.foundation.kinds import SEED
from escc_bayes.foundation.seeds import Seed, stream
from escc_bayes.foundation.sentence import counted
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.model import ModelSpec
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.selection import known_too_late, select_rows
from escc_bayes.spec.structures.number_forms import CUTS, NONE, Statement

UPPER, KNOTS, GRID = 4.0, 4, 61
# Percentiles at which hazard ratios stand where no values are named.
NAMED = (0.1, 0.25, 0.75, 0.9)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of every cohort: values in units of the covariate."""

    spec: ModelSpec
    covariate: str
    cuts: tuple[float, ...]
    log: bool
    stated: Statement
    settings: RunSettings
    level: float


@dataclass(frozen=True, slots=True)
class Member:
    """The forms fitted to one cohort."""

    found: Measured
    rows: AnalysisRows
    fits: Mapping[str, Posterior]
    loo: Mapping[str, LooRow]

    @property
    def values(self) -> FloatArray:
        """The numbers of the patients analysed."""
        return self.found.data.values[~np.isnan(self.found.data.values)][self.rows.positions]

    def log_ratio(self, form: str, value: float, versus: float) -> FloatArray:
        """Return draws (m,) of the log hazard at one value over that at another."""
        fit = self.fits[form]
        if form == NONE:
            return np.zeros(1)
        if form == CUTS:
            high, low = self.found.class_of(value), self.found.class_of(versus)
            if high == low:
                return np.zeros(1)
            return fit.draws(HazardRatio(self.found.cut_column, high, low)).ravel()
        at, over = (float(found) for found in self.found.entered(np.array([value, versus])))
        if at == over:
            return np.zeros(1)
        if fit.plan.design.block_of(self.found.column)[0].coding.curve is None:
            return (at - over) * fit.draws(HazardRatio(self.found.column, per=1.0)).ravel()
        return fit.draws(HazardRatio(self.found.column, repr(at), repr(over))).ravel()


@careful
def covariate_forms(
    spec: ModelSpec,
    cohort: Cohort | Ensemble,
    covariate: str,
    *,
    cuts: Sequence[float] = (),
    at: Sequence[float] = (),
    versus: float | None = None,
    log: bool = True,
    upper: float = UPPER,
    knots: int = KNOTS,
    level: float = 0.95,
    engine: str = "laplace",
    draws: int | None = None,
    seed: Seed = SEED,
    progress: Progress = silent,
) -> CovariateForms:
    """Compare forms of the effect of a number: none, linear, spline, monotone spline, cut points.

    Parameters
    ----------
    spec : outcome, baseline and the other effects; an effect of the covariate gives way to the forms.
    cohort : one, or all reconstructions of one, over which tables are averaged.
    covariate : a number, or a covariate whose classes were cut from numbers.
    cuts : cut points; a number on one falls above it. None: those of the schema.
    at, versus : values whose hazard over that at ``versus`` is shown; by default percentiles over the median.
    log : whether curves are of the logarithm to base 2 or of the number itself.
    upper : 97.5 % point of the hazard ratio of the 90th over the 10th percentile, from which all priors follow.
    knots : of both splines.
    level, engine, draws, seed, progress : as for ``fit``.

    Raises
    ------
    CohortError, SpecError, LandmarkError, EstimandError : no numbers, a marker known after the clock starts, no such
        values, sampling weights; the message says what to do.

    Examples
    --------
    >>> import escc_bayes as eb
    >>> cohort = eb.example_cohort("larynx")
    >>> forms = eb.covariate_forms(eb.model("os ~ stage", cohort), cohort, "age", cuts=[60, 70], draws=200)
    >>> sorted(row.form for row in forms.rows)
    ['cut_points', 'linear', 'monotone', 'none', 'spline']
    """
    refuse_unfit(spec, covariate)
    stated = Statement(checks.number(upper, "upper", above=1.0), checks.whole_number(knots, "knots", least=3, most=12))
    points = checks.increasing(list(cuts), "cuts", error=SpecError) if cuts else ()
    cohorts = tuple(cohort) if isinstance(cohort, Ensemble) else (cohort,)
    kept = draws or (MEMBER_DRAWS if len(cohorts) > 1 and engine == "laplace" else None)
    asked = Asked(spec.complete_cases, covariate, points, log, stated, RunSettings(engine, draws=kept), level)
    members = []
    for place, one in enumerate(cohorts, start=1):
        members.append(fitted(one, asked, stream(seed, "forms", one.digest)))
        progress("Cohorts", place, len(cohorts), 0)
    called = cohort.name if isinstance(cohort, Ensemble) else cohorts[0].name
    return answered(members, asked, at, versus, called)


def fitted(cohort: Cohort, asked: Asked, seed: Seed) -> Member:
    """Fit every form to one cohort, and compare them."""
    if cohort.sampled:
        raise EstimandError(NO_LOO.format(model=asked.spec.name))
    cohort.refuse_several_rows("a comparison of forms")
    found = measured(cohort, asked.covariate, asked.cuts, log=asked.log)
    refuse_late_number(cohort, asked)
    outcome, others = asked.spec.outcome, tuple(n for n in asked.spec.asked_of_patients if n != asked.covariate)
    known = with_columns(cohort, found, float(np.nanmedian(found.data.values)))
    rows = select_rows(known, outcome.endpoint, (*others, found.column), landmark=outcome.landmark, naive=outcome.naive)
    if found.classes is not None:
        refuse_empty(known.covariates[found.cut_column], rows)
    schema = known.covariates[found.column].schema
    entered = (known.covariates[found.column].values[rows.positions] - schema.center) / schema.scale
    specs = form_models(asked.spec, found, entered, asked.stated)
    fits = {word: fit_or_replace(make_plan(one, known), asked.settings, seed=seed) for word, one in specs.items()}
    return Member(found, rows, fits, {row.model: row for row in compare_loo(tuple(fits.values()))})


def refuse_late_number(cohort: Cohort, asked: Asked) -> None:
    """Raise where the number becomes known after the clock of the model starts."""
    outcome, name = asked.spec.outcome, asked.covariate
    late = {} if outcome.naive else known_too_late({name: cohort.covariate(name)}, outcome.landmark)
    if late:
        month = f"{late[name]:g}"
        have = (
            "no landmark is set"
            if outcome.landmark is None
            else f"the landmark is at {counted(outcome.landmark, 'month')}"
        )
        raise LandmarkError(
            f"{cohort.source}: '{name}' becomes known up to {month} months after time zero, but {have}: patients must "
            f"survive to have it (immortal time), and forms are compared of those who did: set [outcome] landmark = "
            f'{month} or later in the model, or --endpoint with --landmark {month}, or write time_zero = "naive" in '
            "[outcome] to have every output labelled NAIVE"
        )


def refuse_empty(classes: CovariateData, rows: AnalysisRows) -> None:
    """Raise where nobody analysed lies between two cut points: a step there rests on nothing."""
    schema = classes.schema
    held = set(classes.values[rows.positions].tolist())
    empty = [level for code, level in enumerate(schema.levels) if code not in held]
    if empty:
        cuts = ", ".join(f"{cut:g}" for cut in schema.cuts)
        raise EstimandError(
            f"cut points {cuts} of '{schema.column}' leave nobody of the {rows.n} patients analysed in class "
            f"'{empty[0]}'; name cut points with patients on both sides (--cut; cuts=[..])"
        )


def answered(
    members: Sequence[Member], asked: Asked, at: Sequence[float], versus: float | None, called: str
) -> CovariateForms:
    """Return tables over all members."""
    first = members[0]
    values = first.values
    over = checks.number(versus, "versus") if versus is not None else shown(np.median(values))
    named = tuple(checks.number(value, "at") for value in at) or tuple(
        dict.fromkeys(shown(q) for q in np.quantile(values, NAMED))
    )
    refuse_outside((*named, over), values, asked)
    grid = np.linspace(values.min(), values.max(), GRID)
    grid = np.geomspace(values.min(), values.max(), GRID) if asked.log else grid
    records = tuple(fit.record for member in members for fit in member.fits.values())
    return CovariateForms(
        found=first.found,
        endpoint=first.rows.endpoint,
        rows=form_rows(members),
        ratios=ratios_of(members, [value for value in named if value != over], over, asked.level),
        along=ratios_of(members, stepped(grid, first.found), over, asked.level),
        patients=values,
        n=first.rows.n,
        events=first.rows.events,
        level=asked.level,
        clock=first.rows.clock,
        provenance=first.rows.provenance,
        sentences=said_of(first.rows, (population(members, called), *left_out(asked.spec, asked.covariate))),
        records=records,
        members=len(members),
    )


def shown(value: float) -> float:
    """Return a number with three digits, as tables show it."""
    return float(f"{value:.3g}")


def refuse_outside(named: Sequence[float], values: FloatArray, asked: Asked) -> None:
    """Raise where a value that is named lies beyond the patients."""
    low, high = float(values.min()), float(values.max())
    far = [f"{value:g}" for value in named if not low <= value <= high]
    if far:
        raise EstimandError(
            f"'{asked.covariate}' runs from {low:g} to {high:g} in the patients analysed; {', '.join(far)} lies "
            "beyond, where forms rest on themselves: name values within"
        )


def stepped(grid: FloatArray, found: Measured) -> list[float]:
    """Return a grid of values with both sides of every cut point, so that steps are drawn where they are."""
    sides = [side for cut in found.cuts for side in (cut * (1 - 1e-9), cut, cut * (1 + 1e-9))]
    return sorted({*grid.tolist(), *(side for side in sides if grid[0] <= side <= grid[-1])})


def population(members: Sequence[Member], called: str) -> str:
    """Say who was analysed: with a landmark those at risk then."""
    rows, name = members[0].rows, members[0].found.name
    landmark = members[0].fits[NONE].plan.spec.outcome.landmark
    who = f"{rows.provenance.upper()}: {counted(rows.n, 'patient')} of {called} with {name} measured, "
    who += f"{counted(rows.events, 'event')}"
    who += f" of {rows.endpoint}, {rows.clock}"
    if landmark is not None:
        who += f"; those still at risk at {counted(landmark, 'month')}, so that every form is compared within them"
        who += " alone"
    return f"{who}; averages over {len(members)} reconstructions." if len(members) > 1 else f"{who}."


def form_rows(members: Sequence[Member]) -> tuple[FormRow, ...]:
    """Return the rows of every form, best first.

    Over several members SEs take in how these differ; that of a difference is of those to each member's own best.
    """
    made = [form_row(word, members) for word in members[0].fits]
    best = max(row.elpd for row in made)
    ordered = sorted(made, key=lambda row: -row.elpd)
    return tuple(
        replace(row, rank=place, elpd_diff=row.elpd - best, diff_se=row.diff_se if place else 0.0)
        for place, row in enumerate(ordered)
    )


def form_row(word: str, members: Sequence[Member]) -> FormRow:
    """Return the row of one form, its rank left open."""
    rows = [member.loo[word] for member in members]
    fits = [member.fits[word] for member in members]
    block = fits[0].plan.design.blocks[-1] if word != NONE else None
    faulty = [fit.verdict for fit in fits if fit.verdict != "ok"]

    def average(name: str) -> float:
        return float(np.mean([getattr(row, name) for row in rows]))

    def error(name: str, of: str) -> float:
        within = float(np.mean([getattr(row, name) ** 2 for row in rows]))
        between = float(np.var([getattr(row, of) for row in rows], ddof=1)) if len(rows) > 1 else 0.0
        return float(np.sqrt(within + (1.0 + 1.0 / len(rows)) * between))

    return FormRow(
        form=word,
        words=form_words(word, members[0].found),
        rank=0,
        elpd=average("elpd"),
        elpd_se=error("elpd_se", "elpd"),
        elpd_diff=average("elpd_diff"),
        diff_se=error("diff_se", "elpd_diff"),
        weight=average("weight"),
        p_loo=average("p_loo"),
        pareto_k_max=max(row.pareto_k_max for row in rows),
        verdict=faulty[0] if faulty else "ok",
        effect="" if block is None else block.effect.words(block.coding, fits[0].plan.design.schemas),
    )


def ratios_of(members: Sequence[Member], values: Sequence[float], versus: float, level: float) -> tuple[FormRatio, ...]:
    """Return hazard ratios at values over that at ``versus``, form by form; none of the model without the number."""
    found = []
    for form in members[0].fits:
        for value in values if form != NONE else ():
            drawn = np.concatenate([member.log_ratio(form, value, versus) for member in members])
            hr, lower, upper = ratio_summary(drawn, level)
            found.append(FormRatio(form, value, versus, hr, lower, upper, prob_above_one(drawn)))
    return tuple(found)


def prob_above_one(drawn: FloatArray) -> float:
    """Return P(HR > 1 | data); NaN where the form lets two values have one hazard."""
    return float((drawn > 0.0).mean()) if drawn.any() else float("nan")
