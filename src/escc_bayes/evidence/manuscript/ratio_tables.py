"""Tables of a regression: HR, interval and P by row, one model or several side by side, as estimates.

Rows of a reference, and cells without a ratio, are told as read and give no estimate.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from escc_bayes.data.measures import Family, family
from escc_bayes.evidence.manuscript.endpoint_words import NOT_STATED, mentions
from escc_bayes.evidence.manuscript.entry import Entry, Passage, Understood
from escc_bayes.evidence.manuscript.table_parts import Parted, Row

N = r"\d+(?:\.\d+)?"
JOINED = re.compile(rf"(?P<value>{N}) ?[(\[,;]? ?(?:95 ?% ?CI:? ?)?(?P<low>{N}) ?(?:-|to|,|~|;) ?(?P<high>{N}) ?[)\]]?")
LIMITS = re.compile(rf"[(\[]? ?(?P<low>{N}) ?(?:-|to|,|~|;) ?(?P<high>{N}) ?[)\]]?")
VALUE = re.compile(N)
P = re.compile(r"(?P<sign>[<>]?) ?=? ?(?P<p>(?:0?\.\d+|[01](?:\.0+)?))\*?")
P_HEAD = re.compile(r"\bp(?:[ -]?values?)?\b", re.IGNORECASE)
CI_HEAD = re.compile(r"\bCI\b|confidence|interval", re.IGNORECASE)
LEVEL = re.compile(r"(?P<level>\d\d(?:\.\d+)?) ?% ?-?(?:CI|confidence)", re.IGNORECASE)
MULTI = re.compile(r"multivaria(?:ble|te)|adjusted(?<!unadjusted)|\baHR\b|\baOR\b", re.IGNORECASE)
UNI = re.compile(r"univaria(?:ble|te)|unadjusted|crude", re.IGNORECASE)


def is_ratio_table(table: Parted) -> bool:
    """Whether the header, or the caption beside columns of intervals, names a ratio."""
    return any(family(head) for head in table.heads) and (
        sum(bool(JOINED.fullmatch(c.strip()) or LIMITS.fullmatch(c.strip())) for r in table.rows for c in r.cells) >= 1
    )


def models(table: Parted) -> list[dict[str, int]]:
    """Return, for each model side by side, the columns of its ratio, interval and P."""
    found: list[dict[str, int]] = []
    for column, head in enumerate(table.heads):
        if family(head):
            same = found and "ratio" in found[-1] and found[-1]["ratio"] == column - 1 and CI_HEAD.search(head)
            joined = any(JOINED.fullmatch(row.cells[column].strip()) for row in table.rows)
            limits = any(LIMITS.fullmatch(row.cells[column].strip()) for row in table.rows)
            if same and limits and not joined:
                found[-1]["limits"] = column
            else:
                found.append({"ratio": column})
        elif found and CI_HEAD.search(head) and "limits" not in found[-1]:
            found[-1]["limits"] = column
        elif found and P_HEAD.search(head) and "p" not in found[-1]:
            found[-1]["p"] = column
    return found


def read_ratios(table: Parted) -> Iterator[Understood]:
    """Yield each row with its ratios as estimates."""
    columns = models(table)
    named = mentions(f"{table.caption} {' '.join(table.heads)}")
    endpoints = list(dict.fromkeys(mention.name for mention in named))
    for row in table.rows:
        entries = [entry for model in columns if (entry := of_row(table, row, model, endpoints)) is not None]
        taken = {column for model in columns for column in model.values()}
        unread = [cell for column, cell in enumerate(row.cells) if column not in taken and re.search(r"\d", cell)]
        if not entries:
            unread += [row.cells[column] for column in sorted(taken) if re.search(r"\d\.\d", row.cells[column])]
        passage = Passage(f"{row.named}: {' | '.join(row.cells)}", row.where, table.caption)
        yield Understood(passage, tuple(entries), tuple(unread))


def of_row(table: Parted, row: Row, model: dict[str, int], endpoints: list[str]) -> Entry | None:
    """Return the ratio of one row in one model; None where there is none."""
    cell = row.cells[model["ratio"]].strip()
    apart = row.cells[model["limits"]].strip() if "limits" in model else ""
    joined, limits = JOINED.fullmatch(cell), LIMITS.fullmatch(apart)
    if joined is None and (limits is None or VALUE.fullmatch(cell) is None):
        return None
    value = joined["value"] if joined else cell
    low, high = (joined["low"], joined["high"]) if joined else (limits["low"], limits["high"]) if limits else ("", "")
    heads = " ".join(table.heads[column] for column in model.values())
    kind: Family = family(table.heads[model["ratio"]]) or "HR"
    endpoint = endpoint_of(heads, endpoints)
    level = LEVEL.search(f"{heads} {table.caption}")
    told = P.fullmatch(row.cells[model["p"]].strip()) if "p" in model else None
    several = MULTI.search(heads) or (MULTI.search(table.caption) and not UNI.search(f"{heads} {table.caption}"))
    level_words = f"{level['level']} % CI " if level else ""
    quote = f"{row.named}: {kind} {value} ({level_words}{low}-{high})" + (
        f", P {told['sign'] or '='} {told['p']}" if told else ""
    )
    body: dict[str, object] = {
        "effect": row.named,
        "endpoint": endpoint,
        "measure": kind,
        "value": Decimal(value),
        "ci_low": Decimal(low),
        "ci_high": Decimal(high),
        **({"ci_level": Decimal(level["level"]) / 100} if level else {}),
        **(p_keys(told) if told else {}),
        **({"adjusted": True, "adjustment": f"multivariable, {table.where}"} if several else {}),
        "quote": quote,
    }
    return Entry("estimate", body, f"{quote}, {endpoint}{', adjusted' if several else ''}", ())


def endpoint_of(heads: str, endpoints: list[str]) -> str:
    """Return the endpoint of a model: as its own columns say, else the only one of the table."""
    own = mentions(heads)
    return own[0].name if own else endpoints[0] if len(endpoints) == 1 else NOT_STATED


def p_keys(told: re.Match[str]) -> dict[str, object]:
    """Return P as keys."""
    return {"p_text": f"{told['sign']}{told['p']}"} if told["sign"] else {"p": Decimal(told["p"])}
