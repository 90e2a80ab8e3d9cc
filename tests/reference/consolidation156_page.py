"""Writes what the report estimates of the SIMULATED cohort into its page.

`python -m tests.reference.consolidation156_page`.
"""

from collections.abc import Iterator
from pathlib import Path

from escc_bayes.data.bundled import example_cohort
from escc_bayes.foundation.seeds import stream
from escc_bayes.matching.design import design_of, scores_of
from escc_bayes.matching.effect import classical_answers
from escc_bayes.matching.immortal import as_if_known, beside_naive
from escc_bayes.matching.patients import patients_of
from escc_bayes.plots.words import ratio, with_limits
from escc_bayes.study.treatment.asked import asked_of
from escc_bayes.study.treatment.gather import request_of
from escc_bayes.time_zero.run import TimeZero

PAGE = Path(__file__).parents[2] / "docs" / "consolidation156.md"
BEGIN = "<!-- the table: python -m tests.reference.consolidation156_page -->\n"
END = "<!-- end of the table -->"
COHORT = example_cohort("consolidation156")
ASKED = asked_of(COHORT, None, None)
ENDPOINTS = ("os", "pfs")
# What the report starts from where no seed is given.
SEED = 20251
HEAD = "| analysis, Cox | death, true 0.70 | PFS, true 0.636 | patients (deaths; PFS events) |\n|---|---|---|---|\n"
DESIGNS = {"nearest": "nearest neighbours", "overlap": "overlap weights"}
LATER = {
    "landmark": "landmark at month {:g}, adjusted",
    "time_updated": "time-updated, adjusted",
    "clone_censor_weight": "cloned, censored, weighted",
}

type Found = tuple[str, int, int]


def designed(method: str, name: str) -> list[Found]:
    """Return the ratio of one row of ``effect.csv`` with its patients and events, endpoint by endpoint."""
    found = []
    for endpoint in ENDPOINTS:
        asked = request(endpoint, method)
        people = patients_of(as_if_known(COHORT, "radiotherapy"), asked)
        design = design_of(people, asked, scores_of(people, asked).score)
        one = next(one for one in classical_answers(people, design, asked) if one.method == name)
        found.append((printed(one.hr, one.lower, one.upper), one.n, one.events))
    return found


def request(endpoint: str, method: str):
    """Return what the report asks of one design."""
    assert ASKED is not None
    return request_of(method, endpoint, ASKED, COHORT, 0.95, stream(SEED, "treatment"), headline=method == "nearest")


def later() -> list[TimeZero]:
    """Return the analyses by the month of the start, endpoint by endpoint."""
    return [beside_naive(COHORT, request(endpoint, "nearest")) for endpoint in ENDPOINTS]


def printed(*hr: float) -> str:
    """Print a ratio as tables of a report do."""
    return with_limits(*(ratio(x) for x in hr))


def lines_of_designs() -> Iterator[str]:
    """Yield the lines that rest on no draws."""
    yield line("before any design", designed("nearest", "cox_unadjusted"))
    for method, words in DESIGNS.items():
        yield line(words, designed(method, "cox"))


def lines_of_starts(found: list[TimeZero]) -> Iterator[str]:
    """Yield the lines of analyses by the month of the start."""
    for analysis, words in LATER.items():
        rows = [next(r for r in one.rows if (r["analysis"], r["method"]) == (analysis, "cox")) for one in found]
        each = [(printed(*(float(r[k]) for k in ("hr", "lower", "upper"))), r["n"], r["events"]) for r in rows]
        yield line(words.format(rows[0]["landmark"]) if analysis == "landmark" else words, each)


def line(words: str, found: list[Found]) -> str:
    """Return a line of the table: ratios, and whom they rest on."""
    (death, n, deaths), (pfs, of_pfs, events) = found
    who = f"{n} ({deaths}; {events})" if n == of_pfs else f"{n} ({deaths}), {of_pfs} ({events})"
    return f"| {words} | {death} | {pfs} | {who} |\n"


def main() -> None:
    """Replace the table of the page."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    table = "".join([HEAD, *lines_of_designs(), *lines_of_starts(later())])
    PAGE.write_text(f"{before}{BEGIN}\n{table}\n{END}{rest.partition(END)[2]}", encoding="utf-8")


if __name__ == "__main__":
    main()
