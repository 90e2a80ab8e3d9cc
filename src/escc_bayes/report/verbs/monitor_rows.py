"""``monitor.csv`` and ``summary.txt``: what a look at a trial of any kind found, as rows and as sentences."""

from collections.abc import Sequence
from pathlib import Path

from escc_bayes.foundation.csv import write_csv
from escc_bayes.trial.monitoring.look_result import LookResult


def write_findings(folder: Path, findings: Sequence[LookResult], month: float, which: str, provenance: str) -> None:
    """Write both files; ``which``: "blinded" or "unblinded"."""
    write_csv(folder / "monitor.csv", [row_of(found, month, which, provenance) for found in findings])
    (folder / "summary.txt").write_text("\n".join(said(findings)) + "\n", encoding="utf-8")


def said(findings: Sequence[LookResult]) -> tuple[str, ...]:
    """Return the findings in words."""
    return tuple(found.words for found in findings if found.words)


def row_of(found: LookResult, month: float, which: str, provenance: str) -> dict[str, object]:
    """Return one row of ``monitor.csv``."""
    return {
        "quantity": found.quantity,
        "rule": found.rule,
        "criterion": found.criterion,
        "value": found.value,
        "lower": found.lower,
        "upper": found.upper,
        "level": found.level,
        "interval": found.interval,
        "month": month,
        "look": which,
        "provenance": provenance,
        "kind": found.kind,
    }
