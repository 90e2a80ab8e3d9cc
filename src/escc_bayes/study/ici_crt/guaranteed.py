"""How long each sequence makes its patients live to be counted, and the hazard ratio that this alone makes."""

from types import MappingProxyType

from escc_bayes.data.guarantee import GuaranteeRules
from escc_bayes.foundation.seeds import stream
from escc_bayes.plots.words import ratio
from escc_bayes.study.counted import HEAD
from escc_bayes.study.part import Row, StudyTable, table_of
from escc_bayes.study.subject import Subject
from escc_bayes.time_zero.guarantee_rows import guarantee_rows

PAPER = ("ici_after_crt", "concurrent", "crt_after_ici")
# Chemoradiotherapy of six weeks; cycles of three weeks; of four cycles the last begins after three quarters.
RADIOTHERAPY, CYCLE, FRACTION = 6 * 7 / 30.4375, 21 / 30.4375, 0.75
SIMULATIONS = 1000


def rules_of(subject: Subject) -> GuaranteeRules | None:
    """Return the schema's own rules, or those that the paper's inclusion and intervals state for its own groups."""
    schema = subject.column("sequence").schema
    if schema.guarantee is not None:
        return schema.guarantee
    cycles, interval = (subject.printed.number(name) for name in ("ici_cycles_min_inclusion", "group1_interval_median"))
    if schema.levels != PAPER or cycles is None or interval is None:
        return None
    return GuaranteeRules({"": cycles}, CYCLE, FRACTION, MappingProxyType({PAPER[0]: RADIOTHERAPY + interval}))


def guarantee_table(subject: Subject) -> tuple[StudyTable, str] | None:
    """Return the table and a line that reads it; None without rules or without overall survival."""
    rules = rules_of(subject)
    if rules is None or not subject.has("os"):
        return None
    name = subject.covariates["sequence"]
    found = guarantee_rows(
        subject.members,
        subject.endpoints["os"],
        name,
        rules,
        level=subject.level,
        seed=stream(subject.seed, "study", "guarantee"),
        simulations=SIMULATIONS,
    )
    rows: list[Row] = [dict(row) for row in found]
    cells = [
        (
            str(row["contrast"]),
            f"{row['n']} ({row['events']})",
            f"{row['guaranteed']:.1f}",
            f"{row['versus_guaranteed']:.1f}",
            f"{ratio(number(row, 'hr'))} ({ratio(number(row, 'lower'))} to {ratio(number(row, 'upper'))})",
            f"{100 * number(row, 'false_positive'):.1f} %",
        )
        for row in rows
    ]
    most = max(rows, key=lambda row: abs(number(row, "hr") - 1.0))
    said = (
        f"Guarantee time: {most['contrast']}, whose patients had to live {most['guaranteed']:.1f} and "
        f"{most['versus_guaranteed']:.1f} months to be counted, has a hazard ratio of {ratio(number(most, 'hr'))} "
        "without any effect (SIMULATED)."
    )
    head = (
        "Contrast",
        f"{HEAD}, all groups",
        "Guaranteed, months",
        "of the other",
        "HR without any effect (range)",
        "called an effect",
    )
    note = (
        "SIMULATED under one hazard for all beyond the guaranteed months. G = lead + cycles x interval x fraction: "
        "four cycles of three weeks, the last begun after three quarters; ICI after chemoradiotherapy begins after six "
        "weeks and the printed median interval."
    )
    return table_of("table4_guarantee", "guarantee time by sequence", rows, head, cells, note=note, folded=True), said


def number(row: Row, name: str) -> float:
    """Return a number of a row."""
    return float(str(row[name]))
