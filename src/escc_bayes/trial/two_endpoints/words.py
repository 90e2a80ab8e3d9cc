"""A design of two endpoints and what it does, in words."""

from collections.abc import Iterator

from escc_bayes.trial.simulation.decide import NULL, TRUTH
from escc_bayes.trial.two_endpoints.design import ENDPOINTS, OS, PFS, TwoEndpointDesign
from escc_bayes.trial.two_endpoints.simulate import ANY, BOTH, TwoEndpointResult

HEADINGS = ("endpoint", "power", "type I error")
NAMES = {PFS: "PFS", OS: "OS", ANY: "any of them", BOTH: "both"}


def heading(design: TwoEndpointDesign) -> str:
    """Say what is planned."""
    control, treated = design.patients
    looks = "; ".join(look.words() for look in design.looks)
    return (
        f"{design.name}: {design.arms[1]} ({treated} patients) v {design.arms[0]} ({control}), progression-free and "
        f"overall survival, analysed at {looks}. SIMULATED trials."
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
        yield f"{NAMES[test.endpoint]}: {counts} events expected at its looks; Z above {own}{passed}."


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


def summary(found: TwoEndpointResult) -> tuple[str, ...]:
    """Return what is printed."""
    rows = small_table(found)
    widths = [max(len(row[k]) for row in rows) for k in range(len(HEADINGS))]
    lines = ["  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in rows]
    trials = found.quantities[0].trials
    accuracy = f"{trials:,} trials of each scenario; a probability of 0.5 is then exact to {0.5 / trials**0.5:.4f}."
    design = found.design
    return (
        heading(design),
        *truth_sentences(design),
        *rule_sentences(design),
        "",
        *found_sentences(found),
        "",
        *lines,
        accuracy,
    )
