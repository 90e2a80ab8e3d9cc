"""The specifications of a multiverse: what could as well have been decided otherwise, from a schema and a model.

Every endpoint and landmark is crossed with every coding and every covariate set (one changed at a time). Posteriors
are made of each at the model's own landmark, and of other landmarks, baselines and priors one at a time.
docs/methods/multiverse.md. Steegen et al. 2016, Perspect Psychol Sci 11:702; Simonsohn, Simmons & Nelson 2020, Nat Hum
Behav 4:1208.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from escc_bayes.data.cohort import Cohort
from escc_bayes.data.landmark import restart_clock
from escc_bayes.sensitivity.multiverse.codings import Recoded, codings, effect_prior
from escc_bayes.spec.model import ModelSpec, with_key
from escc_bayes.spec.prior import HalfNormal, Normal, SurvivalStatement
from escc_bayes.spec.request import Outcome, PiecewiseBaseline, WeibullBaseline
from escc_bayes.spec.structures.protocol import Structure
from escc_bayes.spec.structures.registry import Fixed, Linear

# Events that an endpoint must have, after the landmark, to be a question of its own.
FEWEST_EVENTS = 10
# A later landmark, months after the model's own.
LATER = 3.0
OWN, FULL = "as in the model", "all of the model"
# Prior on the log shape of a Weibull baseline put in the place of a piecewise one, and pieces and steps the other way.
LOG_SHAPE, PIECES, STEP = Normal(0.0, 0.5), 4, HalfNormal(0.5)


@dataclass(frozen=True, slots=True)
class Specification:
    """One way to analyse a cohort.

    Attributes
    ----------
    spec, cohort : the model and its data, recoded.
    coding, covariates, baseline, prior : in words; ``as in the model`` where nothing is changed.
    members, turned : of a recoding (``Recoded``).
    recoded : the covariates that are coded otherwise than in the model.
    cuts : where numbers were cut, in words.
    ends : of each covariate with ordered levels, its last and its first, as the schema has them.
    posterior : whether the posterior is computed beside Cox.
    classical : whether Cox is; a change of prior or baseline does not touch it.
    """

    spec: ModelSpec
    cohort: Cohort
    coding: str = OWN
    covariates: str = FULL
    baseline: str = OWN
    prior: str = OWN
    members: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    turned: tuple[str, ...] = ()
    recoded: tuple[str, ...] = ()
    cuts: str = ""
    ends: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    posterior: bool = True
    classical: bool = True


def specifications(spec: ModelSpec, cohort: Cohort, *, thorough: bool = False) -> tuple[Specification, ...]:
    """Return the specifications of a multiverse, the model itself first.

    Parameters
    ----------
    spec, cohort : the model and the patients.
    thorough : posteriors at every landmark too.
    """
    found: list[Specification] = []
    for outcome in outcomes(spec, cohort):
        own_clock = (outcome.landmark, outcome.naive) == (spec.outcome.landmark, spec.outcome.naive)
        base = Specification(replace(spec, outcome=outcome), cohort, ends=ends_of(cohort))
        for one in (base, *recoded(base), *covariate_sets(base)):
            if possible(one):
                found.append(replace(one, posterior=own_clock or thorough or one is base))
        if own_clock:
            found += [one for one in (*other_baselines(base), *other_priors(base)) if possible(one)]
    return tuple(found)


def ends_of(cohort: Cohort) -> dict[str, tuple[str, str]]:
    """Return the last and the first level of each covariate whose levels are ordered, or two."""
    schemas = {name: data.schema for name, data in cohort.covariates.items()}
    return {n: (s.levels[-1], s.levels[0]) for n, s in schemas.items() if s.kind in ("ordered", "binary")}


def outcomes(spec: ModelSpec, cohort: Cohort) -> Iterator[Outcome]:
    """Yield endpoints with enough events, each from the model's own clock, the earliest sound one and a later one."""
    for endpoint in (spec.outcome.endpoint, *(e for e in cohort.endpoints if e != spec.outcome.endpoint)):
        own = replace(spec.outcome, endpoint=endpoint)
        for outcome in dict.fromkeys((own, *other_clocks(own, spec, cohort))):
            if events_after(cohort, outcome) >= FEWEST_EVENTS:
                yield outcome


def other_clocks(own: Outcome, spec: ModelSpec, cohort: Cohort) -> Iterator[Outcome]:
    """Yield the earliest landmark at which all covariates are known, a later one, and time zero."""
    known = max((latest_known(cohort, name) for name in spec.covariates), default=0.0)
    late = own.landmark if own.landmark is not None else known
    for landmark in (known, late + LATER, None):
        yield Outcome(own.endpoint, landmark or None)


def latest_known(cohort: Cohort, name: str) -> float:
    """Return the month by which everybody's value is known."""
    return float(cohort.covariate(name).known_at.max())


def events_after(cohort: Cohort, outcome: Outcome) -> float:
    """Return how many events lie after the landmark."""
    data = cohort.endpoint(outcome.endpoint)
    if outcome.landmark is not None:
        data = restart_clock(data, outcome.landmark).data
    return float(data.events)


def possible(one: Specification) -> bool:
    """Return whether every covariate is known when the clock starts, or the specification says that it is naive."""
    start = one.spec.outcome.landmark or 0.0
    return one.spec.outcome.naive or all(latest_known(one.cohort, name) <= start for name in one.spec.covariates)


def recoded(base: Specification) -> Iterator[Specification]:
    """Yield the specification with one effect coded otherwise."""
    for place, effect in enumerate(base.spec.effects):
        for coding in codings(base.cohort, effect):
            yield with_coding(base, place, coding)


def with_coding(base: Specification, place: int, coding: Recoded) -> Specification:
    """Return the specification with the effect at a place coded otherwise."""
    effects = base.spec.effects
    changed = (*effects[:place], *coding.effects, *effects[place + 1 :])
    return replace(
        base,
        spec=replace(base.spec, effects=changed),
        cohort=coding.cohort,
        coding=coding.words,
        members=coding.members,
        turned=coding.turned,
        recoded=effects[place].covariates,
        cuts=coding.cuts,
    )


def covariate_sets(base: Specification) -> Iterator[Specification]:
    """Yield each effect alone, all but one, one covariate of several in an effect, and one more of the cohort.

    None that changes during follow-up is added: outcomes of whole patients are no longer exchangeable with it.
    """
    effects = base.spec.effects
    for place, effect in enumerate(effects):
        if len(effects) > 1:
            yield with_effects(base, (effect,), f"{effect.name} alone")
            yield with_effects(base, (*effects[:place], *effects[place + 1 :]), f"without {effect.name}")
        for name in effect.covariates if len(effect.covariates) > 1 else ():
            one = Fixed(name, (name,), effect_prior(effect))
            yield with_effects(base, (*effects[:place], one, *effects[place + 1 :]), f"of {effect.name}, {name} only")
    for name, data in base.cohort.covariates.items():
        if name not in base.spec.covariates and not data.schema.changes:
            yield with_effects(base, (*effects, added(base.cohort, name)), f"with {name}")


def with_effects(base: Specification, effects: tuple[Structure, ...], words: str) -> Specification:
    """Return the specification with other effects."""
    return replace(base, spec=replace(base.spec, effects=effects), covariates=words)


def added(cohort: Cohort, name: str) -> Structure:
    """Return a free effect of a covariate that the model leaves out, with a neutral prior (95 % within 1/4 to 4)."""
    prior = Normal(0.0, 0.7)
    return Fixed(name, (name,), prior) if cohort.covariate(name).schema.categorical else Linear(name, (name,), prior)


def other_baselines(base: Specification) -> Iterator[Specification]:
    """Yield the specification with a Weibull, a constant and a coarser piecewise baseline, whichever it has not."""
    own = base.spec.baseline
    if isinstance(own, PiecewiseBaseline):
        if isinstance(own.prior, SurvivalStatement):
            yield with_baseline(base, WeibullBaseline(own.prior.at, own.at, own.prior, LOG_SHAPE), "Weibull")
        yield with_baseline(base, replace(own, cuts=(), pieces=1, smoothing="independent", sd=None), "constant hazard")
        if len(own.cuts) > 1:
            yield with_baseline(base, replace(own, cuts=own.cuts[1::2]), f"{len(own.cuts[1::2]) + 1} pieces")
    else:
        smooth = PiecewiseBaseline((), PIECES, own.at, "random_walk", "length", STEP, own.prior)
        if isinstance(own.prior, SurvivalStatement):
            yield with_baseline(base, smooth, f"{PIECES} pieces")


def with_baseline(base: Specification, baseline: PiecewiseBaseline | WeibullBaseline, words: str) -> Specification:
    """Return the specification with another baseline; its posterior alone."""
    return replace(base, spec=replace(base.spec, baseline=baseline), baseline=words, classical=False)


def other_priors(base: Specification) -> Iterator[Specification]:
    """Yield the specification with the SDs of all effects' priors halved and doubled; priors from evidence stay."""
    for factor, words in ((0.5, "SDs halved"), (2.0, "SDs doubled")):
        effects = tuple(with_wider(effect, factor) for effect in base.spec.effects)
        if effects != base.spec.effects:
            yield replace(base, spec=replace(base.spec, effects=effects), prior=words, classical=False)


def with_wider(effect: Structure, factor: float) -> Structure:
    """Return an effect with the SDs of its priors multiplied."""
    for key in effect.KEYS:
        value = getattr(effect, key)
        if isinstance(value, Normal | HalfNormal):
            effect = with_key(effect, key, replace(value, sd=value.sd * factor))
    return effect
