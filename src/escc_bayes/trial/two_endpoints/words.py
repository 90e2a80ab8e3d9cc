"""A design of two endpoints and what it does, in words."""

from collections.abc import Iterator

from escc_bayes.foundation.sentence import counted
from escc_bayes.trial.design.sensitivity_grid import SensitivityGrid, timing_over
from escc_bayes.trial.simulation.decide import NULL, TRUTH
from escc_bayes.trial.simulation.rounded import rounded
from escc_bayes.trial.simulation.told import FILL, ToFill, Words, origin_sentence
from escc_bayes.trial.truth.expected_events import month_of_events
from escc_bayes.trial.two_endpoints.design import ENDPOINTS, OS, PFS, TwoEndpointDesign
from escc_bayes.trial.two_endpoints.simulate import ANY, BOTH, TwoEndpointResult
from escc_bayes.trial.two_endpoints.truth import EndpointHazard

HEADINGS = ("endpoint", "power", "type I error")
NAMES = {PFS: "PFS", OS: "OS", ANY: "any of them", BOTH: "both"}


def heading(design: TwoEndpointDesign) -> str:
    """Say what is planned."""
    control, treated = design.patients
    looks = "; ".join(look.words() for look in design.looks)
    return (
        f"{design.name}: {design.arms[1]} ({counted(treated, 'patient')}) v {design.arms[0]} ({control}), "
        f"progression-free and overall survival, analysed at {looks}. SIMULATED trials."
    )


def truth_sentences(design: TwoEndpointDesign) -> Iterator[str]:
    """Yield the truth of each arm."""
    for arm, truth in zip(design.arms, design.truth, strict=True):
        year, two = (100.0 * truth.os(month) for month in (12.0, 24.0))
        yield (
            f"{arm}: hazards per month {truth.progression:.4g} to progression, {truth.death:.4g} to death without it, "
            f"{truth.after:.4g} from progression to death; median PFS {truth.pfs_median:.1f} and OS "
            f"{truth.os_median:.1f} months, survival {year:.1f} % at 12 and {two:.1f} % at 24 months."
        )


def rule_sentences(design: TwoEndpointDesign) -> Iterator[str]:
    """Yield how alpha is shared and passed."""
    for this, test in enumerate(design.tests):
        looks = ", ".join(str(place + 1) for place in test.looks)
        at = f"look{'s' * (len(test.looks) > 1)} {looks}"
        said = f"{NAMES[test.endpoint]}: log-rank test one-sided {test.alpha:g} at {at}"
        if len(test.looks) > 1:
            said += f" ({test.spending.words()})"
        if not design.co_primary and test.passes > 0.0:
            other = design.tests[1 - this]
            said += (
                f"; once it wins, {NAMES[other.endpoint]} is tested at {other.alpha + test.passes * test.alpha:g}, its "
                "spending re-evaluated there, from that look on"
            )
        yield f"{said}."
    if design.co_primary:
        yield "Co-primary: success is that of both endpoints, each at its own alpha; no alpha is passed."


def boundary_sentences(found: TwoEndpointResult) -> Iterator[str]:
    """Yield the boundaries of each endpoint."""
    for this, (test, hypothesis) in enumerate(zip(found.design.tests, found.hypotheses, strict=True)):
        counts = ", ".join(f"{found.events[this][place]:.0f}" for place in test.looks)
        own, more = (", ".join(f"{z:.3f}" for z in bounds) for bounds in (hypothesis.own, hypothesis.more))
        passed = "" if own == more else f"; above {more} with the alpha passed on"
        yield f"{NAMES[test.endpoint]}: {counted(counts, 'event')} expected at its looks; Z above {own}{passed}."


def found_sentences(found: TwoEndpointResult) -> Iterator[str]:
    """Yield what the design does."""
    design = found.design
    months = ", ".join(f"{month:.1f}" for month in found.months)
    yield f"Looks are expected in month{'s' * (len(design.looks) > 1)} {months}."
    yield from boundary_sentences(found)
    error = found.of(NULL, BOTH if design.co_primary else ANY, "type_one_error")
    kind = "both endpoints win" if design.co_primary else "any endpoint wins"
    yield (
        f"Without any effect {kind} in {error.value:.4f} of trials (Monte Carlo error {error.mc_error:.4f}; at most "
        f"{design.alpha:g} by the procedure)."
    )
    against = found.of(TRUTH, OS, "against_where_pfs_wins")
    yield (
        f"OS as a safety look: in {against.value:.3f} of trials PFS wins under the planned effect while OS points the "
        "other way at that look (log-rank Z below 0)."
    )
    if design.co_primary:
        yield (
            "Co-primary endpoints have their largest type I error where one has an effect without end and the other "
            "none: the alpha of that other one."
        )


def small_table(found: TwoEndpointResult) -> tuple[tuple[str, ...], ...]:
    """Return the table, its headings first."""
    rows: list[tuple[str, ...]] = [HEADINGS]
    for rule in (BOTH,) if found.design.co_primary else (*ENDPOINTS, ANY, BOTH):
        power, error = found.of(TRUTH, rule, "power"), found.of(NULL, rule, "type_one_error")
        rows.append((NAMES[rule], f"{power.value:.3f}", f"{error.value:.4f}"))
    return tuple(rows)


def timing(design: TwoEndpointDesign) -> SensitivityGrid:
    """Return the expected month of the last look over the hazards of an endpoint in both arms, and dropout."""
    look = design.looks[-1]
    parts = [design.accrual.part(count) for count in design.patients]
    hazards = [EndpointHazard(truth, look.endpoint == OS) for truth in design.truth]
    arms = tuple(zip(parts, hazards, design.dropout, strict=True))
    whose = f"hazard of {NAMES[look.endpoint]}, both arms"
    return timing_over("month of the last look", whose, arms, lambda changed: month_of_events(look.events, changed))


def protocol_sentences(found: TwoEndpointResult) -> Iterator[str]:
    """Yield three sentences: size and power, type I error, how the numbers were found."""
    design = found.design
    pfs, os = (found.of(TRUTH, endpoint, "power") for endpoint in ENDPOINTS)
    both = found.of(TRUTH, BOTH, "power")
    looks = "; ".join(look.words() for look in design.looks)
    yield (
        f"{sum(design.patients)} patients, randomised {design.allocation[0]:g}:{design.allocation[1]:g} and analysed "
        f"at {looks} (the last expected in month {found.months[-1]:.0f}), give "
        f"PFS a power of {rounded(pfs)}, OS of {rounded(os)} and both of {rounded(both)}."
    )
    rule = BOTH if design.co_primary else ANY
    error = found.of(NULL, rule, "type_one_error")
    how = "both must win" if design.co_primary else "alpha is passed on by a graph (Maurer and Bretz)"
    yield (
        f"The family's one-sided type I error is at most {design.alpha:g}: {how}; simulated {rounded(error)} "
        f"(Monte Carlo error {error.mc_error:.2g})."
    )
    yield origin_sentence(found.record, error.trials)


def left_to_say(design: TwoEndpointDesign) -> ToFill:
    """Return what the design does not know."""
    control, treatment = design.arms
    return ToFill(
        estimand=(
            f"Treatments: {treatment} v {control}, as randomised. Doses, duration, what else is allowed: {FILL}",
            f"Population: {FILL}",
            f"Variables: PFS (who judges progression, how often, what if a scan is missed: {FILL}) and OS.",
            f"Treatment after progression, crossing over: taken to be that of the hazards stated. Strategy: {FILL}",
            f"Further treatment before progression, loss of patients: strategy of each: {FILL}",
            f"Summary measure: log-rank test of each; which ratio or difference is reported for OS, whose hazards are "
            f"not proportional: {FILL}",
        ),
        reasons=(
            f"Hazards after progression, and their sources: {FILL}",
            *(
                f"{NAMES[test.endpoint]}: one-sided alpha {test.alpha:g}. Why this share: {FILL}"
                for test in design.tests
            ),
        ),
        adaptive=(
            f"Looks at {'; '.join(look.words() for look in design.looks)}; size and allocation are fixed.",
            f"Whether OS goes on to be followed once it has won, or PFS alone has: {FILL}",
            f"Who sees unblinded data, how integrity is kept: {FILL}",
        ),
    )


WORDS = Words(
    heading=heading,
    design=truth_sentences,
    rules=rule_sentences,
    found=found_sentences,
    table=small_table,
    caption="Success by endpoint; type I error without an effect on either.",
    timing=timing,
    sentences=protocol_sentences,
    to_fill=left_to_say,
)
