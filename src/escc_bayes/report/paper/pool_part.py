"""What do earlier studies say of the same effects? The bundled evidence, with and without this paper."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from escc_bayes.data.published import PublishedEstimate, Study
from escc_bayes.data.shipped import find_study, study_names
from escc_bayes.data.study import read_study
from escc_bayes.evidence.endpoints import endpoint
from escc_bayes.evidence.manuscript.between_arms import more_treated
from escc_bayes.evidence.pooling.conflict import prior_data_conflict
from escc_bayes.evidence.pooling.direction import Sense
from escc_bayes.evidence.pooling.pool import PoolRequest
from escc_bayes.evidence.pooling.study_effects import Question, meant_for_pools, study_effects
from escc_bayes.evidence.pooling.summary import summary
from escc_bayes.evidence.pooling.synthesis import PriorRequest, Synthesis, answer
from escc_bayes.evidence.pooling.trusted import one_study
from escc_bayes.foundation.errors import InputError
from escc_bayes.report.document.document import Block, Heading, Items, Paragraph, Picture
from escc_bayes.report.paper.part import Part
from escc_bayes.report.paper.request import PaperRequest
from escc_bayes.report.verbs.evidence import record_of, write_evidence_files
from escc_bayes.spec.prior import HalfNormal, Normal

NAME, TITLE = "evidence", "What do earlier studies say of the same effects?"
TAU, MEAN = HalfNormal(0.5), Normal(0.0, 2.0)
WANTED = PriorRequest(components=3, robust_weight=0.0)
THRESHOLD = 0.05
TARGET = "target"
SHOWN = re.compile(r"^Left out|CONTRADICTS|TURNED ROUND|share|itself a pool|^Bias")
"""Statements of a pool that the page shows; all stand in notes.txt."""


@dataclass(frozen=True, slots=True)
class Pooled:
    """One effect on one endpoint: the pool, whether this paper is in it, and what must be said."""

    effect: str
    endpoint: str
    found: Synthesis
    entered: bool
    said: tuple[str, ...]

    @property
    def folder(self) -> str:
        """The folder of its files, below the page."""
        return f"{NAME}/{self.effect}_{self.endpoint.casefold()}"


def pool_part(asked: PaperRequest, folder: Path) -> tuple[Part, tuple[Pooled, ...]]:
    """Pool every effect of the paper that other bundled studies print too.

    Raises
    ------
    InputError : there is none; with the reason for each effect.
    """
    pools: list[Pooled] = []
    failed: dict[str, list[str]] = {}
    for effect, word in effects_of(asked.study):
        try:
            pools.append(pooled(asked, effect, word))
        except InputError as error:
            failed.setdefault(str(error).rstrip("."), []).append(f"{effect} on {word}")
    reasons = [f"{', '.join(names)}: {why}" for why, names in failed.items()]
    if not pools:
        raise InputError("; ".join(reasons) or no_effect(asked))
    for one in pools:
        below = folder / one.folder
        below.mkdir(parents=True)
        question, request = Question(one.effect, one.endpoint), request_of(one.effect, one.endpoint, asked.level)
        paths = [find_study(name) for name in study_names()]
        write_evidence_files(below, one.found, record_of(question, request, WANTED, paths), None)
        (below / "notes.txt").write_text("\n".join((*one.said, *summary(one.found))) + "\n", encoding="utf-8")
    blocks = tuple(block for one in pools for block in blocks_of(one))
    rest = (Paragraph("Not pooled:"), Items(tuple(reasons))) if reasons else ()
    short = "; ".join(f"{one.effect} on {one.endpoint}: {short_of(one)}" for one in pools)
    files = tuple(file for one in pools for file in files_of(one))
    return Part(NAME, TITLE, short, (*blocks, *rest), files), tuple(pools)


def no_effect(asked: PaperRequest) -> str:
    """Say why no effect of the paper could be looked for."""
    if asked.draft is None:
        return "the study prints no hazard ratio"
    return (
        "no hazard ratio of the paper is known to be of one of the effects of the bundled studies: its sentence must "
        "say both groups and what they received; name the effect with --effect, such as rt_added"
    )


def effects_of(study: Study) -> tuple[tuple[str, str], ...]:
    """Return the effects on survival that hazard ratios of a study are of, each once."""
    ratios = [e for e in study.estimates if e.measure == "HR" and e.value is not None and not e.subgroup]
    named = [e for e in ratios if not e.effect.startswith(f"{e.measure} ")]
    return tuple(dict.fromkeys((e.effect, endpoint(e.endpoint)) for e in named))


def pooled(asked: PaperRequest, effect: str, word: str) -> Pooled:
    """Return the pool of one effect, with the paper where it may enter.

    Raises
    ------
    InputError : no other bundled study prints the effect on the endpoint, or none of them can be pooled.
    """
    question, request = Question(effect, word), request_of(effect, word, asked.level)
    bundled = [read_study(find_study(name)) for name in study_names()]
    others, not_asked = meant_for_pools([s for s in bundled if s.id != asked.study.id], question)
    printing = [s for s in others if any(same_question(e, effect, word) for e in s.estimates)]
    printing, sharing = one_of_each_group(printing, question, asked.study)
    if not printing:
        raise InputError("no other bundled study prints it, as far as it is meant for pools")
    twins = twins_of(asked.study, printing, question)
    rest = [study for study in printing if study.id not in twins]
    conflict = tuple(conflict_words(asked.study, answer(rest, question, request, WANTED), question)) if rest else ()
    said = (*conflict, *(f"Left out: {words}" for words in (*sharing, *not_asked)))
    if twins:
        known = "; ".join(f"{name} ({why})" for name, why in twins.items())
        own = f"{asked.study.id} is known to the bundled evidence as {known}, and stands in the pool as that."
        return Pooled(effect, word, answer(printing, question, request, WANTED), entered=True, said=(own, *said))
    with_paper, why = entered(asked, printing, question, request)
    if with_paper is not None:
        own = f"{asked.study.id} is one of the studies."
        return Pooled(effect, word, with_paper, entered=True, said=(own, *said))
    own = f"{asked.study.id} is not in the pool: {why}"
    return Pooled(effect, word, answer(printing, question, request, WANTED), entered=False, said=(own, *said))


def one_of_each_group(
    studies: Sequence[Study], question: Question, paper: Study
) -> tuple[list[Study], tuple[str, ...]]:
    """Return the studies of which none may share patients with another or the paper, and who was left out for whom.

    Of an independence group the most precise is kept, or the paper itself.
    """
    kept: dict[str, Study] = {}
    said = []
    for study in sorted(studies, key=lambda one: (own_error(one, question), one.id)):
        group = study.independence_group or study.id
        first = paper if group == paper.independence_group else kept.get(group)
        if first is None:
            kept[group] = study
        else:
            why = "this paper is kept" if first is paper else "the more precise is kept"
            said.append(f"{study.id} may share patients with {first.id} ({group}): {why}.")
    return [study for study in studies if study in kept.values()], tuple(said)


def own_error(study: Study, question: Question) -> float:
    """Return the standard error of a study's ratio; infinite where it has none that can be pooled."""
    try:
        errors = [effect.se for effect in study_effects([study], question).effects if effect.se is not None]
    except InputError:
        return math.inf
    return min(errors, default=math.inf)


def twins_of(study: Study, others: Sequence[Study], question: Question) -> dict[str, str]:
    """Return the bundled studies that the paper is, under another name, with why: DOI, title or digits."""

    def asked(one: Study) -> list[PublishedEstimate]:
        return [e for e in one.estimates if same_question(e, question.effect, question.endpoint)]

    return {
        other.id: why
        for other in others
        for mine in asked(study)
        for theirs in asked(other)
        if (why := one_study(study, mine, other, theirs))
    }


def request_of(effect: str, word: str, level: float) -> PoolRequest:
    """Return the assumptions of a pool: those that ``evidence`` has by default."""
    return PoolRequest(effect, word, TAU, MEAN, level)


def same_question(estimate: PublishedEstimate, effect: str, word: str) -> bool:
    """Whether an estimate is a hazard ratio of an effect on an endpoint."""
    return estimate.effect == effect and endpoint(estimate.endpoint) == word and estimate.value is not None


def entered(
    asked: PaperRequest, others: Sequence[Study], question: Question, request: PoolRequest
) -> tuple[Synthesis | None, str]:
    """Return the pool with the paper in it; None and the reason where it may not enter."""
    study = asked.study
    if study.use.startswith(TARGET):
        return None, f"its file says of its use: {study.use}."
    own = replace_directions(question, study)
    try:
        found = answer([*others, study], own, request, WANTED)
    except InputError as error:
        return None, str(error)
    if found.pool is None or study.id not in {one.study for one in found.pool.studies}:
        why = [words for words in found.statements if words.removeprefix("Left out: ").startswith(study.id)]
        return None, " ".join(why) or "nothing of it could be pooled."
    return found, ""


def replace_directions(question: Question, study: Study) -> Question:
    """Return the question with the direction of a paper whose groups say what they received."""
    for estimate in study.estimates:
        if estimate.effect != question.effect or not estimate.hazard_of or not estimate.coding_note.startswith("whose"):
            continue
        more = more_treated((estimate.hazard_of, estimate.versus))
        sense: Sense = "as_printed" if more == estimate.hazard_of else "reversed"
        return Question(question.effect, question.endpoint, directions={study.id: sense} if more else {})
    return question


def conflict_words(study: Study, alone: Synthesis, question: Question) -> Iterator[str]:
    """Yield whether the paper's own ratio contradicts what the others say, where its direction is known."""
    try:
        own = study_effects([study], replace_directions(question, study))
    except InputError:
        return
    for effect in own.effects:
        if effect.se is None or (own.hazard_of, own.versus) == ("", ""):
            continue
        conflict = prior_data_conflict(alone.prior.mixture, effect.log_hr, effect.se)
        verdict = "contradicts" if conflict.box < THRESHOLD else "does not contradict"
        yield (
            f"Against the other studies alone: {study.id}, {math.exp(effect.log_hr):.2f}, {verdict} what a new study "
            f"would be expected to find (Box P = {conflict.box:.3f}, {THRESHOLD:g} taken as the bound)."
        )


def short_of(one: Pooled) -> str:
    """Say the pool in a line."""
    prior = one.found.prior
    middle, low, high = (math.exp(prior.mixture.quantile(p)) for p in (0.5, 0.025, 0.975))
    studies = f"{len(prior.studies)} studies" if len(prior.studies) != 1 else "1 study"
    return f"HR {middle:.2f} ({low:.2f} to {high:.2f}) expected of a new study, {studies}"


def blocks_of(one: Pooled) -> Iterator[Block]:
    """Yield one pool: its forest, its lines, what must be said."""
    prior = one.found.prior
    yield Heading(f"{one.effect} on {one.endpoint}", 3)
    yield Paragraph(f"Hazard of {prior.hazard_of} over {prior.versus}: {short_of(one)}.")
    if one.found.pool is not None:
        yield Picture("forest", f"Forest of {one.effect} on {one.endpoint}: published hazard ratios", f"{one.folder}/")
    lines = [line.strip() for line in summary(one.found)[1:] if line.startswith("  ")]
    studies = len(one.found.prior.studies) if one.found.pool is not None else 0
    told = [said for said in one.found.statements if SHOWN.search(said)]
    yield Items(tuple(dict.fromkeys((*one.said, *lines[studies:], *told))))


def files_of(one: Pooled) -> Iterator[tuple[str, str]]:
    """Yield the files of one pool."""
    yield f"{one.folder}/prior.toml", "the pool as a prior for models and designs"
    yield f"{one.folder}/pool.csv", "study by study"
    yield f"{one.folder}/notes.txt", "every choice and assumption"
