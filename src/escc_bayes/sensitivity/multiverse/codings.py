"""Other defensible codings of a model's effects: levels split or merged, ranks, other cut points, numbers as numbers.

An effect's prior speaks of its last level over its first. A rank takes an equal share of it for each step, a number in
standard deviations half of it (the two ends of a scale lie about two SDs apart), classes of a continuous covariate the
distance between their middles.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from escc_bayes.data.cohort import Cohort
from escc_bayes.data.recode import as_numbers, cut_anew, merged, with_covariate
from escc_bayes.foundation.errors import EsccBayesError
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.prior import HalfNormal, Normal
from escc_bayes.spec.structures.protocol import Structure
from escc_bayes.spec.structures.registry import Fixed, Linear

# Pairs of levels that are merged, at most.
MOST_MERGED = 6


@dataclass(frozen=True, slots=True)
class Recoded:
    """One other coding of one effect.

    Attributes
    ----------
    words : such as ``stage: II v III+IV``.
    cohort : with the covariates recoded.
    effects : what stands in the effect's place.
    members : for each covariate and new level, the old levels in it; empty where levels do not correspond.
    cuts : where numbers were cut, in words.
    turned : covariates whose numbers run from the last level to the first: their hazard ratio is per step down.
    """

    words: str
    cohort: Cohort
    effects: tuple[Structure, ...]
    members: dict[str, dict[str, tuple[str, ...]]]
    turned: tuple[str, ...] = ()
    cuts: str = ""


def codings(cohort: Cohort, effect: Structure) -> Iterator[Recoded]:
    """Yield the other codings of an effect; all its covariates are coded alike."""
    schemas = [cohort.covariate(name).schema for name in effect.covariates]
    if not effect.unshrunk():
        return
    first = schemas[0]
    alike = all(schema.categorical and schema.levels == first.levels for schema in schemas)
    if alike and len(first.levels) > 2:
        yield from merges(cohort, effect, first.levels, ordered=first.kind == "ordered")
        if first.kind == "ordered":
            yield by_rank(effect, cohort, len(first.levels))
    if all(has_numbers(cohort, name) for name in effect.covariates):
        yield from other_cuts(cohort, effect)


def has_numbers(cohort: Cohort, name: str) -> bool:
    """Return whether a covariate is a number, or was one before it was cut."""
    data = cohort.covariate(name)
    return not data.schema.categorical or data.measured is not None


def merges(cohort: Cohort, effect: Structure, levels: tuple[str, ...], *, ordered: bool) -> Iterator[Recoded]:
    """Yield every split of ordered levels in two, or every merge of two levels of nominal ones."""
    found: list[tuple[tuple[str, ...], ...]]
    if ordered:
        found = [(levels[:cut], levels[cut:]) for cut in range(1, len(levels))]
    else:
        pairs = list(combinations(range(len(levels)), 2))[:MOST_MERGED]
        found = [tuple(merged_pair(levels, pair)) for pair in pairs]
    for groups in found:
        named = {"+".join(group): group for group in groups}
        changed = cohort
        for name in effect.covariates:
            changed = merged(changed, name, named)
        members = {name: dict(named) for name in effect.covariates}
        yield Recoded(f"{effect.name}: {' v '.join(named)}", changed, fitting(effect, changed), members)


def merged_pair(levels: tuple[str, ...], pair: tuple[int, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the levels with two of them in one group, at the place of the first."""
    for place, level in enumerate(levels):
        if place == pair[0]:
            yield tuple(levels[i] for i in pair)
        elif place != pair[1]:
            yield (level,)


def by_rank(effect: Structure, cohort: Cohort, levels: int) -> Recoded:
    """Return ordered levels as ranks 0, 1, .. with one log hazard ratio for each step."""
    prior = shared(effect_prior(effect), 1.0 / (levels - 1))
    effects = tuple(Linear(name, (name,), prior) for name in effect.covariates)
    return Recoded(f"{effect.name}: by rank", cohort, effects, {})


def other_cuts(cohort: Cohort, effect: Structure) -> Iterator[Recoded]:
    """Yield cuts at the median and at the tertiles of the numbers, and the numbers themselves, per SD."""
    for words, shares in (("cut at the median", (0.5,)), ("cut at the tertiles", (1 / 3, 2 / 3))):
        changed, said, distance = cohort, [], []
        try:
            for name in effect.covariates:
                numbers = as_numbers(cohort, name)
                known = numbers.values[~np.isnan(numbers.values)]
                cuts = np.unique(np.quantile(known, shares))
                changed = cut_anew(changed, name, cuts.tolist())
                said.append(", ".join(f"{cut:.3g}" for cut in cuts))
                distance.append(ends_apart(known, cuts) / numbers.schema.scale)
        except EsccBayesError:
            # Tied numbers: a class would hold nobody.
            continue
        was_number = not cohort.covariate(effect.covariates[0]).schema.categorical
        effects = in_levels(effect, distance[0]) if was_number else fitting(effect, changed)
        cut = "; ".join(said)
        yield Recoded(f"{effect.name}: {words}", changed, effects, {}, cuts=cut)
    if cohort.covariate(effect.covariates[0]).schema.categorical:
        yield as_measured(cohort, effect)


def ends_apart(values: FloatArray, cuts: FloatArray) -> float:
    """Return the distance between the means of the first and the last class."""
    return float(values[values >= cuts[-1]].mean() - values[values < cuts[0]].mean())


def in_levels(effect: Structure, distance: float) -> tuple[Structure, ...]:
    """Return the effect of the levels that a number was cut into, their ends ``distance`` scales apart."""
    return (Fixed(effect.name, effect.covariates, shared(effect_prior(effect), distance)),)


def as_measured(cohort: Cohort, effect: Structure) -> Recoded:
    """Return classes as the numbers that they were cut from, with log hazard ratios per SD towards the last level."""
    changed, turned, effects = cohort, [], []
    for name in effect.covariates:
        known = cohort.covariate(name).schema
        changed = with_covariate(changed, name, as_numbers(cohort, name))
        down = known.levels[0] == known.classes[-1]
        turned += [name] if down else []
        prior = shared(effect_prior(effect), -0.5 if down else 0.5)
        effects.append(Linear(name, (name,), prior))
    return Recoded(f"{effect.name}: as measured, per SD", changed, tuple(effects), {}, tuple(turned))


def fitting(effect: Structure, changed: Cohort) -> tuple[Structure, ...]:
    """Return the effect, or free effects of its covariates where its structure does not take what they have become."""
    kinds = {changed.covariate(name).schema.kind for name in effect.covariates}
    if kinds <= set(effect.KINDS):
        return (effect,)
    return tuple(Fixed(name, (name,), effect_prior(effect)) for name in effect.covariates)


def effect_prior(effect: Structure) -> Normal:
    """Return a normal on the log hazard ratio of the last level over the first, or per scale of a number.

    That of the effect, or about 0 with the scale of its half-normal. A prior from evidence counts with mean and SD.
    """
    prior = getattr(effect, "prior", None)
    if isinstance(prior, Normal):
        return prior
    if prior is not None:
        weights, means, sds = np.array(prior.components).T
        mean = float(weights @ means)
        return Normal(mean, float(np.sqrt(weights @ (sds**2 + (means - mean) ** 2))))
    sd = getattr(effect, "sd", None)
    return Normal(0.0, sd.sd if isinstance(sd, HalfNormal) else 1.0)


def shared(prior: Normal, factor: float) -> Normal:
    """Return the prior of a multiple of the log hazard ratio."""
    return replace(prior, mean=prior.mean * factor, sd=prior.sd * abs(factor))
