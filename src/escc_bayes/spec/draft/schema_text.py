"""A draft of a schema as text: every guess with its reason, every doubt marked CHECK."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence

from escc_bayes.data.schema import UNDECIDED
from escc_bayes.spec.draft.covariates import Guess
from escc_bayes.spec.draft.endpoints import LABELS, Endpoint, fullest
from escc_bayes.spec.draft.roles import Role, Roles

ABOUT = """\
# A draft: what the columns of {file} seem to mean. Lines marked CHECK are for you to decide; where "CHECK" stands as a
# value, nothing is read before it is replaced. All words of a schema: models/README.md."""


def schema_text(
    file: str,
    roles: Roles,
    endpoints: Sequence[Endpoint],
    guesses: Sequence[Guess],
    gone: tuple[Sequence[str], str],
    unit: tuple[str, str],
) -> str:
    """Return a schema.

    Parameters
    ----------
    file : name of the data file.
    gone : words of cells that mean a missing value, and what is in doubt about them.
    unit : of the times, and what is in doubt about it.
    """
    dated = all(endpoint.start for endpoint in endpoints)
    lines = [ABOUT.format(file=file), "schema = 1", ""]
    if not dated:
        lines.append(f"time_unit = {quoted(unit[0])}{doubts([unit[1]])}")
    for role in roles.of("identifier"):
        asked = "" if any(endpoint.begins for endpoint in endpoints) else doubts([role.check])
        lines.append(f"id = {quoted(role.column.name)}{asked or f'   # {role.why}'}")
    if gone[0]:
        lines.append(f"missing_values = {listed(gone[0])}   # in every column{doubts([gone[1]]).replace('   #', ';')}")
    for endpoint in endpoints:
        lines += ["", *endpoint_lines(endpoint)]
    for guess in guesses:
        lines += ["", *covariate_lines(guess)]
    lines += left_out_lines(roles)
    return "\n".join(lines) + "\n"


def endpoint_lines(endpoint: Endpoint) -> list[str]:
    """Return the table of one endpoint."""
    lines = [f"[endpoints.{endpoint.name}]", f"label = {quoted(LABELS[endpoint.name].capitalize())}"]
    if endpoint.begins:
        lines += [
            f"start = {quoted(endpoint.begins)}",
            f"stop = {quoted(endpoint.time)}   # rows of a patient, in turn",
        ]
    elif endpoint.start:
        lines += [f"start_date = {quoted(endpoint.start)}", f"end_date = {quoted(endpoint.time)}   # {endpoint.why}"]
    else:
        lines.append(f"time = {quoted(endpoint.time)}   # {endpoint.why}")
    lines.append(f"event = {quoted(endpoint.event)}{doubts(endpoint.check)}")
    if endpoint.happened:
        lines.append(f"event_values = {listed(endpoint.happened)}")
    if endpoint.censored:
        lines.append(f"censored_values = {listed(endpoint.censored)}")
    if endpoint.without:
        several = f"{endpoint.without} patient{'s have' if endpoint.without > 1 else ' has'}"
        lines.append(f'missing = "drop"   # CHECK: {several} no time or event: leave them out (and count them)?')
    return lines


def covariate_lines(guess: Guess) -> list[str]:
    """Return the table of one covariate."""
    lines = [f"[covariates.{guess.name}]   # {guess.why}"]
    if guess.column.name != guess.name:
        lines.append(f"column = {quoted(guess.column.name)}")
    if guess.column.words != guess.name:
        lines.append(f"label = {quoted(guess.column.label)}")
    late = [question for question in guess.check if "month after" in question]
    others = [question for question in guess.check if question not in late]
    if guess.kind == "continuous":
        if guess.split is not None:
            below, above = guess.split
            change = f"{{ above = {(below * above) ** 0.5:.3g}, by = 0.001 }}"
            lines.append(
                f'multiply = "{UNDECIDED}"   # CHECK: {"; ".join(others)}. Write {change}, or 1 if all are right'
            )
            others = []
        lines.append(f"kind = {quoted(guess.kind)}{doubts(others)}")
        lines += [f"center = {guess.center:g}", f"scale = {guess.scale:g}   # hazard ratios are per {guess.scale:g}"]
    else:
        lines.append(f"kind = {quoted(guess.kind)}{doubts(others)}")
        lines.append(f"levels = {listed(guess.levels)}   # first = reference")
        for key, pairs in (("codes", guess.codes), ("labels", guess.labels)):
            if pairs:
                lines.append(f"{key} = {{ {', '.join(f'{quoted(a)} = {quoted(b)}' for a, b in pairs)} }}")
    if guess.column.missing_codes:
        codes = guess.column.missing_codes
        lines.append(f"missing_values = {listed(codes)}   # {guess.column.missing_because}")
    if guess.known_at is not None:
        lines.append(f"known_at = {guess.known_at:g}{doubts(late)}")
    return lines


def left_out_lines(roles: Roles) -> list[str]:
    """Return a remark for each column that is not used."""
    unused = [role for role in roles.roles if role.what in ("left out", "personal")]
    unused += [role for kind in ("start", "end") for role in roles.of(kind) if not used_date(role, roles)]
    return ["", "# Not used:", *(f"#   {shown(role)}: {role.why}" for role in unused)] if unused else []


def used_date(role: Role, roles: Roles) -> bool:
    """Whether a date is part of an endpoint: a first day with a last one, and the other way round."""
    return bool(roles.of("end") and roles.of("start")) and (
        role.what == "start" or role in fullest(roles.of("end", role.endpoint))[:1]
    )


def shown(role: Role) -> str:
    """Return the name of a column, on one line."""
    return " ".join(role.column.name.split()) or "(without a name)"


def doubts(questions: Iterable[str]) -> str:
    """Return questions as a remark at the end of a line."""
    asked = [question for question in questions if question]
    return f"   # CHECK: {'; '.join(asked)}" if asked else ""


def with_options(text: str, stated: Mapping[str, str]) -> str:
    """Return a schema with what was stated of the file."""
    if not stated:
        return text
    return "\n".join([text, "[file]", *(f"{key} = {quoted(value)}" for key, value in stated.items()), ""])


def quoted(text: str) -> str:
    """Return text as TOML writes it."""
    return json.dumps(text, ensure_ascii=False)


def listed(texts: Iterable[str]) -> str:
    """Return a list of words as TOML writes it."""
    return f"[{', '.join(map(quoted, texts))}]"


def questions_in(text: str) -> list[str]:
    """Return the lines of a draft that a person must decide, each with the table in which it stands."""
    found, table = [], ""
    for line in text.splitlines():
        opened = re.match(r"\[+([^\]]+)\]", line)
        table = f"{opened.group(1)}: " if opened else table
        if re.search(r"# CHECK\b", line):
            found.append(f"{table}{line.strip()}")
    return found
