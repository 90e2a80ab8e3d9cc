"""Results as a command or a session prints them: aligned tables, every caution below its table."""

import math
from collections.abc import Callable, Mapping, Sequence

from escc_bayes.estimand.aligned import Notes, Row, aligned, plain_table

type Words = Callable[[object], str]

# Months at which states are printed; the CSV has every month.
MONTHS_READ = (12.0, 24.0, 36.0)
CAUSES, BOTH = "Cause-specific Cox", "Cox of each endpoint, errors by patient (Wei, Lin & Weissfeld)"
EXACT = "exact limits (beta product): the log-log ones do not exist"


def ratio_table(rows: Sequence[Row], *, by: str, title: str = "Hazard ratios") -> str:
    """Return hazard ratios as a table.

    Parameters
    ----------
    rows : of ``hazard_ratios.csv``.
    by : the column that says who answers: ``model`` or ``method``.
    title : of the table.
    """
    if not rows:
        return "No hazard ratios: the model has no covariates."
    first = rows[0]
    together = several_endpoints(rows)
    head = (
        by,
        "endpoint",
        "contrast",
        "transition",
        "HR",
        interval_words(first),
        chance_words(rows),
        "n",
        "events",
        "note",
    )
    notes = Notes()
    body = [
        (
            answers(row, by),
            str(row["endpoint"]) if together else "",
            f"{row['term']} {row['contrast']}",
            str(row.get("transition") or ""),
            ratio(row["hr"]),
            limits(row),
            chance(row),
            count(row["n"]),
            count(row["events"]),
            notes.mark(row),
        )
        for row in rows
    ]
    return aligned(title, head, body, notes)


def several_endpoints(rows: Sequence[Row]) -> bool:
    """Return whether one model answers for several endpoints."""
    models = {row.get("model") for row in rows}
    return len({(row.get("model"), row.get("endpoint")) for row in rows}) > len(models)


def answers(row: Row, by: str) -> str:
    """Return who answers; Cox within strata is fitted with one covariate and with all, and says which."""
    alone = row.get("model") == "univariable" and "univariable" not in str(row[by])
    return f"{row[by]}, univariable" if alone else str(row[by])


def survival_table(rows: Sequence[Row]) -> str:
    """Return survival of each group, with its own other covariates, a column for each month; of ``survival.csv``."""
    own = [row for row in rows if row.get("population") in (None, "", "group") or not row.get("term")]
    if not own:
        return ""
    kind = interval_words(own[0])
    months = sorted({number(row["time"]) for row in own})
    several = several_endpoints(own)
    lines: dict[tuple[object, ...], dict[float, Row]] = {}
    for row in own:
        key = (row["model"], row.get("endpoint"), row["term"], row["group"])
        lines.setdefault(key, {}).setdefault(number(row["time"]), row)
    notes = Notes()
    body = []
    for (model, endpoint, _, _), at in lines.items():
        first = next(iter(at.values()))
        found = [at.get(month) for month in months]
        body.append(
            (
                str(model),
                *((str(endpoint),) if several else ()),
                group_words(first),
                count(first.get("n")),
                count(first.get("events")),
                *("-" if one is None else f"{share(one['survival'])} ({limits(one, share)})" for one in found),
                notes.mark(*(one for one in found if one is not None)),
            )
        )
    whose = ("model", *(("endpoint",) if several else ()), "group", "n", "events")
    head = (*whose, *(f"S({month:g}), {kind}" for month in months), "note")
    return aligned("Survival at months", head, body, notes)


def state_table(
    rows: Sequence[Row], *, title: str = "States at months, every group over everyone", by: str = "state"
) -> str:
    """Return the probability of each state at 12, 24 and 36 months, a line for each group and state."""
    own = [row for row in rows if row["population"] == "everyone" and number(row["time"]) in MONTHS_READ]
    if not own:
        return ""
    months = sorted({number(row["time"]) for row in own})
    lines: dict[tuple[object, ...], dict[float, Row]] = {}
    for row in own:
        key = (row["model"], row["method"], row["term"], row["group"], row["state"])
        lines.setdefault(key, {})[number(row["time"])] = row
    body = [
        (
            str(model),
            str(method),
            group_words(at[months[0]]),
            str(state),
            *(f"{share(at[month]['probability'])} ({limits(at[month], share)})" for month in months),
        )
        for (model, method, _, _, state), at in lines.items()
    ]
    level = f"{100 * number(own[0]['level']):g} %"
    head = ("model", "method", "group", by, *(f"P({month:g}), {level}" for month in months))
    return plain_table(title, head, body)


def incidence_table(rows: Sequence[Row]) -> str:
    """Return the cumulative incidence of each cause at 12, 24 and 36 months, a line for each group and cause."""
    own = [{**row, "state": row["cause"], "population": "everyone"} for row in rows]
    return state_table(own, title="Cumulative incidence at months", by="cause")


def after_table(rows: Sequence[Row]) -> str:
    """Return survival after progression and its median, a line for each group; of ``after_progression.csv``."""
    own = [row for row in rows if row["population"] == "everyone"]
    if not own:
        return ""
    lines: dict[tuple[object, ...], list[Row]] = {}
    for row in own:
        lines.setdefault((row["model"], row["method"], row["term"], row["group"]), []).append(row)
    notes = Notes()
    body = [
        (
            str(model),
            str(method),
            group_words(found[0]),
            count(found[0]["n"]),
            count(found[0]["events"]),
            *(f"{share(row['value'])} ({limits(row, share)})" for row in found[:-1]),
            month_words(found[-1]["value"]),
            limits(found[-1], month_words),
            notes.mark(*found),
        )
        for (model, method, _, _), found in lines.items()
    ]
    level = f"{100 * number(own[0]['level']):g} %"
    after = [f"S({number(row['time']):g}), {level}" for row in next(iter(lines.values()))[:-1]]
    head = ("model", "method", "group", "progressed", "died", *after, "median", level, "note")
    return aligned("Survival after progression, months since it", head, body, notes)


def group_table(medians: Sequence[Row], landmarks: Sequence[Row]) -> str:
    """Return patients, events, median and survival at months of every group; Kaplan-Meier."""
    if not medians:
        return ""
    months = sorted({number(row["time"]) for row in landmarks})
    alive = {(row["term"], row["group"], number(row["time"])): row for row in landmarks}
    kind = f"{100 * number(medians[0]['level']):g} % confidence"
    head = ("group", "n", "events", "median", kind, *(f"S({month:g}), {kind}" for month in months), "note")
    notes = Notes()
    body = []
    for row in medians:
        at = [alive.get((row["term"], row["group"], month)) for month in months]
        body.append(
            (
                group_words(row),
                count(row.get("n")),
                count(row.get("events")),
                month_words(row["median"]),
                limits(row, month_words),
                *("-" if one is None else f"{share(one['survival'])} ({alive_limits(one)})" for one in at),
                notes.mark(row, *(noted(one) for one in at if one is not None)),
            )
        )
    return aligned("Kaplan-Meier, months", head, body, notes)


def logrank_table(rows: Sequence[Row]) -> str:
    """Return the log-rank tests over all levels, and for trend, as a table."""
    overall = [row for row in rows if str(row["comparison"]) in ("overall", "trend")]
    if not overall:
        return ""
    notes = Notes()
    body = [
        (
            str(row["term"]),
            " ".join(str(word) for word in (row["comparison"], strata_words(row)) if word),
            count(row.get("n")),
            count(row.get("events")),
            f"{number(row['chi2']):.2f}",
            count(row["df"]),
            p_value(row["p_value"]),
            notes.mark(row),
        )
        for row in overall
    ]
    return aligned("Log-rank tests", ("term", "comparison", "n", "events", "chi2", "df", "P", "note"), body, notes)


def fit_tables(tables: Mapping[str, Sequence[Row]], *, beside: str = "") -> list[str]:
    """Return hazard ratios and survival of a fit as tables; ``beside`` is the title of what maximum likelihood says."""
    beside = beside or (BOTH if several_endpoints(tables["hazard_ratios"]) else CAUSES)
    ratios = tables["hazard_ratios"]
    bayes, others = ([row for row in ratios if row["interval"] == kind] for kind in ("credible", "confidence"))
    several = len({row["model"] for row in others}) > 1
    shown = [{**row, "method": f"{row['model']}, {row['method']}"} for row in others] if several else others
    found = (
        ratio_table(bayes, by="model"),
        ratio_table(shown, by="method", title=beside) if shown else "",
        survival_table(tables.get("survival", ())),
        state_table(tables.get("states", ())),
        after_table(tables.get("after_progression", ())),
        incidence_table(tables.get("cumulative_incidence", ())),
    )
    return [table for table in found if table]


def baseline_tables(tables: Mapping[str, Sequence[Row]]) -> list[str]:
    """Return groups, log-rank tests and hazard ratios of the classical methods as tables."""
    ratios = tables.get("hazard_ratios", ())
    found = (
        group_table(tables.get("medians", ()), tables.get("landmarks", ())),
        logrank_table(tables.get("logrank", ())),
        ratio_table(ratios, by="method") if ratios else "",
    )
    return [table for table in found if table]


def interval_words(row: Row) -> str:
    """Return such as ``95 % credible``."""
    return f"{100 * number(row['level']):g} % {row['interval']}"


def chance_words(rows: Sequence[Row]) -> str:
    """Return what a row says of chance: a posterior probability, or a P value."""
    return "P(HR > 1)" if all(math.isnan(number(row.get("p_value"))) for row in rows) else "P value"


def chance(row: Row) -> str:
    """Return the posterior probability of harm, or the P value."""
    posterior = number(row.get("prob_gt_1"))
    return p_value(row.get("p_value")) if math.isnan(posterior) else f"{posterior:.3f}"


def strata_words(row: Row) -> str:
    """Return within what a test is made."""
    return f"within {row['strata']}" if row.get("strata") else ""


def group_words(row: Row) -> str:
    """Return ``term level``, or all patients."""
    return " ".join(str(row[key]) for key in ("term", "group") if row.get(key)) or "all patients"


def limits(row: Row, words: Words | None = None) -> str:
    """Return ``lower to upper``."""
    said = words or ratio
    low, high = said(row["lower"]), said(row["upper"])
    return "-" if low == high == "-" else f"{low} to {high}"


def alive_limits(row: Row) -> str:
    """Return the limits of Kaplan-Meier; the exact ones where nobody, or everybody, had the event."""
    return limits(exact(row) if needs_exact(row) else row, share)


def needs_exact(row: Row) -> bool:
    """Whether the log-log limits do not exist and the exact ones do."""
    return math.isnan(number(row["lower"])) and not math.isnan(number(row.get("lower_exact")))


def exact(row: Row) -> Row:
    """Return a row with its exact limits."""
    return {**row, "lower": row["lower_exact"], "upper": row["upper_exact"]}


def noted(row: Row) -> Row:
    """Return a row that says whether its limits are the exact ones."""
    if not needs_exact(row):
        return row
    return {**row, "note": "; ".join(filter(None, (EXACT, str(row.get("note") or ""))))}


def number(value: object) -> float:
    """Return a number of a row; NaN where there is none."""
    return float(value) if isinstance(value, int | float) else math.nan


def ratio(value: object) -> str:
    """Return a ratio with two decimals, or in powers of ten where these would say nothing."""
    found = number(value)
    if math.isnan(found):
        return "-"
    return f"{found:.2f}" if 0.01 <= abs(found) < 1000 or found == 0 else f"{found:.2g}"


def share(value: object) -> str:
    """Return a probability with two decimals."""
    found = number(value)
    return "-" if math.isnan(found) else f"{found:.2f}"


def month_words(value: object) -> str:
    """Return months with one decimal; a median that is not reached has none."""
    found = number(value)
    return "not reached" if math.isnan(found) or math.isinf(found) else f"{found:.1f}"


def p_value(value: object) -> str:
    """Return a P value as papers print it."""
    found = number(value)
    if math.isnan(found):
        return "-"
    return "<0.001" if found < 0.001 else f"{found:.3f}"


def count(value: object) -> str:
    """Return a number of patients or events."""
    found = number(value)
    return "-" if math.isnan(found) else f"{found:,.0f}" if found.is_integer() else f"{found:,.1f}"
