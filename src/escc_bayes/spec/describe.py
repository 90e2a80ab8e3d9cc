"""A model in sentences: outcome, clock, patients, baseline, effects and priors, for readers who do not read TOML."""

import math

from escc_bayes.foundation.sentence import capital, counted
from escc_bayes.spec.baseline import PiecewisePrior, WeibullPrior
from escc_bayes.spec.baseline_worth import baseline_worth
from escc_bayes.spec.design import Block
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.prior import Z975, Gamma, Normal, SurvivalStatement
from escc_bayes.spec.request import PiecewiseBaseline
from escc_bayes.spec.whom import whom


def describe(plan: ModelPlan) -> tuple[str, ...]:
    """Return the model card: one or two sentences for each part of a model.

    Parameters
    ----------
    plan : from ``make_plan``.

    Returns
    -------
    Outcome and clock; who was analysed; baseline and its prior; whom it describes; each effect; likelihood; notes.

    Examples
    --------
    >>> import escc_bayes as eb
    >>> from escc_bayes.spec.plan import make_plan
    >>> describe(make_plan(eb.load_spec("larynx_piecewise"), eb.example_cohort("larynx")))[0]
    'Outcome: os, in months from time zero.'
    """
    return (
        f"Outcome: {plan.rows.endpoint}, in months from {plan.rows.clock}.",
        plan.rows.sentence(),
        baseline_sentence(plan),
        whom_sentence(plan),
        prior_sentence(plan),
        *(block.effect.words(block.coding, plan.design.schemas) + shared_words(block) for block in plan.design.blocks),
        likelihood_sentence(plan),
        *(f"Information of another source: {one.words()}." for one in plan.spec.external),
        *background_sentences(plan),
        *cure_sentences(plan),
        *plan.notes,
    )


def background_sentences(plan: ModelPlan) -> tuple[str, ...]:
    """Say what a life table explains, and how many deaths it expects of these patients."""
    known, background, rows = plan.expected, plan.spec.background, plan.rows
    if known is None or background is None:
        return ()
    until, before = (known[0].cumulative_at(known[1], month[None])[0] for month in (rows.time, rows.entry))
    expected = float(rows.weight @ (until - before))
    said = background.words()
    return (
        f"{capital(said)}. In their follow-up {expected:.1f} deaths are expected of these {rows.n} "
        f"patients, and {counted(rows.events, 'event')} {'was' if rows.events == 1 else 'were'} seen.",
    )


def cure_sentences(plan: ModelPlan) -> tuple[str, ...]:
    """Say that some are cured, and of whom baseline and effects are."""
    if plan.spec.cure is None:
        return ()
    return (
        f"Cure: {plan.spec.cure.words()}; baseline, its prior and hazard ratios are those of the others, survival, "
        "medians and restricted means those of all.",
    )


def baseline_sentence(plan: ModelPlan) -> str:
    """Say the form of the baseline hazard and how it is smoothed."""
    prior, asked, word = plan.baseline, plan.spec.baseline, what_has_a_baseline(plan)
    within = strata_words(prior, word)
    if isinstance(prior, WeibullPrior):
        shape = range_words(prior.log_shape)
        return (
            f"Baseline hazard{within}: Weibull, cumulative hazard "
            f"H(t) = exp(b0) (t / {counted(prior.reference_time, 'month')})^k; "
            f"shape k {shape} (1: constant hazard; above 1: rising)."
        )
    assert isinstance(asked, PiecewiseBaseline)
    cuts = ", ".join(f"{c:.3g}" for c in prior.cuts)
    form = f"constant within {prior.pieces} pieces, cut at {cuts} months" if cuts else "constant"
    if prior.sd is None:
        return f"Baseline hazard{within}: {form}; the rates are independent of each other."
    growth = "a year between midpoints" if asked.steps == "length" else "one piece to the next"
    steps = f"SD of the step over {growth}: {prior.sd.words()}"
    shared = f", in common to every {word}" if within else ""
    return f"Baseline hazard{within}: {form}; the log rates follow a random walk; {steps}{shared}."


def what_has_a_baseline(plan: ModelPlan) -> str:
    """Return what each baseline is of, where there are several: a stratum, a transition, an endpoint, or both."""
    if plan.rows.transitions is None:
        return "stratum"
    word = "endpoint" if plan.rows.marginal else "transition"
    return f"stratum of {plan.rows.strata} and {word}" if plan.rows.within else word


def strata_words(prior: PiecewisePrior | WeibullPrior, word: str) -> str:
    """Say that each stratum, or transition, has a baseline of its own; nothing where there is one."""
    return f", one of its own with the same prior in each {word} ({', '.join(prior.strata)})" if prior.strata else ""


def shared_words(block: Block) -> str:
    """Say for which transitions an effect has one coefficient; nothing where it has one in each, or there are none."""
    one = len(block.within) > 1 and not block.coding.copies
    return f" One coefficient for {' and '.join(block.within)}." if one else ""


def whom_sentence(plan: ModelPlan) -> str:
    """Say whom the baseline describes."""
    if plan.spec.baseline.at == "mean":
        held = any(block.coding.segments for block in plan.design.blocks)
        but = ", but those whose effect changes over time" if held else ""
        return f"The baseline and its prior describe {whom(plan)}: columns are centred at their means{but}."
    parts = []
    for block in plan.design.blocks:
        for name, levels in zip(block.effect.covariates, block.levels, strict=True):
            parts.append(f"{name}: {reference_words(block, name, levels, plan)}")
    return f"The baseline and its prior describe the reference patient: {', '.join(parts) or 'no covariates'}."


def reference_words(block: Block, name: str, levels: tuple[str, ...], plan: ModelPlan) -> str:
    """Say where a covariate stands for the reference patient."""
    if block.full:
        return "an average level"
    return levels[0] if levels else f"{plan.design.schemas[name].center:g}"


def prior_sentence(plan: ModelPlan) -> str:
    """Say the prior on the baseline in clinical words, and in numbers."""
    asked, prior = plan.spec.baseline, plan.baseline
    numbers, worth = level_words(prior), baseline_worth(plan.spec, prior, plan.rows).words()
    if not isinstance(asked.prior, SurvivalStatement):
        return f"Prior on the baseline: {numbers}; {worth}."
    said = asked.prior
    return (
        f"Prior on the baseline: survival at {counted(said.at, 'month')} has median {100 * said.median:g} % and "
        "2.5 % point "
        f"{100 * said.lower:g} %; that is, {numbers}; {worth}."
    )


def level_words(prior: PiecewisePrior | WeibullPrior) -> str:
    """Say the prior on the level of the baseline in numbers."""
    if isinstance(prior, WeibullPrior):
        return f"b0 normal with mean {prior.level.mean:.2f} and SD {prior.level.sd:.2f}"
    if isinstance(prior.level, Gamma):
        gamma = prior.level
        return f"each rate gamma with shape {gamma.shape:g} (events) and rate {gamma.rate:g} (person-months)"
    which = "the rate in the first piece" if prior.sd is not None else "each rate"
    return f"{which} {range_words(prior.level, digits=4)} events per month"


def range_words(prior: Normal, *, digits: int = 2) -> str:
    """Say the exponential of a normal as median and 95 % range."""
    low, middle, high = (math.exp(prior.mean + z * prior.sd) for z in (-Z975, 0.0, Z975))
    return f"with prior median {middle:.{digits}f} and 95 % prior interval {low:.{digits}f} to {high:.{digits}f}"


def likelihood_sentence(plan: ModelPlan) -> str:
    """Say which patients count how."""
    parts = ["right censoring"]
    late = int((plan.rows.one_each.entry > 0.0).sum())
    if late:
        parts.append(f"delayed entry of {late} patients")
    if plan.rows.left is not None:
        planned = plan.spec.outcome.visits
        parts.append(f"{plan.rows.interval_words()}" + (f" ({planned.words()})" if planned is not None else ""))
    if (plan.rows.weight != 1.0).any():
        parts.append("sampling weights that sum to the number of patients")
    changing = [block.effect.name for block in plan.design.blocks if block.coding.segments]
    form = f"Proportional hazards but for {' and '.join(changing)}" if changing else "Proportional hazards"
    return f"{form}; likelihood with {', '.join(parts)}."
