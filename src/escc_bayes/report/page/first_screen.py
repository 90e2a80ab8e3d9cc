"""What a reader sees first of each outcome: who, the answer in sentences, the table behind it, and what to trust."""

import math
import re
from itertools import groupby

from escc_bayes.estimand.estimate import Estimate
from escc_bayes.foundation.sentence import capital, counted
from escc_bayes.plots.words import probability, ratio
from escc_bayes.report.page.answer_words import paragraph
from escc_bayes.report.page.answers import Answer, answers
from escc_bayes.report.page.behind import Behind, by_contrast, share
from escc_bayes.report.page.bundle import Bundle
from escc_bayes.report.page.imputed_section import of_outcome
from escc_bayes.report.page.outcomes import Outcome, as_labelled, outcomes
from escc_bayes.report.page.term_blocks import cured_words
from escc_bayes.report.page.trust import trust
from escc_bayes.report.page.view import Bar, Line, Screen
from escc_bayes.spec.transitions import in_words

# Ends of the axis of the bars, and its marks.
AXIS, MARKS = (0.1, 10.0), (0.2, 0.5, 1.0, 2.0, 5.0)
# Parts of a note that stand elsewhere: on reconstructions in their own section, on few events in the paragraph.
SAID = re.compile(r"reconstructions|^few data: .* events? in ")


def screens(bundle: Bundle) -> tuple[Screen, ...]:
    """Return the first screen of every outcome with effects."""
    return tuple(screen(outcome, bundle) for outcome in outcomes(bundle) if outcome.comparison.of("hazard_ratio"))


def screen(outcome: Outcome, bundle: Bundle) -> Screen:
    """Return the first screen of one outcome."""
    lines = answers(outcome, bundle)
    behind = by_contrast(bundle.information.get(outcome.posteriors[0].plan.spec.name, ()))
    blocks = tuple(
        (heading, tuple(printed(line, behind) for line in block))
        for heading, block in groupby(lines, key=lambda line: line.heading)
    )
    return Screen(
        title=f"{outcome.title}, from {outcome.clock}",
        name=f"answer_{outcome.name}",
        who=who(outcome, bundle),
        paragraph=" ".join((paragraph(lines), *of_terms(outcome, bundle))),
        blocks=blocks,
        notes=tuple(as_labelled(note, bundle.cohort) for note in notes(lines, outcome, informed=bool(behind))),
        words=trust(outcome, bundle, lines),
        interval=f"Hazard ratios, adjusted for each other, with {100 * bundle.level:g} % intervals (Cox: confidence)",
        whose=whose(outcome, bundle),
        marks=tuple((f"{mark:g}", place_of(mark)) for mark in MARKS),
    )


def of_terms(outcome: Outcome, bundle: Bundle) -> tuple[str, ...]:
    """Say the share cured, whose survivors are counted too, that endpoints share patients; nothing of most models."""
    first = outcome.posteriors[0]
    rows = first.plan.rows
    shared = f"{' and '.join(rows.transition_names)} are of the same patients: agreeing, they are one finding, not two."
    return (
        *cured_words(bundle.pooled.get(first.plan.spec.name, first), bundle.level),
        *borrowed_words(outcome, bundle),
        *((shared,) if rows.marginal else ()),
    )


def borrowed_words(outcome: Outcome, bundle: Bundle) -> tuple[str, ...]:
    """Say whose survivors the posterior counts, and what it says without; nothing of most models."""
    spec = outcome.posteriors[0].plan.spec
    if not spec.external:
        return ()
    from escc_bayes.compare.other_analyses import sentences_of

    whose = " and ".join(study for study, _ in spec.studies) or "other sources"
    held = bundle.other_analyses.get(spec.name)
    # The same without is of one cohort: over all reconstructions it stands in their own tables.
    without = sentences_of(held.external)[-1:] if held is not None and not bundle.pooled else ()
    return (f"The posterior also counts survivors of {whose}, whom Cox does not know.", *without)


def who(outcome: Outcome, bundle: Bundle) -> str:
    """Say patients, events and follow-up of the endpoint, who was analysed and who was left out."""
    rows = outcome.posteriors[0].plan.rows
    events = counted(rows.events, "event") if rows.transitions is None else rows.event_words
    analysed = f"{counted(rows.n, 'patient')}, {events}"
    gone = "; ".join(f"{d.patients} {d.reason}" for d in rows.dropped)
    gone = as_labelled(gone, bundle.cohort)
    left_out = f"; left out of {rows.total}: {gone}" if gone else "; nobody left out"
    return f"Analysed from {rows.clock}: {analysed}{left_out}. {follow_up(outcome, bundle)}"


def follow_up(outcome: Outcome, bundle: Bundle) -> str:
    """Say the median follow-up of the endpoint, by reverse Kaplan-Meier."""
    endpoint = outcome.posteriors[0].plan.spec.outcome.endpoints[-1]
    rows = [row for row in bundle.baselines[endpoint].tables["followup"] if not row.get("term")]
    if not rows or math.isnan(float(str(rows[0]["median"]))):
        return ""
    first = rows[0]
    limits = (float(str(first[key])) for key in ("lower", "upper"))
    words = " to ".join("not reached" if math.isnan(limit) else f"{limit:.0f}" for limit in limits)
    return f"Median follow-up {float(str(first['median'])):.0f} months ({words})."


def printed(line: Answer, behind: Behind) -> Line:
    """Return a line as the table prints it."""
    e = line.posterior
    if e is None and line.cox is None:
        one = "1"
        return Line(
            line.level,
            line.few,
            str(line.patients),
            str(line.events),
            "1 (reference)",
            "",
            "",
            one,
            one,
            "",
            None,
            "",
            "",
        )
    row = None if e is None else behind.get((e.term, e.contrast_in))
    return Line(
        level=line.level,
        few=line.few,
        patients=str(line.patients),
        events=str(line.events),
        posterior=ratio(e.value) if e is not None else "",
        limits=in_brackets(e),
        chance=probability(e.prob_gt_1) if e is not None else "",
        sceptic=with_brackets(line.sceptic),
        cox=with_brackets(line.cox),
        p_value="" if line.cox is None else probability(line.cox.p_value),
        bar=bar_of(e),
        data="" if row is None else share(row),
        beware="" if row is None else str(row["warning"]),
    )


def with_brackets(e: Estimate | None) -> str:
    """Return a hazard ratio with its limits, or why there is none."""
    if e is None:
        return ""
    if math.isnan(e.lower) or math.isnan(e.upper):
        return e.note.split(":")[0] or "no estimate"
    return f"{ratio(e.value)} {in_brackets(e)}"


def in_brackets(e: Estimate | None) -> str:
    """Return limits in brackets."""
    return "" if e is None else f"({ratio(e.lower)} to {ratio(e.upper)})"


def bar_of(e: Estimate | None) -> Bar | None:
    """Return the bar of a hazard ratio; None where it has no limits."""
    if e is None or math.isnan(e.lower) or math.isnan(e.upper):
        return None
    places = [place_of(value) for value in (e.lower, e.value, e.upper)]
    beyond = e.lower < AXIS[0] or e.upper > AXIS[1]
    return Bar(places[0], places[1], places[2], beyond)


def place_of(value: float) -> float:
    """Return where a hazard ratio lies on the axis, in per cent of its length.

    Examples
    --------
    >>> place_of(1.0), place_of(0.01), place_of(10.0)
    (50.0, 0.0, 100.0)
    """
    low, high = (math.log(end) for end in AXIS)
    return round(100.0 * (min(max(math.log(max(value, 1e-9)), low), high) - low) / (high - low), 1)


def notes(lines: tuple[Answer, ...], outcome: Outcome, *, informed: bool) -> tuple[str, ...]:
    """Return what stands under the table; ``informed``: it has shares of data."""
    legend = ["! fewer than 5 events: the prior decides much."] if any(line.few for line in lines) else []
    legend += ["Data: the share of the posterior's precision that is data, not prior."] if informed else []
    found = [" ".join(legend)] if legend else []
    found += in_common(outcome, lines)
    estimates = [e for line in lines for e in (line.posterior, line.cox) if e is not None and not math.isnan(e.lower)]
    parts = (part for e in estimates for part in e.note.split("; ") if part and not SAID.search(part))
    found += [f"{capital(part)}." for part in dict.fromkeys(parts)]
    if outcome.clock.startswith("NAIVE"):
        found.append("NAIVE: covariates known later are treated as if known at time zero.")
    return tuple(found)


def in_common(outcome: Outcome, lines: tuple[Answer, ...]) -> list[str]:
    """Say which lines are one coefficient, printed once in each of its transitions."""
    topics = {e.term: line.topic for line in lines for e in (line.posterior, line.cox) if e is not None}
    blocks = [b for b in outcome.posteriors[0].plan.design.blocks if len(b.within) > 1 and not b.coding.copies]
    return [
        f"{topics.get(name, name)}: one coefficient for {' and '.join(map(in_words, block.within))}, printed in each."
        for block in blocks
        for name in block.effect.covariates
    ]


def whose(outcome: Outcome, bundle: Bundle) -> str:
    """Say where the numbers come from where the rows shown are one of several reconstructions, or complete cases."""
    if of_outcome(outcome, bundle):
        return "Complete cases; with missing covariates imputed: section Missing covariates"
    held = bundle.reconstructions
    if held is None or outcome.posteriors[0].plan.spec.name not in held.pooled:
        return ""
    members = len(held.ensemble)
    return f"Posterior and sceptic: over all {members} reconstructions; counts and Cox: of the first"
