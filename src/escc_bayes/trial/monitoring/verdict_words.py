"""The verdict of a look in words: which look it is, what is crossed, and each rule against its boundaries."""

from collections.abc import Iterator, Sequence

from escc_bayes.foundation.sentence import counted
from escc_bayes.trial.design.design import TrialDesign
from escc_bayes.trial.monitoring.this_look import ThisLook
from escc_bayes.trial.monitoring.verdict import JudgedCriterion, Verdict

NO_BOUNDARY = 1e6
"""A boundary as far as this is never crossed: the look may spend nothing."""


def headline(design: TrialDesign, look: ThisLook, verdicts: Sequence[Verdict], *, blinded: bool) -> str:
    """Say which look this is, at which information, and what is crossed."""
    where = f"{look_words(design, look)}:"
    if blinded:
        return f"{where} blinded, no boundary is looked at."
    if not verdicts:
        return f"{where} no rule is judged{'' if look.events else ' without an event'}."
    won, lost = ([of.rule for of in verdicts if of.kind == kind and of.crossed] for kind in ("success", "futility"))
    # A rule that succeeds is not futile, whatever else its criteria say.
    lost = [rule for rule in lost if rule not in won]
    if not look.due:
        crossed = ", ".join([f"success of {rule}" for rule in won] + [f"futility of {rule}" for rule in lost])
        return f"{where} no look is due. Were it taken now, {crossed or 'no boundary'} would be crossed."
    rest = list(dict.fromkeys(of.rule for of in verdicts if of.rule not in (*won, *lost)))
    said = [f"SUCCESS boundary crossed by {', '.join(won)}"] if won else []
    said += [f"FUTILITY boundary crossed by {', '.join(lost)}"] if lost else []
    if rest:
        said.append(f"no success by {', '.join(rest)}" if look.final else f"no boundary crossed by {', '.join(rest)}")
    return f"{where} {'; '.join(said)}."


def look_words(design: TrialDesign, look: ThisLook) -> str:
    """Say which look this is and what it rests on."""
    count, planned = len(design.looks), design.looks[look.place].words()
    if look.final:
        return f"VERDICT of the final look (planned at {planned}) with {counted(look.events, 'event')}"
    share = f"{counted(look.events, 'event')}, {100.0 * look.fraction:.1f} % of the final information"
    if not look.due:
        return f"VERDICT before {'the' if count == 1 else 'the first'} look (planned at {planned}) with {share}"
    return f"VERDICT of look {look.place + 1} of {count} (planned at {planned}) with {share}"


def overrun_sentence(look: ThisLook) -> Iterator[str]:
    """Yield that more came than was planned, and how that is analysed; nothing otherwise."""
    more = [
        f"{count} {what}{'s' if count > 1 else ''} more than planned"
        for count, what in ((look.events_over, "event"), (look.patients_over, "patient"))
        if count
    ]
    late = look.events - look.planned if look.due and not look.final else 0.0
    if late >= 1.0:
        more.append(f"{late:.0f} event{'s' if late >= 1.5 else ''} more than this look was planned at")
    if more:
        yield (
            f"Overrun: {' and '.join(more)}. The data are analysed at their own information, "
            f"{counted(look.events, 'event')}; "
            "boundaries are those of the alpha spent by then, earlier looks as planned."
        )


def verdict_sentences(verdicts: Sequence[Verdict]) -> Iterator[tuple[Verdict, str]]:
    """Yield each verdict with its sentence: every criterion against its boundary."""
    for verdict in verdicts:
        parts = "; ".join(criterion_words(of) for of in verdict.criteria)
        yield verdict, f"{verdict.rule}, {verdict.kind}: {parts}: {'CROSSED' if verdict.crossed else 'not crossed'}."


def criterion_words(of: JudgedCriterion) -> str:
    """Say one criterion: its statistic and its boundary."""
    digits = 4 if of.name == "probability" else 3
    seen = f"{of.words}, {of.name} {of.statistic:.{digits}f}"
    if abs(of.boundary) >= NO_BOUNDARY:
        return f"{seen}, no boundary at this look"
    return f"{seen}, boundary {'above' if of.above else 'below'} {of.boundary:.{digits}f}"
