"""Tables with a row for each endpoint of a patient, as CDISC writes times to events (ADTTE): one row each again.

ADaM Implementation Guide: USUBJID is the patient, PARAMCD the endpoint, AVAL the time, CNSR 0 where the event happened.
"""

from collections.abc import Mapping

SUBJECT, PARAMETER, MEASURES = ("usubjid", "subjid"), "paramcd", ("aval", "cnsr")
# Beyond this many a table is none of a few endpoints.
MOST_PARAMETERS = 20

type Columns = Mapping[str, list[object]]


def named(columns: Columns, wanted: str) -> str | None:
    """Return the column of a name, whatever its case."""
    return next((name for name in columns if name.strip().casefold() == wanted), None)


def one_row_each(columns: Columns) -> tuple[dict[str, list[object]], list[int], str] | None:
    """Return columns with one row for each patient, where each came from, and a sentence; None where nothing is to do.

    What differs between a patient's rows becomes a column for each endpoint, such as ``AVAL OS`` and ``AVAL PFS``.
    """
    subject = next(filter(None, (named(columns, word) for word in SUBJECT)), None)
    parameter, time, censored = (named(columns, word) for word in (PARAMETER, *MEASURES))
    if subject is None or parameter is None or time is None or censored is None:
        return None
    of, what = columns[subject], [str(word) for word in columns[parameter]]
    endpoints, patients = sorted(set(what)), list(dict.fromkeys(of))
    rows = {pair: place for place, pair in enumerate(zip(of, what, strict=True))}
    if not 1 < len(endpoints) <= MOST_PARAMETERS or len(rows) < len(of) or None in of or None in columns[parameter]:
        return None
    mine = [[rows[who, word] for word in endpoints if (who, word) in rows] for who in patients]
    found: dict[str, list[object]] = {}
    for name, values in columns.items():
        if name == parameter:
            continue
        if name not in (time, censored) and all(values[at] == values[places[0]] for places in mine for at in places):
            found[name] = [values[places[0]] for places in mine]
            continue
        for word in endpoints:
            found[f"{name} {word}"] = [values[rows[who, word]] if (who, word) in rows else None for who in patients]
    said = (
        f"{parameter} has a row for each of {', '.join(endpoints)}: read as one row for each of {len(patients)} "
        f"patients, with columns such as '{time} {endpoints[0]}' and '{censored} {endpoints[0]}'"
    )
    return found, [places[0] for places in mine], said
