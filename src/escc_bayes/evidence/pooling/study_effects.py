"""From study files to the effects of a pool: one printed hazard ratio a study, and words for all that is left out.

Of the estimates of one effect on one endpoint: hazard ratios only; the whole population unless a subgroup is named; the
one marked ``preferred``, else the latest data cut, else the adjusted one. One number printed with two intervals is one
estimate, and the first is taken. What then still stands beside another is ambiguous and refused.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from escc_bayes.data.measures import family, of_own_patients
from escc_bayes.data.published import PublishedEstimate, Study
from escc_bayes.evidence.endpoints import assessor, endpoint
from escc_bayes.evidence.pooling.direction import Groups, Sense, signs
from escc_bayes.evidence.pooling.published_effect import EvidenceError, PublishedEffect, biases_of_design
from escc_bayes.evidence.pooling.standard_error import USUAL_LEVEL, StandardError, standard_error
from escc_bayes.evidence.pooling.trusted import Trusted, once, trusted
from escc_bayes.evidence.quotes.estimate import stated_level
from escc_bayes.foundation.checks import suggestion

# A study of the package is meant for pools if its ``use`` begins so; targets, duplicates and calibration are not.
INPUT = "MAP input"
LATE = ("final", "long-term", "update")
IMMORTAL = ("immortal", "responders")


@dataclass(frozen=True, slots=True)
class Question:
    """Which effect on which endpoint; from studies to the words of a subgroup, to how a ratio is to be read, and to the
    reasons to let it in although it contradicts itself or looks like another.
    """

    effect: str
    endpoint: str
    subgroups: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    directions: Mapping[str, Sense] = field(default_factory=lambda: MappingProxyType({}))
    accepted: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class StudyEffects:
    """What the studies give: effects in one direction, whose hazard over whose, choices made, and what was left out."""

    effects: tuple[PublishedEffect, ...]
    hazard_of: str
    versus: str
    choices: tuple[str, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """The estimate taken from one study, if any, and what must be said of it."""

    study: Study
    estimate: PublishedEstimate | None
    said: tuple[str, ...]

    @property
    def groups(self) -> Groups:
        """Whose hazard over whose."""
        assert self.estimate is not None
        return Groups(self.study.id, self.estimate.hazard_of, self.estimate.versus)


def study_effects(studies: Sequence[Study], question: Question) -> StudyEffects:
    """Return one effect for each study that prints a hazard ratio of the question.

    Raises
    ------
    EvidenceError : no study prints the effect, a study's estimates are ambiguous, directions cannot be told, or an
        option names a study that is not there.
    """
    refuse_unknown(studies, question)
    chosen = [choice_of(study, question) for study in studies]
    known = [c if c.estimate is None else with_direction(c, question) for c in chosen]
    known = [checked(c, question) for c in known]
    taken, twice = without_repeats([c for c in known if c.estimate is not None], question)
    turns = signs([c.groups for c in taken], question.effect, question.directions) if taken else ()
    hazard_of, versus = direction_of(taken, turns)
    effects = tuple(effect_of(c, turn) for c, turn in zip(taken, turns, strict=True))
    return StudyEffects(
        effects=effects,
        hazard_of=hazard_of,
        versus=versus,
        choices=(*direction_words(taken, turns), *(said for c in taken for said in c.said)),
        left_out=(*(said for c in known if c.estimate is None for said in c.said), *twice),
    )


def refuse_unknown(studies: Sequence[Study], question: Question) -> None:
    """Raise if no study prints the effect or the endpoint, or an option names no study of the pool."""
    effects = sorted({e.effect for study in studies for e in study.estimates})
    if not any(same(e, question.effect) for e in effects):
        hint = suggestion(question.effect, effects) if effects else "the studies print no effect at all"
        raise EvidenceError(f"no study prints an effect '{question.effect}'; {hint}")
    endpoints = sorted({e.endpoint for s in studies for e in s.estimates if same(e.effect, question.effect)})
    if not any(asked_for(e, question.endpoint) for e in endpoints):
        hint = suggestion(question.endpoint, endpoints)
        raise EvidenceError(f"no study prints {question.effect} on '{question.endpoint}'; {hint}")
    names = [study.id for study in studies]
    given = (
        ("--subgroup", question.subgroups),
        ("--direction", question.directions),
        ("--accept", question.accepted),
    )
    for option, named in given:
        for name in named:
            if name not in names:
                raise EvidenceError(f"{option} {name}: is no study of this pool; {suggestion(name, names)}")


def same(one: str, other: str) -> bool:
    """Return whether two names are equal, whatever their case."""
    return one.casefold() == other.casefold()


def asked_for(printed: str, asked: str) -> bool:
    """Return whether a printed endpoint is the one asked for, by the synonyms of the audit; any assessor will do.

    Examples
    --------
    >>> asked_for("overall survival", "OS"), asked_for("PFS (IRC)", "PFS"), asked_for("PFS (IRC)", "investigator PFS")
    (True, True, False)
    """
    return same(endpoint(printed), endpoint(asked)) and assessor(asked) in ("", assessor(printed))


def choice_of(study: Study, question: Question) -> Choice:
    """Return the estimate that stands for one study, or why there is none."""
    about = [e for e in study.estimates if same(e.effect, question.effect) and asked_for(e.endpoint, question.endpoint)]
    if not about:
        return Choice(study, None, (f"{study.id} prints no {question.effect} on {question.endpoint}.",))
    ratios = [e for e in about if family(e.measure) == "HR" and e.value is not None]
    if not ratios:
        measures = ", ".join(dict.fromkeys(e.measure for e in about))
        return Choice(study, None, (f"{study.id} prints no hazard ratio ({measures} only).",))
    population, said = of_population(study, ratios, question.subgroups.get(study.id))
    if not population:
        return Choice(study, None, said)
    kept, how = narrowed(population)
    if len({e.value for e in kept}) > 1:
        raise EvidenceError(ambiguous(study, kept))
    if len(kept) > 1:
        printed = "; ".join(interval_words(e) for e in kept)
        how = f"{kept[0].value} printed {len(kept)} times ({printed}), the first taken"
    if len(population) > 1:
        said = (*said, f"{study.id}: of {len(population)} estimates, {how}.")
    return Choice(study, kept[0], (*said, *cautions(study, kept[0])))


def of_population(
    study: Study, ratios: Sequence[PublishedEstimate], asked: str | None
) -> tuple[list[PublishedEstimate], tuple[str, ...]]:
    """Return the estimates of the subgroup asked for, or of the whole population, and what was not taken."""
    subgroups = [e.subgroup for e in ratios if e.subgroup]
    if asked is not None:
        found = [e for e in ratios if e.subgroup and asked.casefold() in e.subgroup.casefold()]
        if not found:
            printed = "; ".join(subgroups) or "none"
            raise EvidenceError(f"--subgroup {study.id}: no printed subgroup holds '{asked}'; printed: {printed}")
        return found, (f"{study.id}: subgroup '{found[0].subgroup}' taken, as asked.",)
    whole = [e for e in ratios if not e.subgroup]
    if not subgroups:
        return whole, ()
    listed = "; ".join(dict.fromkeys(subgroups))
    if not whole:
        return [], (f'{study.id} prints subgroups only: {listed} (take one with --subgroup {study.id}="..").',)
    return whole, (f"{study.id}: subgroups left out: {listed}.",)


def narrowed(estimates: Sequence[PublishedEstimate]) -> tuple[list[PublishedEstimate], str]:
    """Return the estimates that pass the first rule that keeps fewer, in order, and that rule in words."""
    rules: tuple[tuple[Callable[[PublishedEstimate], tuple[int, int]], str], ...] = (
        (lambda e: (int(e.preferred), 0), "the preferred one taken"),
        (lambda e: lateness(e.cutoff), "the latest data cut taken"),
        (lambda e: (int(e.adjusted is not False), 0), "the adjusted one taken"),
    )
    kept, how = list(estimates), ""
    for rank, words in rules:
        best = max(rank(e) for e in kept)
        fewer = [e for e in kept if rank(e) == best]
        if len(fewer) < len(kept):
            kept, how = fewer, f"{words} ({fewer[0].cutoff})" if fewer[0].cutoff else words
    return kept, how


def lateness(cutoff: str) -> tuple[int, int]:
    """Return a rank of a data cut: words such as final, then the year.

    Examples
    --------
    >>> lateness("interim, 30 Oct 2020") < lateness("final, 30 Apr 2022")
    True
    """
    years = [int(year) for year in re.findall(r"\b(?:19|20)\d\d\b", cutoff)]
    return int(any(word in cutoff.casefold() for word in LATE)), max(years, default=0)


def interval_words(e: PublishedEstimate) -> str:
    """Say the printed interval, or that there is none."""
    if e.ci_low is None or e.ci_high is None:
        return "no interval"
    return f"{100 * float(e.ci_level or USUAL_LEVEL):g} % {e.ci_low}-{e.ci_high}"


def ambiguous(study: Study, kept: Sequence[PublishedEstimate]) -> str:
    """Say which estimates stand beside each other, and what decides."""
    printed = "; ".join(f"{e.place}: {e.value}, {interval_words(e)}" for e in kept)
    return (
        f"study {study.id} prints several estimates and its file does not say which to pool ({printed}); write "
        "preferred = true at one of them, in a copy of the file"
    )


def cautions(study: Study, e: PublishedEstimate) -> tuple[str, ...]:
    """Say what a reader of the pool must know of one estimate."""
    said = []
    if not of_own_patients(e.measure):
        said.append(f"{study.id} is itself a pool of studies: it must share no patient with the others.")
    if e.ci_low is not None and stated_level(e) is None:
        said.append(f"{study.id} prints no confidence level; {USUAL_LEVEL:g} is assumed.")
    if e.flag:
        said.append(f"{study.id}: {e.flag}.")
    return tuple(said)


def with_direction(choice: Choice, question: Question) -> Choice:
    """Return the choice, without its estimate if nobody says whose hazard over whose."""
    if choice.groups.stated or choice.study.id in question.directions:
        return choice
    name = choice.study.id
    said = (
        f"{name} does not say whose hazard over whose (say it with --direction {name}=as_printed or "
        f"--direction {name}=reversed)."
    )
    return Choice(choice.study, None, (said,))


def checked(choice: Choice, question: Question) -> Choice:
    """Return the choice with what its audit says, if it may enter.

    Raises
    ------
    EvidenceError : the estimate contradicts itself or the paper, and nobody accepted it with a reason.
    """
    if choice.estimate is None:
        return choice
    found: Trusted = trusted(choice.study, choice.estimate, question.accepted.get(choice.study.id))
    wide = error_of(choice.study, choice.estimate).said
    said = (f"{choice.study.id}: {wide}.",) if wide else ()
    return Choice(choice.study, choice.estimate, (*choice.said, *said, *found.said))


def error_of(study: Study, e: PublishedEstimate) -> StandardError:
    """Return the standard error of one study's estimate.

    Raises
    ------
    EvidenceError : its prints give none, such as limits that exclude the estimate; with the study and the entry.
    """
    try:
        return standard_error(e)
    except EvidenceError as error:
        raise EvidenceError(f"study {study.id}, {e.place}: {error}") from error


def without_repeats(taken: list[Choice], question: Question) -> tuple[list[Choice], tuple[str, ...]]:
    """Return every study once: one of the same DOI, title or digits as an earlier one is left out and named."""
    pairs = [(c.study, c.estimate) for c in taken if c.estimate is not None]
    repeats = once(pairs, question.accepted)
    kept = [c for c in taken if c.study.id not in repeats]
    return kept, tuple(repeats.values())


def effect_of(choice: Choice, turn: int) -> PublishedEffect:
    """Return one study's effect for the pool; ``turn`` of -1 exchanges its groups."""
    study, e = choice.study, choice.estimate
    assert e is not None
    assert e.value is not None
    error = error_of(study, e)
    words = f"{e.flag} {e.coding_note} {e.timing} {study.design} {study.use}".casefold()
    adjusted = e.adjusted if isinstance(e.adjusted, str) else ""
    return PublishedEffect(
        study=study.id,
        log_hr=turn * float(e.value.ln()),
        se=error.se,
        design=study.design,
        independence_group=study.independence_group or study.id,
        biases=biases_of_design(
            f"{study.design}; {adjusted}",
            immortal_time=any(word in words for word in IMMORTAL),
            indirect_endpoint=False,
        ),
        events=events_of(e),
        source=f"{e.place}, {error.source}",
    )


def events_of(e: PublishedEstimate) -> int | None:
    """Return the events behind an estimate, as printed or as the sum of its groups."""
    if e.events is None and e.events_hazard_of is not None and e.events_versus is not None:
        return e.events_hazard_of + e.events_versus
    return e.events


def turned(groups: Groups, turn: int) -> tuple[str, str]:
    """Return both groups in the direction of the pool."""
    return (groups.hazard_of, groups.versus) if turn > 0 else (groups.versus, groups.hazard_of)


def direction_of(taken: Sequence[Choice], turns: Sequence[int]) -> tuple[str, str]:
    """Return whose hazard over whose in the pool: the words that most studies use, the first of them if tied."""
    if not taken:
        return "", ""
    pairs = Counter(turned(c.groups, turn) for c, turn in zip(taken, turns, strict=True))
    return pairs.most_common(1)[0][0]


def direction_words(taken: Sequence[Choice], turns: Sequence[int]) -> tuple[str, ...]:
    """Say the direction of every study, and which ratio was turned round."""
    said = []
    for choice, turn in zip(taken, turns, strict=True):
        groups = choice.groups
        how = "as printed" if turn > 0 else "TURNED ROUND, its hazard ratio is one over the printed one"
        said.append(f"{choice.study.id} prints {groups.words}: {how}.")
    return tuple(said)


def meant_for_pools(studies: Sequence[Study], question: Question) -> tuple[tuple[Study, ...], tuple[str, ...]]:
    """Return the studies that print the effect or ask its question and are meant as input, and why others are not.

    For a call that names no study. A study file says in ``use`` what it is good for.
    """
    asked = [s for s in studies if any(same(e.effect, question.effect) for e in s.estimates) or asks(s, question)]
    meant = tuple(s for s in asked if s.use.startswith(INPUT))
    others = tuple(f"{s.id} not asked: {s.use or 'its file says no use'}." for s in asked if s not in meant)
    return meant, others


def asks(study: Study, question: Question) -> bool:
    """Return whether a study lists the effect among its questions."""
    return any(same(asked, question.effect) for asked in study.questions)
