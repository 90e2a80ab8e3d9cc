"""The table of many refits: what varied, what was asked, the answers and their checks; as arrays and as CSV."""

import csv
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from escc_bayes.bayes.sampling.diagnose import diagnose_weights
from escc_bayes.data.ensemble import span
from escc_bayes.estimand.estimand import Estimand, contrast_in, part_of
from escc_bayes.estimand.evaluate import NAMES, time_of
from escc_bayes.foundation.careful import careful, careful_class
from escc_bayes.foundation.checks import suggestion
from escc_bayes.foundation.csv import meant, write_csv
from escc_bayes.foundation.errors import EstimandError, InputError, some_of
from escc_bayes.foundation.outputs import staged, write_json
from escc_bayes.foundation.record import Record
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.rows import AnalysisRows

NUMBERS = ("value", "lower", "upper", "prob_gt_1", "log_mean", "log_sd")
CHECKS = ("pareto_k", "importance_ess", "grid_edge", "log_marginal_likelihood")
TABLE, INDEX = "refits.csv", "run.json"
OTHER_PATIENTS = "log marginal likelihoods compare models only between rows whose column 'patients' is the same"


@dataclass(frozen=True, slots=True)
class Asked:
    """An estimand in the words of a table; ``time`` in months, None where none belongs.

    ``transition`` is that, or the endpoint, of which it is; empty of a model of one endpoint.
    """

    estimand: str
    term: str
    contrast: str
    time: float | None
    population: str
    transition: str = ""

    @classmethod
    def of(cls, asked: Estimand) -> "Asked":
        """Return the words of an estimand."""
        month = time_of(asked)
        time = None if math.isnan(month) else month
        population = getattr(asked, "population", "")
        return cls(NAMES[type(asked)], asked.term, contrast_in(asked), time, population, part_of(asked))


@dataclass(frozen=True, slots=True)
class OfWhom:
    """Whose observations a refit is of; marginal likelihoods of other ``patients`` are not comparable with its own.

    ``parts`` has the patients and events of each transition, or endpoint; nothing of one endpoint.
    """

    provenance: str
    endpoint: str
    clock: str
    n: int
    events: int
    patients: str
    parts: tuple[tuple[str, int, int], ...] = ()

    @classmethod
    def of(cls, rows: AnalysisRows) -> "OfWhom":
        """Return whose observations rows are; a patient left out by weight 0 is not among them."""
        counted = rows.weight > 0.0
        n, events = rows.patients_in(counted), int(rows.event[counted].sum())
        parts = []
        for code, name in enumerate(() if rows.transitions is None else rows.transitions.names):
            own = counted & (rows.transition_code == code)
            parts.append((str(name), rows.patients_in(own), int(rows.event[own].sum())))
        return cls(rows.provenance, rows.endpoint, rows.clock, n, events, rows.patients_digest, tuple(parts))

    def columns(self, transition: str) -> dict[str, object]:
        """Return the columns of a row: patients and events are those of a transition, or endpoint, that it is of."""
        found = asdict(self)
        for name, n, events in found.pop("parts"):
            if name == transition:
                found |= {"n": n, "events": events}
        return found


@careful_class
@dataclass(frozen=True)
class RefitTable:
    """Answers of every refit to every estimand.

    Attributes
    ----------
    varied, labels : what varied, and its values in each of r refits.
    asked : q estimands.
    numbers : (r, q, 6) in the order of ``NUMBERS``: median and limits (ratios, fractions or months), and for hazard
        ratios P(HR > 1 | data), mean and SD of the log; NaN for other estimands.
    checks : (r, 4) in the order of ``CHECKS``.
    level : of the credible intervals.
    record : digests, seed, settings, versions, provenance.
    whom : (r,) whose observations each refit is of.
    """

    varied: tuple[str, ...]
    labels: tuple[tuple[float | str, ...], ...]
    asked: tuple[Asked, ...]
    numbers: FloatArray
    checks: FloatArray
    level: float
    record: Record
    whom: tuple[OfWhom, ...]

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def verdicts(self) -> tuple[str, ...]:
        """``ok`` or NOT FIT FOR USE with its reasons, for each refit."""
        return tuple(diagnose_weights(float(k), float(ess), float(edge)).verdict for k, ess, edge in self.checks[:, :3])

    @property
    def same_patients(self) -> bool:
        """Whether all refits are of the same observations, so that their marginal likelihoods compare."""
        return len({of.patients for of in self.whom}) == 1

    @property
    def log_marginal_likelihood(self) -> FloatArray:
        """Log marginal likelihood of each refit, (r,); comparable between refits of the same ``patients`` alone."""
        return self.checks[:, CHECKS.index("log_marginal_likelihood")]

    @careful
    def name_of(self, row: int) -> str:
        """Say what varied in one refit: ``stage_mean 0, stage_sd 2``."""
        if not -len(self) <= row < len(self):
            raise InputError(f"RefitTable: row is {row}; the table has rows 0 to {len(self) - 1}")
        pairs = zip(self.varied, self.labels[row], strict=True)
        return ", ".join(
            f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}" for name, value in pairs
        )

    @careful
    def column(self, quantity: str, *, term: str = "", contrast: str = "", estimand: str = "") -> FloatArray:
        """Return one quantity of one estimand in every refit, (r,).

        Parameters
        ----------
        quantity : one of ``value``, ``lower``, ``upper``, ``prob_gt_1``, ``log_mean``, ``log_sd``.
        term, contrast, estimand : as in the table; enough of them to name one estimand.

        Raises
        ------
        EstimandError : no estimand or more than one is named so, or the quantity is unknown.
        """
        if quantity not in NUMBERS:
            raise EstimandError(f"the table has no quantity '{quantity}'; {suggestion(quantity, NUMBERS)}")
        wanted = {"term": term, "contrast": contrast, "estimand": estimand}
        fitting = [
            place
            for place, asked in enumerate(self.asked)
            if all(not word or getattr(asked, key) == word for key, word in wanted.items())
        ]
        if len(fitting) != 1:
            held = "; ".join(f"{a.estimand} {a.term} {a.contrast}".strip() for a in self.asked)
            raise EstimandError(
                f"{len(fitting)} estimands are called {' '.join(w for w in wanted.values() if w) or 'so'}; "
                f"name one of: {held}"
            )
        return self.numbers[:, fitting[0], NUMBERS.index(quantity)]

    def rows(self) -> Iterator[dict[str, object]]:
        """Yield one row for each refit and estimand, ready for a data frame."""
        verdicts, mark = self.verdicts, "" if self.same_patients else OTHER_PATIENTS
        unused = () if any(asked.transition for asked in self.asked) else ("transition",)
        for place, labels in enumerate(self.labels):
            for asked, numbers in zip(self.asked, self.numbers[place].tolist(), strict=True):
                yield (
                    dict(zip(self.varied, labels, strict=True))
                    | {name: word for name, word in asdict(asked).items() if name not in unused}
                    | dict(zip(NUMBERS, numbers, strict=True))
                    | {"level": self.level}
                    | dict(zip(CHECKS, self.checks[place].tolist(), strict=True))
                    | {"verdict": verdicts[place]}
                    | self.whom[place].columns(asked.transition)
                    | {"evidence_note": mark}
                )

    @careful
    def save(self, folder: str | Path) -> None:
        """Write ``refits.csv`` and ``run.json``; ``load_refits`` reads them back, to the last bit."""
        kinds = ["number" if isinstance(value, float) else "word" for value in self.labels[0]]
        with staged(Path(folder)) as staging:
            write_csv(staging / TABLE, list(self.rows()))
            index = {"varied": dict(zip(self.varied, kinds, strict=True)), "estimands": len(self.asked)}
            # Rows count the patients of what each is asked of.
            whole = [[of.n, of.events, of.parts] for of in self.whom] if self.whom[0].parts else []
            write_json(staging / INDEX, index | {"record": self.record.as_dict(), "of_whom": whole})

    def who(self) -> str:
        """Say whose observations these are: provenance first, NAIVE clocks, patients and events."""
        provenances, clocks, endpoints = (
            list(dict.fromkeys(getattr(of, name) for of in self.whom)) for name in ("provenance", "clock", "endpoint")
        )
        counts = (
            f"{span([of.n for of in self.whom])} patients",
            f"{span([of.events for of in self.whom])} events",
        )
        return (
            f"{' and '.join(provenances).upper()}: {', '.join(endpoints)} from {some_of(clocks)}, {', '.join(counts)}"
        )

    def __repr__(self) -> str:
        bad = sum(verdict != "ok" for verdict in self.verdicts)
        said = "all fit for use" if not bad else f"{bad} NOT FIT FOR USE"
        lines = [f"{self.who()}: {len(self)} refits by {', '.join(self.varied)}, {said}"]
        if not self.same_patients:
            count = len({of.patients for of in self.whom})
            lines.append(f"  {count} different sets of observations: {OTHER_PATIENTS}")
        pseudo = dict(self.record.settings).get("weights")
        lines += [f"  {pseudo}"] if pseudo else []
        for place, asked in enumerate(self.asked):
            value = self.numbers[:, place, 0]
            what = f"{asked.estimand} {asked.term} {asked.contrast}".strip()
            lines.append(f"  {what}: {value.min():.3g} to {value.max():.3g} over the refits")
        return "\n".join(lines)


@careful
def load_refits(folder: str | Path) -> RefitTable:
    """Return the table that ``RefitTable.save`` wrote.

    Raises
    ------
    InputError : no such folder, or its files do not belong together.
    """
    place = Path(folder)
    if not (place / INDEX).is_file() or not (place / TABLE).is_file():
        raise InputError(f"{place}: holds no {TABLE} with {INDEX}; give a folder written by RefitTable.save")
    try:
        return table_of(place)
    except InputError:
        raise
    except (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, csv.Error) as error:
        raise InputError(
            f"{place}: {TABLE} or {INDEX} is damaged, or RefitTable.save did not write it ({type(error).__name__}: "
            f"{' '.join(str(error).split())[:200]}); refit, and save again"
        ) from None


def table_of(place: Path) -> RefitTable:
    """Return the table of a folder that holds both files."""
    index = json.loads((place / INDEX).read_text(encoding="utf-8"))
    with (place / TABLE).open(encoding="utf-8", newline="") as stream:
        rows = [{name: meant(cell) for name, cell in row.items()} for row in csv.DictReader(stream)]
    each, raw, whole = int(index["estimands"]), index["record"], index.get("of_whom", [])
    if not rows or len(rows) != each * raw["settings"]["refits"]:
        raise InputError(f"{place / TABLE}: {len(rows)} rows do not belong to {INDEX}; refit, and save again")
    record = Record(**{**raw, **{key: tuple(raw[key].items()) for key in ("settings", "versions")}})
    firsts = rows[::each]
    return RefitTable(
        varied=tuple(index["varied"]),
        labels=tuple(
            tuple(float(row[name]) if kind == "number" else row[name] for name, kind in index["varied"].items())
            for row in firsts
        ),
        asked=tuple(
            Asked(
                row["estimand"],
                row["term"],
                row["contrast"],
                float(row["time"]) if row["time"] else None,
                row["population"],
                row.get("transition", ""),
            )
            for row in rows[:each]
        ),
        numbers=np.array([[number(row[name]) for name in NUMBERS] for row in rows]).reshape(-1, each, len(NUMBERS)),
        checks=np.array([[number(row[name]) for name in CHECKS] for row in firsts]),
        level=float(rows[0]["level"]),
        record=record,
        whom=tuple(read_whom(row) for row in firsts) if not whole else tuple(map(read_parts, firsts, whole)),
    )


def read_whom(row: Mapping[str, str]) -> OfWhom:
    """Return whose observations a row of ``refits.csv`` is of."""
    counts = int(row["n"]), int(row["events"])
    return OfWhom(row["provenance"], row["endpoint"], row["clock"], *counts, row["patients"])


def read_parts(row: Mapping[str, str], whole: tuple[int, int, list[tuple[str, int, int]]]) -> OfWhom:
    """Return whose observations a row is of, with all patients and events and those of each transition or endpoint."""
    n, events, parts = whole
    return replace(read_whom(row), n=n, events=events, parts=tuple((name, own, died) for name, own, died in parts))


def number(text: str) -> float:
    """Return a cell as a number; an empty one is NaN."""
    return float(text) if text else math.nan
