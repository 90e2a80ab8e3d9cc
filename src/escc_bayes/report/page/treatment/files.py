"""The CSV files of the chapter, by name."""

from escc_bayes.estimand.tables import Row
from escc_bayes.matching.tables import balance_rows, design_rows, effect_rows
from escc_bayes.study.treatment.gather import Treatment
from escc_bayes.study.treatment.lacking import lacking_rows
from escc_bayes.study.treatment.printed import CONTROL, MISSED, NEAR, TREATED, Printed


def treatment_files(held: Treatment) -> dict[str, list[Row]]:
    """Return the rows of each file that has any; those of several designs and endpoints one below the other."""
    matches = [match for found in held.matches.values() for match in found]
    first = next(iter(held.matches.values()))
    found: dict[str, list[Row]] = {
        "treatment_design": [row for m in first for row in design_rows(m.patients, m.design, m.asked)],
        "treatment_balance": [row for m in first for row in balance_rows(m.balance, m.design, m.patients)],
        "treatment_effect": [row for m in matches for row in effect_rows(m.answers, m.patients, m.design, m.asked)],
        "treatment_contrasts": [row for m in matches for row in m.contrasts],
        "treatment_subgroups": [row for m in matches for row in m.subgroups],
        "treatment_time_zero": [
            r for ms in held.matches.values() for m in ms[:1] if m.time_zero for r in m.time_zero.rows
        ],
        "treatment_assumed_start": [row for rows in held.assumed.values() for row in rows],
        "treatment_late_start": [row for rows in held.late.values() for row in rows],
        "treatment_location": held.location,
        "treatment_grades": held.grades,
        "treatment_printed": printed_rows(held),
        "treatment_lacking": lacking_rows(held.lacking),
    }
    return {name: rows for name, rows in found.items() if rows}


def reached(text: str) -> str:
    """Say by its mark whether the reconstructions have a printed number."""
    return {NEAR: "near", MISSED: "not reached"}.get(text[-1:], "reproduced")


def printed_rows(held: Treatment) -> list[Row]:
    """Return what the study prints, as text with its marks."""
    printed = held.printed
    if printed is None:
        return []
    control, treated = held.first.patients.levels
    words = {CONTROL: control, TREATED: treated}
    roles = (TREATED, CONTROL)
    found: list[tuple[str, str, tuple[int, ...], str]]
    found = [("", "patients", (role,), printed.sizes[role]) for role in roles]
    found += [("", "patients before matching", (), printed.before)] if printed.before else []
    found += [(e, "median", (role,), text) for (e, role), text in printed.medians.items() if text]
    found += [(e, "hazard_ratio", roles, text) for e, text in printed.ratios.items()]
    return [
        {
            "study": printed.study.id,
            "endpoint": endpoint,
            "quantity": quantity,
            "group": " vs ".join(words[role] for role in of),
            "printed": text.rstrip("*†"),
            "n": sum(int(printed.sizes[role].rstrip("*†")) for role in of) if of else printed.before.rstrip("*†"),
            "events": events_of(printed, endpoint, of),
            "reached": reached(text) if printed.marked else "",
            "provenance": "published",
        }
        for endpoint, quantity, of, text in found
    ]


def events_of(printed: Printed, endpoint: str, of: tuple[int, ...]) -> int | str:
    """Return the printed events of some groups; nothing where one has none printed."""
    known = [printed.events[endpoint, role] for role in of if (endpoint, role) in printed.events]
    return sum(known) if of and len(known) == len(of) else ""
