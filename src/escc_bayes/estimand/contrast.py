"""From a hazard ratio asked for to the weights on the coefficients that give its logarithm."""

import math
from dataclasses import replace

import numpy as np

from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.foundation.checks import suggestion
from escc_bayes.foundation.errors import EstimandError
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.design import Block, Design
from escc_bayes.spec.structures.protocol import Contrast, Crossing, Curve


def complete(asked: HazardRatio, design: Design) -> HazardRatio:
    """Return the hazard ratio with reference level and units filled in.

    Raises
    ------
    EstimandError : the model lacks the term or the level, or the form does not fit the covariate.
    """
    asked = in_transition(asked, design)
    block, place = design.block_of(asked.term, asked.transition)
    asked = in_months(asked, block)
    asked = in_levels(asked, block)
    if block.coding.curve is not None:
        return complete_on_curve(asked, block.coding.curve)
    if not block.levels[place]:
        if asked.level is not None or asked.versus is not None:
            raise EstimandError(f"'{asked.term}' enters as a number; ask for HazardRatio('{asked.term}', per=...)")
        schema = design.schemas[asked.term]
        return replace(asked, per=asked.per if asked.per is not None else schema.scale)
    levels = block.levels[place]
    if asked.per is not None or asked.level is None:
        raise EstimandError(f"'{asked.term}' has levels {', '.join(levels)}; ask for one versus another")
    versus = asked.versus if asked.versus is not None else levels[0]
    for level in (asked.level, versus):
        if level not in levels:
            raise EstimandError(f"'{asked.term}' has no level '{level}' in the model; {suggestion(level, levels)}")
    if asked.level == versus:
        raise EstimandError(f"'{asked.term}': a level has no hazard ratio versus itself ('{versus}')")
    return replace(asked, versus=versus)


def in_levels(asked: HazardRatio, block: Block) -> HazardRatio:
    """Return the hazard ratio with the covariate that it differs with in the model; without one where it does not.

    Raises
    ------
    EstimandError : it differs with one, and no level of it is named, or one that it does not have.
    """
    crossing, term = block.coding.crossing, asked.term
    if crossing is None:
        if asked.within is not None or asked.within_versus is not None:
            raise EstimandError(
                f"the hazard ratio of '{term}' does not differ with another covariate in this model; leave within away"
            )
        return replace(asked, modifier="")
    modifier = crossing.modifier
    if asked.modifier not in ("", modifier):
        raise EstimandError(f"the hazard ratio of '{term}' differs with '{modifier}', not with '{asked.modifier}'")
    shown = crossing.levels[-1] if crossing.levels else f"{crossing.center:g}"
    if asked.within is None and (asked.within_versus is not None or not (crossing.common or crossing.alone)):
        raise EstimandError(
            f"the hazard ratio of '{term}' differs with '{modifier}' in this model; ask for it in a level or at a "
            f"value, as in HazardRatio('{term}', .., within='{shown}')"
        )
    for word in (asked.within, asked.within_versus):
        if word is not None:
            check_within(word, crossing)
    if asked.within is not None and asked.within == asked.within_versus:
        raise EstimandError(f"'{term}': a hazard ratio has no ratio to itself ({modifier} {asked.within})")
    return replace(asked, modifier=modifier)


def check_within(word: str, crossing: Crossing) -> None:
    """Raise ``EstimandError`` unless a word is a level of the modifier, or a number where it is one."""
    if not crossing.levels:
        value_of(crossing.modifier, word)
    elif word not in crossing.levels:
        raise EstimandError(
            f"'{crossing.modifier}' has no level '{word}' in the model; {suggestion(word, crossing.levels)}"
        )


def complete_on_curve(asked: HazardRatio, curve: Curve) -> HazardRatio:
    """Return the hazard ratio of two values of a number, written as words; the second absent: ``center``."""
    if asked.per is not None or asked.level is None:
        high, low = curve.shown
        raise EstimandError(
            f"the log hazard ratio of '{asked.term}' is a curve; ask for one value over another, as in "
            f"HazardRatio('{asked.term}', '{high:g}', '{low:g}')"
        )
    versus = f"{curve.center:g}" if asked.versus is None else asked.versus
    if value_of(asked.term, asked.level) == value_of(asked.term, versus):
        raise EstimandError(f"'{asked.term}': a value has no hazard ratio versus itself ({versus})")
    return replace(asked, versus=versus)


def value_of(term: str, word: str) -> float:
    """Return the number that stands for a value of a covariate."""
    try:
        found = float(word)
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise EstimandError(f"'{term}' is a number; '{word}' is none")
    return found


def in_transition(asked: HazardRatio, design: Design) -> HazardRatio:
    """Return the hazard ratio with its transition, where a model has several and the term acts in one alone.

    Raises
    ------
    EstimandError : the model lacks the term, or the term does not act in the transition, or in several, and none is
        named.
    """
    located(asked.term, design)
    acting = [name for b in design.blocks if asked.term in b.effect.covariates for name in b.within]
    if not acting and not asked.transition:
        return asked
    if not acting:
        raise EstimandError(f"the model has no transitions; ask for HazardRatio('{asked.term}', ..) without one")
    if asked.transition in acting:
        # The name as the model has it, which knows whether it is of an endpoint.
        return replace(asked, transition=acting[acting.index(asked.transition)])
    if not asked.transition and len(acting) == 1:
        return replace(asked, transition=acting[0])
    if not asked.transition:
        raise EstimandError(
            f"'{asked.term}' has a hazard ratio in each transition; ask for one, as in HazardRatio('{asked.term}', .., "
            f"transition='{acting[0]}'); it acts in {', '.join(acting)}"
        )
    raise EstimandError(f"'{asked.term}' does not act in '{asked.transition}'; it acts in {', '.join(acting)}")


def beyond_knots(asked: HazardRatio, design: Design) -> str:
    """Say that a value lies beyond the data's outer knots, and how the curve goes on there."""
    curve = design.block_of(asked.term, asked.transition)[0].coding.curve
    if curve is None:
        return ""
    low, high = curve.within
    values = (value_of(asked.term, str(word)) for word in (asked.level, asked.versus))
    far = [f"{value:g}" for value in values if not low <= value <= high]
    return f"{' and '.join(far)} beyond the knots {low:g} to {high:g}: {curve.beyond}" if far else ""


def in_months(asked: HazardRatio, block: Block) -> HazardRatio:
    """Return the hazard ratio with the months in which it holds; none where it is the same at all times.

    Raises
    ------
    EstimandError : it changes over time, and neither a month nor months that the model has are given.
    """
    spans = block.coding.spans
    if len(spans) == 1:
        return replace(asked, months=None)
    if asked.at is not None:
        at = asked.at
        return replace(asked, months=next(span for span in spans if at <= span[1]))
    if asked.months in spans:
        return asked
    cuts = ", ".join(f"{cut:g}" for cut in block.coding.segments)
    raise EstimandError(
        f"the hazard ratio of '{asked.term}' changes over time in this model, at {cuts} months; ask for it at a month, "
        f"as in HazardRatio('{asked.term}', .., at={spans[0][1]:g})"
    )


def located(term: str, design: Design) -> tuple[Block, int]:
    """Return block and place of a term; raise ``EstimandError`` if the model lacks it."""
    known = [name for block in design.blocks for name in block.effect.covariates]
    if term not in known:
        raise EstimandError(f"the model has no term '{term}'; {suggestion(term, known)}")
    return design.block_of(term)


def weights(asked: HazardRatio, design: Design) -> FloatArray:
    """Return w (p,) such that the log hazard ratio is coefficients @ w."""
    asked = complete(asked, design)
    block, place = design.block_of(asked.term, asked.transition)
    segment = 0 if asked.months is None else block.coding.spans.index(asked.months)
    inside = design.coefficients_of(asked.term, segment, asked.transition)
    w = np.zeros(design.size)
    if block.coding.crossing is not None:
        w[block.coefficients] = crossed_weights(asked, block, design)
        return w
    if block.coding.curve is not None:
        values = np.array([value_of(asked.term, str(word)) for word in (asked.level, asked.versus)])
        at = block.coding.curve.columns(values)
        w[inside] = at[0] - at[1]
        return w
    if asked.per is not None:
        w[inside.start] = asked.per / design.schemas[asked.term].scale
        return w
    levels = block.levels[place]
    for level, sign in ((asked.level, 1.0), (asked.versus, -1.0)):
        index = levels.index(str(level)) - (0 if block.full else 1)
        if index >= 0:
            w[inside.start + index] += sign
    return w


def crossed_weights(asked: HazardRatio, block: Block, design: Design) -> FloatArray:
    """Return the weights (width,) of a hazard ratio, or of a ratio of two, on the columns of a crossed effect."""
    crossing, coding = block.coding.crossing, block.coding
    assert crossing is not None
    if asked.per is not None:
        base = np.array([asked.per / design.schemas[asked.term].scale])
    else:
        whole = np.eye(len(coding.levels[0]))[:, 1:]
        place = coding.levels[0].index
        base = whole[place(str(asked.level))] - whole[place(str(asked.versus))]
    found = one_within(asked.within, base, crossing)
    return found if asked.within_versus is None else found - one_within(asked.within_versus, base, crossing)


def one_within(word: str | None, base: FloatArray, crossing: Crossing) -> FloatArray:
    """Return the columns (width,) of a contrast of the covariate's own columns, in a level or at a value, or common."""
    if word is None:
        return np.array([base[j] if level is None else 0.0 for j, level in crossing.parts])
    return np.asarray(crossing.columns(base[None], np.array([crossing.value_of(word)]))[0])


def standard_contrasts(design: Design) -> tuple[HazardRatio, ...]:
    """Return the hazard ratios that tables show: every level against the reference, every number per its scale."""
    return tuple(asked for block in design.blocks for asked in contrasts_of(block, design))


def contrasts_of(block: Block, design: Design) -> tuple[HazardRatio, ...]:
    """Return the hazard ratios that tables show of one effect, in each transition in which it acts."""
    shown = block.effect.contrasts(block.coding)
    return tuple(complete(asked_of(one, name), design) for name in block.within or ("",) for one in shown)


def asked_of(one: Contrast, transition: str) -> HazardRatio:
    """Return a contrast of a structure as the hazard ratio asked for, in a transition."""
    return HazardRatio(
        one.term,
        one.level,
        one.versus,
        months=one.months,
        transition=transition,
        within=one.within,
        within_versus=one.within_versus,
    )
