"""The paragraph under the heading of a report, every number of it from the table below it."""

import math
from collections.abc import Sequence
from itertools import groupby

from escc_bayes.foundation.sentence import counted, small
from escc_bayes.plots.words import probability, ratio
from escc_bayes.report.page.answers import Answer, surest
from escc_bayes.spec.transitions import in_words

# Posterior probability of a direction from which it is said, and from which it is said to be likely.
SURE, LIKELY = 0.975, 0.90


def paragraph(lines: Sequence[Answer]) -> str:
    """Return what the table says in sentences: covariates whose direction is known, likely, and not known.

    Every number stands in the table as it is printed there.
    """
    terms = [tuple(block) for _, block in groupby(lines, key=lambda line: line.heading)]
    sure = [term for term in terms if surest(term) >= SURE]
    likely = [term for term in terms if LIKELY <= surest(term) < SURE]
    rest = [term for term in terms if not surest(term) >= LIKELY]
    said = [known(term) for term in sure] or ["Of no covariate is the direction known."]
    said += [probable(term) for term in likely]
    if rest:
        said.append(f"Of {in_a_row([small(topic_of(term[0])) for term in rest])} the data do not say.")
    few = [line for line in lines if line.few]
    if few:
        said.append(f"Few events: {in_a_row([scarce(line) for line in few])}.")
    return " ".join(said)


def known(term: Sequence[Answer]) -> str:
    """Say the surest hazard ratio of a covariate whose direction is known, and what a sceptic makes of it."""
    best = surest_line(term)
    e, sceptic = best.posterior, best.sceptic
    assert e is not None
    doubt = f"; {ratio(sceptic.value)} under a sceptical prior" if sceptic is not None else ""
    return f"{large(term[0].topic)} matters{within(term[0])}: {times(best)} ({side(best)}{doubt})."


def probable(term: Sequence[Answer]) -> str:
    """Say that a direction is likely, and of which hazard ratio."""
    best = surest_line(term)
    return f"{large(term[0].topic)} probably matters{within(term[0])}: {times(best)} ({side(best)})."


def surest_line(term: Sequence[Answer]) -> Answer:
    """Return the line whose direction is known best: of levels in an order, which share one, that of the last level."""
    told = [line for line in term if line.posterior is not None]
    return max(reversed(told), key=lambda line: abs(chance(line) - 0.5))


def times(line: Answer) -> str:
    """Say one hazard ratio as a multiple."""
    assert line.posterior is not None
    value = ratio(line.posterior.value)
    if line.reference:
        return f"{line.level} has {value} times the {line.hazard} of {line.reference}"
    return f"{value} times the {line.hazard} {line.level}"


def side(line: Answer) -> str:
    """Say on which side of 1 a hazard ratio lies, and how surely."""
    p = chance(line)
    return f"{'above' if p > 0.5 else 'below'} 1 with probability {probability(p if p > 0.5 else 1.0 - p)}"


def chance(line: Answer) -> float:
    """Return the posterior probability of a hazard ratio above 1."""
    assert line.posterior is not None
    return 0.5 if math.isnan(line.posterior.prob_gt_1) else line.posterior.prob_gt_1


def scarce(line: Answer) -> str:
    """Say how few events stand behind a level, or behind whom it is compared with."""
    beside = line.beside
    if beside is not None and beside.events < line.events:
        return f"{beside.events} in {counted(beside.n, 'patient')} of {small(line.topic)} {beside.label}"
    return (
        f"{line.events} in {counted(line.patients, 'patient')} of {small(line.topic)} {line.level}{in_transition(line)}"
    )


def topic_of(line: Answer) -> str:
    """Name what a line is about: the covariate, and the transition where there are several."""
    return f"{line.topic}{within(line)}"


def within(line: Answer) -> str:
    """Say for which transition a line is; nothing of one endpoint."""
    return f" for {in_words(line.transition)}" if line.transition else ""


def in_transition(line: Answer) -> str:
    """Say at risk of which transition a line's patients are; nothing of one endpoint."""
    return f" at risk of {in_words(line.transition)}" if line.transition else ""


def large(heading: str) -> str:
    """Return a heading that begins a sentence: its first letter large, where it begins a word and no abbreviation.

    Examples
    --------
    >>> large("stage group"), large("pT stage"), large("x3")
    ('Stage group', 'pT stage', 'x3')
    """
    return heading[:1].upper() + heading[1:] if heading[1:2].islower() else heading


def in_a_row(words: Sequence[str]) -> str:
    """Return words joined as in a sentence.

    Examples
    --------
    >>> in_a_row(["a", "b", "c"]), in_a_row(["a", "b"]), in_a_row(["a"])
    ('a, b and c', 'a and b', 'a')
    """
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
