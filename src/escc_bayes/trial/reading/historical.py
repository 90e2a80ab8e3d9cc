"""Historical patients of ``[borrowing]``: counts by piece as stated, or from the rows of a cohort file."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from escc_bayes.data.cohort import Cohort, read_cohort
from escc_bayes.foundation import checks
from escc_bayes.hazard.piecewise import FloatArray, person_months, piece_of
from escc_bayes.trial.errors import DesignError
from escc_bayes.trial.posterior.historical import Historical

COUNTS = ("events", "months", "treated_events", "treated_months")
COHORT = ("cohort", "schema", "endpoint", "covariate", "level")


def historical_from(raw: Mapping[str, object], at: str, cuts: tuple[float, ...], folder: Path) -> Historical:
    """Read events and person-months of each piece, and those of the treated where the study had both arms.

    Parameters
    ----------
    cuts : of the analysis, months.
    folder : to which a cohort file and its schema are relative.
    """
    name = checks.text(raw["name"], f"{at}, name") if "source" not in raw and "name" in raw else ""
    if "cohort" in raw:
        return from_cohort(raw, at, cuts, folder, name)
    more = [key for key in COHORT if key in raw]
    if more:
        raise DesignError(f"{at}: '{more[0]}' belongs to cohort = \"controls.csv\"; add it, or remove '{more[0]}'")
    pieces = len(cuts) + 1
    control = counts_from(raw, ("events", "months"), at, pieces)
    treated = [np.zeros(0), np.zeros(0)]
    if any(key in raw for key in COUNTS[2:]):
        treated = counts_from(raw, COUNTS[2:], at, pieces)
    return Historical(control[0], control[1], treated[0], treated[1], name)


def counts_from(raw: Mapping[str, object], keys: tuple[str, ...], at: str, pieces: int) -> list[FloatArray]:
    """Read lists of one number above 0 for each piece."""
    columns = []
    for key in keys:
        given = raw.get(key)
        if not isinstance(given, list) or len(given) != pieces:
            count = f"{pieces} number{'s' if pieces > 1 else ''}"
            raise DesignError(
                f"{at}, {key}: give {count}, one for each piece of the analysis, or the patients themselves as "
                f'cohort = "controls.csv"; was given {given!r}'
            )
        columns.append(np.array([checks.number(value, f"{at}, {key}", above=0.0) for value in given]))
    return columns


def from_cohort(raw: Mapping[str, object], at: str, cuts: tuple[float, ...], folder: Path, name: str) -> Historical:
    """Count events and person-months of a cohort file by piece of the analysis; an event on a cut ends its piece."""
    stated = [key for key in COUNTS if key in raw]
    if stated:
        raise DesignError(f"{at}: '{stated[0]}' and 'cohort' exclude each other; keep one")
    source, schema = (checks.text(raw.get(key), f"{at}, {key}") for key in ("cohort", "schema"))
    inside = folder / schema
    cohort = read_cohort(folder / source, inside if inside.exists() else schema)
    cohort.refuse_several_rows("a historical control")
    cohort.refuse_interval_censored(checks.text(raw.get("endpoint"), f"{at}, endpoint"), "a historical control")
    endpoint = cohort.endpoint(checks.text(raw.get("endpoint"), f"{at}, endpoint"))
    mine = endpoint.present & chosen(raw, at, cohort)
    if np.any(cohort.weight[mine] != 1.0):
        raise DesignError(f"{at}, cohort: {cohort.source} has case weights; give one row for each patient, unweighted")
    edges = np.array(cuts, dtype=np.float64)
    time, entry = endpoint.time[mine], endpoint.entry[mine]
    spent = (person_months(time, edges) - person_months(entry, edges)).sum(axis=0)
    died = endpoint.event[mine] == 1.0
    events = np.bincount(piece_of(time[died], edges), minlength=edges.size + 1).astype(np.float64)
    for piece, (count, months) in enumerate(zip(events.tolist(), spent.tolist(), strict=True), start=1):
        if not (count > 0.0 and months > 0.0):
            raise DesignError(
                f"{at}, cohort: piece {piece} of the analysis holds {count:.0f} events in {months:.1f} person-months "
                f"of {cohort.source}; each piece needs events, move the cuts in [analysis_prior], baseline"
            )
    said = f"{cohort.provenance.upper()} {Path(source).name}" if cohort.provenance != "observed" else Path(source).name
    return Historical(events, spent, name=f"{name}, {said}" if name else said)


def chosen(raw: Mapping[str, object], at: str, cohort: Cohort) -> np.typing.NDArray[np.bool_]:
    """Return which rows are borrowed: all, or those of one level of a covariate, such as the control arm."""
    if "covariate" not in raw and "level" not in raw:
        return np.ones(len(cohort), dtype=np.bool_)
    name, level = (checks.text(raw.get(key), f"{at}, {key}") for key in ("covariate", "level"))
    known = [key for key, of in cohort.covariates.items() if of.schema.categorical]
    covariate = cohort.covariates[checks.one_of(name, tuple(known), f"{at}, covariate")]
    place = covariate.schema.levels.index(checks.one_of(level, covariate.schema.levels, f"{at}, level"))
    return np.asarray(covariate.values == float(place))
