"""A cohort schema as the TOML that ``read_cohort`` reads: written beside every reconstructed cohort."""

from collections.abc import Mapping, Sequence

from escc_bayes.evidence.pooling.prior_file import quoted

HEAD = "# Columns of a RECONSTRUCTED cohort: no row is a patient's record."


def schema_text(raw: Mapping[str, object]) -> str:
    """Return a schema as text.

    Parameters
    ----------
    raw : ``name``, ``id``, and tables ``endpoints`` and ``covariates`` of words and lists of words.
    """
    lines = [HEAD, "schema = 1", f"name = {quoted(str(raw['name']))}", 'time_unit = "months"']
    lines.append(f"id = {quoted(str(raw['id']))}")
    for group in ("endpoints", "covariates"):
        tables = raw[group]
        assert isinstance(tables, Mapping)
        for key, body in tables.items():
            lines += ["", f"[{group}.{key}]", *(f"{word} = {value_text(value)}" for word, value in body.items())]
    return "\n".join(lines) + "\n"


def value_text(value: str | Sequence[str]) -> str:
    """Return a word or a list of words as TOML."""
    return quoted(value) if isinstance(value, str) else f"[{', '.join(quoted(word) for word in value)}]"
