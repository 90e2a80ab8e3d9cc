"""The specifications of a multiverse of several transitions: clocks, codings, covariates, baselines and priors.

A covariate is coded alike in every transition in which it acts, and an effect keeps its transitions. Every clock after
progression is crossed with every coding and covariate set; other baselines and priors are tried one at a time, under
the model's own clock. docs/methods/multiverse.md.
"""

from collections.abc import Iterator
from dataclasses import replace

from escc_bayes.data.cohort import Cohort
from escc_bayes.sensitivity.multiverse.codings import Recoded, codings
from escc_bayes.sensitivity.multiverse.specifications import (
    Specification,
    ends_of,
    other_baselines,
    other_priors,
    possible,
)
from escc_bayes.spec.model import ModelSpec, with_key
from escc_bayes.spec.structures.protocol import Structure, acts_across
from escc_bayes.spec.transitions import CLOCKS, IllnessDeath


def state_specifications(spec: ModelSpec, cohort: Cohort) -> tuple[Specification, ...]:
    """Return the specifications of a model of several transitions, the model itself first."""
    found: list[Specification] = []
    for base in clocks(Specification(spec, cohort, ends=ends_of(cohort))):
        found += [base, *recoded(base), *covariate_sets(base)]
    base = found[0]
    found += [*other_baselines(base), *other_priors(base)]
    return tuple(one for one in found if possible(one))


def clocks(base: Specification) -> Iterator[Specification]:
    """Yield the specification, and with the other clock after progression."""
    yield base
    states = base.spec.outcome.states
    if isinstance(states, IllnessDeath):
        other = next(clock for clock in CLOCKS if clock != states.clock)
        changed = replace(base.spec.outcome, states=replace(states, clock=other))
        yield replace(base, spec=replace(base.spec, outcome=changed), baseline=f"clock {other} after progression")


def recoded(base: Specification) -> Iterator[Specification]:
    """Yield the specification with a covariate coded otherwise, in every effect that it has."""
    effects = base.spec.effects
    for first, effect in enumerate(effects):
        alike = [k for k, other in enumerate(effects) if other.covariates == effect.covariates]
        shared = any(
            set(other.covariates) & set(effect.covariates) for k, other in enumerate(effects) if k not in alike
        )
        if alike[0] < first or shared or any(acts_across(effects[k]) for k in alike):
            continue
        for coded in zip(*(codings(base.cohort, effects[k]) for k in alike), strict=False):
            yield with_codings(base, dict(zip(alike, coded, strict=True)))


def with_codings(base: Specification, coded: dict[int, Recoded]) -> Specification:
    """Return the specification with the effects at some places coded otherwise; each keeps its transitions."""
    effects: list[Structure] = []
    within: list[tuple[str, ...]] = []
    for place, (effect, own) in enumerate(zip(base.spec.effects, base.spec.transitions, strict=True)):
        new = coded[place].effects if place in coded else (effect,)
        # One effect in another's place keeps its name, as two of one covariate need names of their own.
        effects += [with_key(one, "name", effect.name if len(new) == 1 else f"{effect.name}_{one.name}") for one in new]
        within += [own] * len(new)
    first = next(iter(coded.values()))
    return replace(
        base,
        spec=replace(base.spec, effects=tuple(effects), transitions=tuple(within)),
        cohort=first.cohort,
        coding=f"{', '.join(base.spec.effects[min(coded)].covariates)}: {first.words.partition(': ')[2]}",
        members=first.members,
        turned=first.turned,
        recoded=tuple(name for place in coded for name in base.spec.effects[place].covariates),
        cuts=first.cuts,
    )


def covariate_sets(base: Specification) -> Iterator[Specification]:
    """Yield the specification with one covariate alone, and without each, in all transitions."""
    effects = base.spec.effects
    sets = tuple(dict.fromkeys(effect.covariates for effect in effects))
    for names in sets if len(sets) > 1 else ():
        word = ", ".join(names)
        yield with_places(base, [k for k, one in enumerate(effects) if one.covariates == names], f"{word} alone")
        yield with_places(base, [k for k, one in enumerate(effects) if one.covariates != names], f"without {word}")


def with_places(base: Specification, places: list[int], words: str) -> Specification:
    """Return the specification with some of its effects."""
    effects = tuple(base.spec.effects[k] for k in places)
    within = tuple(base.spec.transitions[k] for k in places)
    return replace(base, spec=replace(base.spec, effects=effects, transitions=within), covariates=words)
