"""A table of two groups by two outcomes against its P, its ratio and the interval of the ratio.

P by every usual test: Pearson's chi-square with and without Yates' correction, the likelihood ratio, two proportions
with unpooled variance, Fisher's exact test (both two-sided forms, mid-P). Odds ratio ad/bc (Woolf's variance 1/a + 1/b
+ 1/c + 1/d), with 1/2 added to each cell, or conditional, which is nearer to 1; risk ratio. Agresti 2013, Categorical
Data Analysis, chapter 3.
"""

import math
import re
from collections.abc import Iterator
from typing import NamedTuple

from scipy.special import chdtrc, gammaln, ndtr

from escc_bayes.data.measures import family
from escc_bayes.data.published import PublishedEstimate, Study
from escc_bayes.data.rounding import Interval
from escc_bayes.evidence.endpoints import SURVIVAL, endpoint
from escc_bayes.evidence.finding import Finding, Severity
from escc_bayes.evidence.ledger import Ledger
from escc_bayes.evidence.quotes.estimate import PrintedP, p_of, values_of
from escc_bayes.evidence.quotes.p_values import PValue
from escc_bayes.evidence.quotes.quote import read_quote
from escc_bayes.evidence.rules.wald import log_interval, se_from_limits

RULE = "2x2 table"
OTHER_MODEL = re.compile(
    r"stratif|mantel|cochran|\bcmh\b|adjust|logistic|multivaria|regression|weighted|trend|mcnemar|paired|matched", re.I
)
PART_OF = r"(?: ?/ ?| (?:out )?of (?:the )?)"
NO_UNIT = r"(?![\d./])(?! ?(?:mg|mcg|g|kg|Gy|mm|cm|ml|IU|mmHg|years?|months?|weeks?|days?)\b)"
WHOM = r"(?: (?:[a-z-]+ ){0,5}?)"
COMPARED = re.compile(
    rf"(?<![\d./-])(?P<a>\d+){PART_OF}(?P<n>\d+){NO_UNIT}{WHOM}?[ ,;]*(?:v|vs|versus|compared (?:with|to)|against)\.? "
    rf"(?P<c>\d+){PART_OF}(?P<m>\d+){NO_UNIT}",
    re.IGNORECASE,
)
"""Two counts with their wholes that a sentence compares without percentages."""

LEAST = 10
"""Patients of the smallest group that is read so: "grade 1/2 v 3/4" compares no patients."""

MOST = 100_000
"""Patients of the largest table that is tested."""

FACTOR = 1.3
"""P of a rarer test may differ from those computed by so much."""

SHRUNK = 0.85
"""The conditional odds ratio has at least this share of the log of ad/bc, for the tables that are compared."""

NARROW = 0.85


class Table(NamedTuple):
    """Events and patients of both groups."""

    events: int
    n: int
    other_events: int
    other_n: int

    @property
    def cells(self) -> tuple[int, int, int, int]:
        """Return a, b, c, d."""
        return self.events, self.n - self.events, self.other_events, self.other_n - self.other_events

    @property
    def words(self) -> str:
        """The table in a sentence."""
        return f"{self.events}/{self.n} against {self.other_events}/{self.other_n}"


def tables_against_tests(study: Study, ledger: Ledger | None = None) -> Iterator[Finding]:
    """Compare each table with its P and its ratio: tables of estimates, and those that a sentence prints."""
    book = ledger or Ledger()
    seen: set[tuple[Table, str]] = set()
    for estimate in study.estimates:
        table = table_of(estimate) or table_in(estimate.quote)
        if table is None or not usable(table):
            continue
        printed = p_of(estimate)
        if printed is not None and not by_time(estimate):
            book.made()
            seen.add((table, printed.words))
            yield from against_p(study, estimate.quote, estimate.adjustment, table, printed, estimate.place)
        if family(estimate.measure) in ("OR", "RR") and estimate.value is not None and estimate.adjusted is not True:
            book.made()
            yield from against_ratio(study, estimate, table)
    for number in study.numbers:
        table, ps = table_in(number.quote), read_quote(number.quote).ps
        if table is None or not usable(table) or len(ps) != 1 or (table, ps[0].words) in seen:
            continue
        seen.add((table, ps[0].words))
        book.made()
        yield from against_p(study, number.quote, "", table, as_printed(ps[0]), number.place)


def as_printed(p: PValue) -> PrintedP:
    """Return a P of a sentence."""
    return PrintedP(values_of(p), p.sides, p.words)


def table_of(estimate: PublishedEstimate) -> Table | None:
    """Return the table of an estimate's keys."""
    cells = (estimate.events_hazard_of, estimate.n_hazard_of, estimate.events_versus, estimate.n_versus)
    found = [cell for cell in cells if cell is not None]
    return Table(*found) if len(found) == 4 else None


def table_in(sentence: str) -> Table | None:
    """Return the table that a sentence prints as two shares with their denominators, with percentages or without.

    Examples
    --------
    >>> table_in("72% (36/50) v 40% (20/50)").words, table_in("12 of 150 patients versus 30 of 148; RR 0.39").words
    ('36/50 against 20/50', '12/150 against 30/148')
    """
    quote = read_quote(sentence)
    if quote.shares:
        shares = [share for share in quote.shares if share.of]
        cells = [(share.patients, share.of or 0) for share in shares]
    else:
        pairs = list(COMPARED.finditer(quote.text))
        cells = [(int(f[a]), int(f[b])) for f in pairs for a, b in (("a", "n"), ("c", "m"))]
        cells = cells if all(of >= LEAST for _, of in cells) else []
    if len(cells) != 2:
        return None
    (events, n), (other_events, other_n) = cells
    return Table(events, n, other_events, other_n)


def usable(table: Table) -> bool:
    """Whether the counts are a table that can be tested: parts of their wholes, not all of one kind, not millions."""
    if table.n + table.other_n > MOST:
        return False
    return (
        min(table.cells) >= 0
        and min(table.n, table.other_n) > 0
        and 0 < table.events + table.other_events < table.n + table.other_n
    )


def by_time(estimate: PublishedEstimate) -> bool:
    """Whether the P is that of a time to an event."""
    return family(estimate.measure) == "HR" or "logrank" in estimate.measure or endpoint(estimate.endpoint) in SURVIVAL


def tests(table: Table) -> dict[str, float]:
    """Return the two-sided P of the usual tests.

    Examples
    --------
    >>> found = tests(Table(16, 20, 10, 20))
    >>> round(found["chi-square"], 4), round(found["Fisher"], 4)
    (0.0467, 0.0958)
    """
    a, b, c, d = table.cells
    n, rows, columns = a + b + c + d, (a + b, c + d), (a + c, b + d)
    product = rows[0] * rows[1] * columns[0] * columns[1]
    plain = n * (a * d - b * c) ** 2 / product
    yates = n * max(0.0, abs(a * d - b * c) - n / 2) ** 2 / product
    expected = [rows[i] * columns[j] / n for i in (0, 1) for j in (0, 1)]
    g = 2.0 * sum(cell * math.log(cell / e) for cell, e in zip((a, b, c, d), expected, strict=True) if cell)
    exact = fisher(table)
    p, q = a / rows[0], c / rows[1]
    variance = p * (1 - p) / rows[0] + q * (1 - q) / rows[1]
    unpooled = 2.0 * float(ndtr(-abs(p - q) / math.sqrt(variance))) if variance > 0 else exact["Fisher"]
    return {
        "chi-square": float(chdtrc(1, plain)),
        "Yates": float(chdtrc(1, yates)),
        "likelihood ratio": float(chdtrc(1, g)),
        "unpooled": unpooled,
        **exact,
    }


def fisher(table: Table) -> dict[str, float]:
    """Return P of Fisher's exact test: by probability, doubled, and mid-P."""
    a, b, c, d = table.cells
    row, column, n = a + b, a + c, a + b + c + d
    low, high = max(0, row + column - n), min(row, column)
    logs = [choose(row, k) + choose(n - row, column - k) - choose(n, column) for k in range(low, high + 1)]
    chances = [math.exp(value) for value in logs]
    own = chances[a - low]
    both = sum(p for p in chances if p <= own * (1 + 1e-7))
    tail = min(sum(chances[: a - low + 1]), sum(chances[a - low :]))
    return {"Fisher": min(1.0, both), "Fisher doubled": min(1.0, 2 * tail), "mid-P": min(1.0, 2 * tail - own)}


def choose(n: int, k: int) -> float:
    """Return the log of a binomial coefficient."""
    return float(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))


def against_p(
    study: Study, quote: str, adjustment: str, table: Table, printed: PrintedP, place: str
) -> Iterator[Finding]:
    """Report a P that no usual test of the table gives."""
    found = tests(table)
    low, high = min(found.values()), max(found.values())
    one_sided = Interval(low / 2, high / 2)
    expected = one_sided if printed.one_sided else Interval(low, high)
    if printed.values.meets(Interval(expected.low / FACTOR, min(1.0, expected.high * FACTOR))):
        return
    severity: Severity = "impossible"
    reading = "no usual test of the table gives it"
    if not printed.one_sided and printed.values.meets(one_sided):
        severity, reading = "ask the authors", "a one-sided test gives it"
    elif OTHER_MODEL.search(f"{quote} {adjustment}"):
        severity, reading = "ask the authors", "only a stratified or adjusted test may give it"
    shown = ", ".join(f"{name} {p:.3g}" for name, p in found.items())
    yield Finding(
        study.id, RULE, severity, f"{printed.words} stands beside {table.words}; {reading}.", f"P: {shown}", place
    )


def against_ratio(study: Study, estimate: PublishedEstimate, table: Table) -> Iterator[Finding]:
    """Report an odds or risk ratio that is not that of its table, and an interval narrower than the table allows."""
    a, b, c, d = table.cells
    kind = family(estimate.measure)
    odds, risk = odds_ratios(table), risk_ratio(table)
    printed, wanted = log_interval(estimate.value), odds if kind == "OR" else risk
    other = risk if kind == "OR" else odds
    if (
        wanted is None
        or estimate.value is None
        or estimate.value <= 0
        or OTHER_MODEL.search(f"{estimate.quote} {estimate.adjustment}")
    ):
        return
    shown = (
        f"{math.exp(wanted.low):.2f}"
        if wanted.low == wanted.high
        else f"{math.exp(wanted.low):.2f} to {math.exp(wanted.high):.2f}"
    )
    if not printed.meets(wanted):
        severity: Severity = "impossible"
        reading = "it is the ratio of the other direction" if printed.meets(Interval(-wanted.high, -wanted.low)) else ""
        if other is not None and printed.meets(other):
            severity, reading = "ask the authors", f"it is the {'risk' if kind == 'OR' else 'odds'} ratio"
        said = f"{estimate.measure} {estimate.value} stands beside {table.words}, which gives {shown}"
        how = f"{a} x {d} / ({b} x {c})" if kind == "OR" else f"({a}/{table.n}) / ({c}/{table.other_n})"
        yield Finding(study.id, RULE, severity, f"{said}{f'; {reading}' if reading else ''}.", how, estimate.place)
        return
    se = se_from_limits(estimate)
    if se is None or min(a, b, c, d) == 0:
        return
    least = (
        math.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
        if kind == "OR"
        else math.sqrt(b / (a * table.n) + d / (c * table.other_n))
    )
    if se.high < NARROW * least:
        shown = f"{estimate.measure} {estimate.value} ({estimate.ci_low} to {estimate.ci_high})"
        said = f"{shown} is more precise than {table.words}"
        yield Finding(
            study.id,
            RULE,
            "impossible",
            f"{said} allows.",
            f"SE = {se.high:.3f}, {least:.3f} by the table",
            estimate.place,
        )


def odds_ratios(table: Table) -> Interval | None:
    """Return the logs of the odds ratios that a table may print: ad/bc, with 1/2 added, conditional."""
    a, b, c, d = table.cells
    half = math.log((a + 0.5) * (d + 0.5) / ((b + 0.5) * (c + 0.5)))
    if min(a, b, c, d) == 0:
        return Interval(half, half)
    plain = math.log(a * d / (b * c))
    return Interval(min(plain, SHRUNK * plain, half), max(plain, SHRUNK * plain, half))


def risk_ratio(table: Table) -> Interval | None:
    """Return the log of the risk ratio."""
    if table.events == 0 or table.other_events == 0:
        return None
    found = math.log(table.events * table.other_n / (table.n * table.other_events))
    return Interval(found, found)
