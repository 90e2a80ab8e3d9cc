"""The file of a design, of any kind: where it lies, and its tables, each with the place that begins a message."""

from collections.abc import Callable, Mapping, Sequence

from escc_bayes.foundation import checks
from escc_bayes.trial.errors import DesignError

# From a key to its table, empty where there is none, and where that stands.
type Section = Callable[[str], tuple[dict[str, object], str]]


def sections(
    raw: Mapping[str, object],
    where: str,
    *,
    needed: Sequence[str],
    known: Sequence[str],
    page: str,
    kind: str | None = None,
) -> Section:
    """Return what hands out the tables of a file.

    Raises
    ------
    DesignError : a key is unknown, the file is of another ``kind``, or a key is missing; ``page`` shows the format.
    """
    checks.refuse_unknown_keys(raw, known, where)
    if kind is not None:
        checks.one_of(raw.get("kind"), (kind,), f"{where}, kind")
    for key in needed:
        if key not in raw:
            raise DesignError(f"{where}: '{key}' is missing; add it (docs/methods/{page}.md shows the format)")

    def section(key: str) -> tuple[dict[str, object], str]:
        at = f"{where}, [{key}]"
        return checks.table(raw.get(key, {}), at), at

    return section
