"""A specification as TOML: the text that ``load_spec`` reads back to the same digest."""

import json
from itertools import groupby

from escc_bayes.foundation.errors import SpecError
from escc_bayes.spec.cure import Cure
from escc_bayes.spec.evidence_prior import EvidencePrior
from escc_bayes.spec.external import External
from escc_bayes.spec.missing import Missing
from escc_bayes.spec.prior import Gamma, HalfNormal, Location, Normal, Slab, SurvivalStatement
from escc_bayes.spec.request import Outcome, PiecewiseBaseline, WeibullBaseline
from escc_bayes.spec.structures.keys import stated
from escc_bayes.spec.structures.protocol import Structure, acts_across
from escc_bayes.spec.transitions import (
    COMPETING,
    ENDPOINT,
    EVERY,
    KIND,
    TRANSITION,
    CompetingCauses,
    IllnessDeath,
    SeveralEndpoints,
)
from escc_bayes.spec.visits import Visits

type Baseline = PiecewiseBaseline | WeibullBaseline
type Within = tuple[str, ...]
# One ``[[effect]]``: the name that the file gives it, an effect with its keys, and in which transitions it acts.
type Written = tuple[str, Structure, Within, bool]


def model_text(
    name: str,
    title: str,
    outcome: Outcome,
    baseline: Baseline,
    effects: tuple[Structure, ...],
    transitions: tuple[Within, ...],
    external: tuple[External, ...] = (),
    missing: Missing | None = None,
    cure: Cure | None = None,
) -> str:
    """Return a specification as TOML, each prior with a remark that says it in hazard ratios.

    Raises
    ------
    SpecError : a prior rests on published evidence, which stands in a file of its own.
    """
    # A variant is written out as a model of its own.
    head = ["schema = 1", f"name = {quoted(name.replace('@', '_'))}"]
    head += [f"title = {quoted(title)}"] if title else []
    parts = [head, outcome_lines(outcome)]
    parts += [visit_lines(outcome.visits)] if outcome.visits is not None else []
    parts += [external_lines(one) for one in external]
    parts += [["[cure]", f"fraction = {value_text(cure.prior)}   # {cure.words()}"]] if cure is not None else []
    parts += [baseline_lines(baseline), prior_lines(baseline)]
    key = "endpoints" if isinstance(outcome.states, SeveralEndpoints) else "transitions"
    parts += [effect_lines(*one, key) for one in written(effects, transitions)]
    parts += [missing_lines(missing)] if missing is not None else []
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def written(effects: tuple[Structure, ...], transitions: tuple[Within, ...]) -> list[Written]:
    """Return each effect once; one with a coefficient of its own in several transitions names them all."""
    if not transitions:
        return [(effect.name, effect, (), False) for effect in effects]
    found: list[Written] = []
    named = [(file_name(e, within), e, within) for e, within in zip(effects, transitions, strict=True)]
    for name, group in groupby(named, key=lambda one: one[0]):
        held = list(group)
        _, effect, within = held[0]
        shared = (within == EVERY or len(within) > 1) and not acts_across(effect)
        found.append((name, effect, () if within == EVERY else tuple(t for one in held for t in one[2]), shared))
    return found


def file_name(effect: Structure, within: Within) -> str:
    """Return the name that a file gives an effect: in one transition alone it bears that as well (``in_one``)."""
    alone = len(within) == 1 and within != EVERY
    return effect.name.removesuffix(f"_{within[0]}") if alone else effect.name


def outcome_lines(outcome: Outcome) -> list[str]:
    """Return ``[outcome]``."""
    states, lines = outcome.states, ["[outcome]"]
    if isinstance(states, IllnessDeath):
        lines += [
            f"kind = {quoted(KIND)}",
            f"progression = {quoted(states.progression)}",
            f"death = {quoted(states.death)}",
        ]
        lines.append(f"clock = {quoted(states.clock)}")
    elif isinstance(states, CompetingCauses):
        lines += [
            f"kind = {quoted(COMPETING)}",
            f"endpoint = {quoted(states.endpoint)}",
            f"cause = {quoted(states.cause)}",
        ]
    elif isinstance(states, SeveralEndpoints):
        lines.append(f"endpoints = {value_text(states.endpoints)}")
    else:
        lines.append(f"endpoint = {quoted(outcome.endpoint)}")
    if outcome.landmark is not None:
        lines.append(f"landmark = {value_text(outcome.landmark)}   # months: the clock restarts here")
    if outcome.naive:
        lines.append('time_zero = "naive"')
    return lines


def visit_lines(visits: Visits) -> list[str]:
    """Return ``[visits]``."""
    every = value_text([list(stretch) for stretch in visits.every])
    late = [f"late = {value_text(visits.late)}"] if visits.late else []
    return ["[visits]", f"every = {every}", f"deaths = {quoted(visits.deaths)}", *late]


def external_lines(one: External) -> list[str]:
    """Return one ``[[external]]``."""
    lines = ["[[external]]", f"start = {value_text(one.start)}", f"stop = {value_text(one.stop)}"]
    lines += [f"at_risk = {one.at_risk}", f"alive = {one.alive}"]
    group = ", ".join(f"{quoted(name)} = {quoted(level)}" for name, level in one.group)
    lines += [f"group = {{ {group} }}"] if group else []
    lines += [f"source = {quoted(one.source)}"] if one.source else []
    return [*lines, *([f"study = {quoted(one.study)}", f"sd = {value_text(one.sd)}"] if one.study else [])]


def baseline_lines(baseline: Baseline) -> list[str]:
    """Return ``[baseline]``; that of each transition is not named as strata."""
    lines = ["[baseline]", f"family = {quoted(baseline.family)}"]
    if isinstance(baseline, WeibullBaseline):
        return [*lines, f"at = {quoted(baseline.at)}", f"reference_time = {value_text(baseline.reference_time)}"]
    given = f"cuts = {value_text(baseline.cuts)}" if baseline.pieces is None else f"pieces = {baseline.pieces}"
    lines += [given, f"at = {quoted(baseline.at)}", f"smoothing = {quoted(baseline.smoothing)}"]
    if baseline.sd is not None:
        lines += [f"steps = {quoted(baseline.steps)}", f"sd = {value_text(baseline.sd)}"]
    if baseline.strata not in ("", TRANSITION, ENDPOINT):
        lines.append(f"strata = {quoted(baseline.strata)}")
    return lines


def prior_lines(baseline: Baseline) -> list[str]:
    """Return ``[priors]``."""
    prior, weibull = baseline.prior, isinstance(baseline, WeibullBaseline)
    key = {Gamma: "baseline_rate", SurvivalStatement: "baseline_survival"}.get(
        type(prior), "baseline_log_cumulative_hazard" if weibull else "baseline_log_rate"
    )
    lines = ["[priors]", f"{key} = {value_text(prior)}"]
    if isinstance(baseline, WeibullBaseline):
        lines.append(f"log_shape = {value_text(baseline.log_shape)}")
    return lines


def effect_lines(name: str, effect: Structure, within: Within, shared: bool, acts_in: str) -> list[str]:  # noqa: FBT001
    """Return one ``[[effect]]``."""
    lines = ["[[effect]]"]
    if name != "_".join(effect.covariates):
        lines.append(f"name = {quoted(name)}")
    several = f"covariates = {value_text(effect.covariates)}"
    lines.append(several if effect.SEVERAL else f"covariate = {quoted(effect.covariates[0])}")
    lines.append(f"structure = {quoted(effect.WORD)}")
    lines += [f"{key} = {value_text(getattr(effect, key))}{remark(getattr(effect, key))}" for key in stated(effect)]
    lines += [f"{acts_in} = {value_text(within)}"] if within else []
    return [*lines, *(["shared = true"] if shared else [])]


def missing_lines(missing: Missing) -> list[str]:
    """Return ``[missing]``."""
    named = [f"covariates = {value_text(missing.covariates)}"] if missing.covariates else []
    return ["[missing]", 'method = "imputation"', f"completed = {missing.completed}", *named]


def remark(value: object) -> str:
    """Say a prior on a log hazard ratio, or on an SD, in words; nothing for other values."""
    if isinstance(value, Normal) and not isinstance(value, Location):
        return f"   # {value.hazard_ratio_words()}"
    return f"   # {value.words()}" if isinstance(value, HalfNormal) else ""


def value_text(value: object) -> str:
    """Return a value as TOML, numbers with all their digits.

    Examples
    --------
    >>> value_text(Normal(0.0, 0.5)), value_text((6.0, 12.0))
    ('{ normal = [0.0, 0.5] }', '[6.0, 12.0]')
    """
    if isinstance(value, EvidencePrior):
        raise SpecError(
            f"the prior of {value.effect} on {value.endpoint} rests on published evidence, and the specification no "
            "longer knows its file; print the TOML file that was loaded"
        )
    if isinstance(value, Normal):
        return f"{{ normal = [{value.mean!r}, {value.sd!r}] }}"
    if isinstance(value, Slab):
        return repr(value.sd)
    if isinstance(value, HalfNormal):
        return f"{{ halfnormal = {value.sd!r} }}"
    if isinstance(value, Gamma):
        return f"{{ gamma = [{value.shape!r}, {value.rate!r}] }}"
    if isinstance(value, SurvivalStatement):
        return f"{{ at = {value.at!r}, median = {value.median!r}, lower = {value.lower!r} }}"
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(value_text, value))}]"
    return quoted(value) if isinstance(value, str) else repr(value)


def quoted(word: str) -> str:
    """Return a TOML string, which holds letters as JSON does."""
    return json.dumps(word, ensure_ascii=False)
