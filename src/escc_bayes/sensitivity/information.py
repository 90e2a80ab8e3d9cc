"""How much information stands behind each hazard ratio: patients and events, nesting, the smallest standard error that
the cross-table allows, and how much of the posterior's precision is prior. docs/methods/information.md.
"""

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from escc_bayes.bayes.posterior.shrinkage import shrunk
from escc_bayes.classical.fit import ClassicalFit
from escc_bayes.estimand.behind import behind, of_group, within_of
from escc_bayes.estimand.contrast import weights
from escc_bayes.estimand.differing import untold
from escc_bayes.estimand.estimand import HazardRatio, contrast_in
from escc_bayes.foundation.sentence import about
from escc_bayes.hazard.baseline import Hazard
from escc_bayes.hazard.stratified import Stratified
from escc_bayes.sensitivity.cross_table import crossings
from escc_bayes.sensitivity.crossed import Crossed
from escc_bayes.sensitivity.part import Part, Row, Rows, number
from escc_bayes.sensitivity.prior_spread import prior_sd
from escc_bayes.sensitivity.subject import Subject, Tell
from escc_bayes.spec.baseline_worth import baseline_worth
from escc_bayes.spec.effective_events import events_of_se
from escc_bayes.spec.one_transition import one_transition
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.thin import FEW_EVENTS

COLUMNS = (
    *("endpoint", "model", "term", "contrast", "patients", "events", "versus_patients", "versus_events", "nested_in"),
    *("se_floor", "se_cox", "posterior_sd", "prior_sd", "data_share", "prior_events", "events_per_parameter"),
    "warning",
)
BASELINE = "baseline"
# Fewer events for each coefficient than this, and coefficients and their standard errors are known to be biased
# (Peduzzi et al. 1995, J Clin Epidemiol 48:1503).
FEW_PER_PARAMETER = 10.0
NO_INFORMATION = "NO INFORMATION"


def information(subject: Subject, tell: Tell) -> Rows:
    """Return a row for every contrast, and one for the baseline."""
    contrasts = subject.contrasts
    own = {name: one_transition(subject.plan, name) for name in subject.plan.rows.transition_names or ("",)}
    tables = {
        (term, name): crossings(own[name], term)
        for term, name in dict.fromkeys((asked.term, asked.transition) for asked in contrasts)
    }
    rows = []
    for done, asked in enumerate(contrasts, start=1):
        # Within a level of a second covariate the cross-table is that of the level.
        # Nor has a rank, which enters as a number, levels to cross.
        of_levels = asked.within is None and not as_number(subject.plan, asked)
        of_term = tables[asked.term, asked.transition] if of_levels else ()
        rows.append(contrast_row(subject, asked, own[asked.transition], of_term))
        tell(done, len(contrasts))
    return [*rows, *(baseline_row(subject, name, plan) for name, plan in own.items())]


def contrast_row(subject: Subject, asked: HazardRatio, own: ModelPlan, tables: tuple[Crossed, ...]) -> Row:
    """Return the row of one contrast; ``own``: the plan of its transition alone."""
    plan, alone = subject.plan, replace(asked, transition="")
    w = weights(asked, plan.design)
    prior, floor = prior_sd(plan, w, subject.stream("information")), se_floor(own, alone, tables)
    posterior_sd = float(subject.posterior.draws(asked).std(ddof=1))
    common = (bool(asked.modifier) and asked.within is None) or bool(cox_is_of(plan, asked))
    se = left_of_prior(posterior_sd, prior) if common else cox_se(subject.classical, asked)
    cells: dict[str, object] = {
        "endpoint": plan.rows.endpoint,
        "model": plan.spec.name,
        "term": asked.term,
        "contrast": contrast_in(asked),
        **counts(own, alone),
        "nested_in": "; ".join(nested_words(asked, tables)),
        "se_floor": floor,
        "se_cox": None if common else se,
        "posterior_sd": posterior_sd,
        "prior_sd": prior,
        "data_share": kept_share(subject, asked) if shrunk_together(plan, asked) else data_share(se, prior),
        "prior_events": events_of_se(prior),
        "events_per_parameter": own.rows.events / max(own.design.size, 1),
    }
    return {**cells, "warning": "; ".join(warnings_of(cells, asked, tables))}


def shrunk_together(plan: ModelPlan, asked: HazardRatio) -> bool:
    """Return whether a covariate is one of many shrunk together, whose prior is far from normal."""
    return plan.design.block_of(asked.term, asked.transition)[0].coding.shrinkage is not None


def kept_share(subject: Subject, asked: HazardRatio) -> float:
    """Return what shrinkage leaves of what the data say of a covariate under a horseshoe: the mean of 1 - kappa."""
    name = subject.plan.design.block_of(asked.term, asked.transition)[0].effect.name
    found = next(one for one in shrunk(subject.posterior) if one.effect == name)
    return float(1.0 - found.factors[:, found.terms.index(asked.term)].mean())


def as_number(plan: ModelPlan, asked: HazardRatio) -> bool:
    """Return whether a hazard ratio is per number: of a number, or of levels that enter by their rank."""
    return asked.per is not None or not plan.rows.covariates[asked.term].schema.categorical


def counts(plan: ModelPlan, asked: HazardRatio) -> dict[str, object]:
    """Return patients and events of both levels; of a number everyone, and nobody to compare with."""
    within = behind(asked, plan.rows) if within_of(asked, plan.rows) else ()
    if as_number(plan, asked):
        whole = within or (of_group(plan.rows, months=asked.months),)
        patients, events = sum(one.n for one in whole), sum(one.events for one in whole)
        return {"patients": patients, "events": events, "versus_patients": None, "versus_events": None}
    if within:
        return {
            f"{whose}{what}": sum(getattr(one, name) for one in groups)
            for whose, groups in (("", within[::2]), ("versus_", within[1::2]))
            for what, name in (("patients", "n"), ("events", "events"))
        }
    one, two = (of_group(plan.rows, asked.term, str(level), asked.months) for level in (asked.level, asked.versus))
    return {"patients": one.n, "events": one.events, "versus_patients": two.n, "versus_events": two.events}


def left_of_prior(posterior_sd: float, prior: float) -> float:
    """Return the standard error that turns a normal prior's SD into the posterior's: of what no likelihood has alone.

    Examples
    --------
    >>> round(left_of_prior(0.6, 1.0), 3), left_of_prior(1.1, 1.0)
    (0.75, inf)
    """
    gained = 1.0 / posterior_sd**2 - 1.0 / prior**2
    return 1.0 / math.sqrt(gained) if gained > 0.0 else math.inf


def cox_is_of(plan: ModelPlan, asked: HazardRatio) -> str:
    """Say of what Cox's hazard ratio is where it is another one than the model's; empty where it is the same."""
    if plan.spec.cure is not None:
        return "of all patients, cured or not"
    if plan.spec.background is not None:
        return "of all causes"
    moving = plan.course is not None and asked.term in plan.course.block.effect.covariates
    return "of the last value carried forward" if moving else ""


def alone(subject: Subject, asked: HazardRatio, prior_mean: float, prior_sd: float) -> tuple[float, float]:
    """Return what the data alone say of a log hazard ratio, and its error: Cox, or the posterior less its prior."""
    if not cox_is_of(subject.plan, asked):
        cox, own = subject.classical.cox, weights(asked, subject.classical.plan.design)
        se = cox_se(subject.classical, asked)
        return math.nan if math.isinf(se) else float(own @ cox.coef), se
    drawn = subject.posterior.draws(asked)
    mean, sd = float(drawn.mean()), float(drawn.std(ddof=1))
    se = left_of_prior(sd, prior_sd)
    return (math.nan, se) if math.isinf(se) else (se**2 * (mean / sd**2 - prior_mean / prior_sd**2), se)


def cox_se(classical: ClassicalFit, asked: HazardRatio) -> float:
    """Return the standard error of a contrast by multivariable Cox; infinite where there is no finite estimate."""
    found, w = classical.cox, weights(asked, classical.plan.design)
    if untold(asked, classical.plan, centres=False):
        return math.inf
    if found.problem or bool((found.infinite & (w != 0.0)).any()):
        return math.inf
    return math.sqrt(float(w @ found.covariance @ w))


def se_floor(plan: ModelPlan, asked: HazardRatio, tables: tuple[Crossed, ...]) -> float:
    """Return the smallest standard error that the cross-tables with every other factor allow; NaN of curves.

    Of an effect that changes over time the events in the months of its hazard ratio count, and no cross-table.
    """
    if as_number(plan, asked):
        plain = asked.level is None and asked.months is None and not asked.modifier
        return number_floor(plan, asked) if plain else math.nan
    if within_of(asked, plan.rows):
        alone = [one.events for one in behind(asked, plan.rows)]
    else:
        pair = (asked.level, asked.versus)
        alone = [of_group(plan.rows, asked.term, str(level), asked.months).events for level in pair]
    least = math.sqrt(sum(1.0 / events if events else math.inf for events in alone))
    crossed = () if asked.months is not None else tables
    return max([least, *(table.floor(str(asked.level), str(asked.versus)) for table in crossed)])


def number_floor(plan: ModelPlan, asked: HazardRatio) -> float:
    """Return the same of a number: no variance is larger than (m - least)(most - m), m the mean over events.

    Bhatia & Davis 2000, Am Math Mon 107:353.
    """
    values, died = plan.rows.covariates[asked.term].values, plan.rows.event > 0.0
    mean = float(np.average(values[died], weights=plan.rows.weight[died]))
    largest = (mean - float(values.min())) * (float(values.max()) - mean)
    total = float(plan.rows.weight @ plan.rows.event)
    return float(asked.per or 1.0) / math.sqrt(total * largest) if largest > 0.0 else math.inf


def data_share(se: float, prior: float) -> float:
    """Return the share of precision that is data: 1 / se^2 of the likelihood alone, beside 1 / sd^2 of the prior alone.

    Examples
    --------
    >>> data_share(0.5, 1.0), data_share(math.inf, 1.0)
    (0.8, 0.0)
    """
    return 0.0 if math.isinf(se) else prior**2 / (prior**2 + se**2)


def nested(asked: HazardRatio, tables: tuple[Crossed, ...]) -> Iterator[tuple[Crossed, str]]:
    """Yield the factors of which one level holds everybody of a level compared, and that level.

    Where one level holds both, nothing of the contrast is lost.
    """
    for table in tables:
        held = [(level, table.inside(level)) for level in (str(asked.level), str(asked.versus))]
        if held[0][1] != held[1][1]:
            yield from ((table, level) for level, inside in held if inside)


def nested_words(asked: HazardRatio, tables: tuple[Crossed, ...]) -> Iterator[str]:
    """Yield the levels of other factors inside which one of the two levels lies wholly."""
    for table, level in nested(asked, tables):
        whose = "" if level == asked.level else f"{level} in "
        yield f"{whose}{table.other} = {table.inside(level)}"


def warnings_of(cells: Row, asked: HazardRatio, tables: tuple[Crossed, ...]) -> Iterator[str]:
    """Yield what a reader must know before the hazard ratio."""
    if math.isinf(number(cells, "se_floor")) or (cells["se_cox"] is not None and math.isinf(number(cells, "se_cox"))):
        yield f"{NO_INFORMATION} in the data alone: no finite estimate; what is printed rests on the prior"
    if cells["versus_events"] is not None:
        for level, count in ((asked.level, cells["events"]), (asked.versus, cells["versus_events"])):
            if int(str(count)) < FEW_EVENTS:
                yield f"{level}: {count} event{'' if int(str(count)) == 1 else 's'}"
    for table, level in nested(asked, tables):
        yield carried_words(table, asked, level)
    if 0.0 < number(cells, "data_share") < 0.5:
        yield f"more prior than data ({100 * (1 - number(cells, 'data_share')):.0f} % of the precision is prior)"
    if number(cells, "events_per_parameter") < FEW_PER_PARAMETER:
        yield f"{number(cells, 'events_per_parameter'):.1f} events for each coefficient"


def carried_words(table: Crossed, asked: HazardRatio, level: str) -> str:
    """Say inside which level of another factor a level lies, and which patients then carry the contrast."""
    patients, events = table.carrying(str(asked.level), str(asked.versus))
    where = f"{level} lies wholly in {table.other} {table.inside(level)}"
    if not patients.all():
        return f"{where}, where nobody is {asked.versus if level == asked.level else asked.level}"
    return (
        f"{where}: {patients[0]:g} v {patients[1]:g} patients ({events[0]:g} v {events[1]:g} events) carry the contrast"
    )


def baseline_row(subject: Subject, transition: str, plan: ModelPlan) -> Row:
    """Return the row of the baseline prior, or of that of one transition, at the month about which it speaks."""
    worth = baseline_worth(plan.spec, plan.baseline, plan.rows)
    log_hazard = np.log(hazard_of(subject, transition).cumulative(np.array([worth.month]))[:, 0])
    empty = dict.fromkeys(COLUMNS, None)
    return {
        **empty,
        "endpoint": subject.plan.rows.endpoint,
        "model": plan.spec.name,
        "term": BASELINE,
        "contrast": f"log cumulative hazard at {worth.month:.4g} months{f', {transition}' if transition else ''}",
        "patients": plan.rows.n,
        "events": worth.seen,
        "nested_in": "",
        "se_floor": 1.0 / math.sqrt(worth.seen) if worth.seen else math.inf,
        "posterior_sd": float(log_hazard.std(ddof=1)),
        "prior_sd": 1.0 / math.sqrt(worth.events),
        "data_share": worth.seen / (worth.seen + worth.events),
        "prior_events": worth.events,
        "events_per_parameter": plan.rows.events / max(plan.design.size, 1),
        "warning": "",
    }


def hazard_of(subject: Subject, transition: str) -> Hazard:
    """Return the posterior's baseline hazard, of one transition where there are several."""
    hazards = subject.posterior.hazards
    if not transition or not isinstance(hazards, Stratified):
        return subject.posterior.hazard
    return hazards.strata[subject.plan.rows.transition_names.index(transition)].hazard


def information_words(rows: Rows) -> tuple[str, ...]:
    """Say what stands behind each contrast."""
    return tuple(said(row) for row in rows)


def counted(row: Row, key: str) -> str:
    """Return a number of patients or events, or its mean over reconstructions to a decimal.

    Examples
    --------
    >>> counted({"events": 12}, "events"), counted({"events": 34 / 3}, "events")
    ('12', '11.3')
    """
    return f"{round(number(row, key), 1):g}"


def said(row: Row) -> str:
    """Return a row as a sentence."""
    share = 100 * number(row, "data_share")
    if row["term"] == BASELINE:
        return (
            f"Baseline, {row['contrast']}: the prior is worth {about(number(row, 'prior_events'), 'event')}, beside "
            f"{number(row, 'events'):.3g} in the data ({share:.0f} % data)."
        )
    seen = counted(row, "events")
    groups = f"{seen} event{'' if seen == '1' else 's'} in {counted(row, 'patients')}"
    if row["versus_patients"] is not None:
        groups += f" v {counted(row, 'versus_events')} in {counted(row, 'versus_patients')}"
    warning = f" Beware: {row['warning']}." if row["warning"] else ""
    return (
        f"{row['term']} {row['contrast']}: {groups}; the prior is worth {about(number(row, 'prior_events'), 'event')}, "
        f"{share:.0f} % of the precision is data.{warning}"
    )


PART = Part(
    "information",
    "information behind each hazard ratio",
    COLUMNS,
    ("endpoint", "model", "term", "contrast"),
    information,
    information_words,
)
