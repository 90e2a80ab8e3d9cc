"""Example cohorts and ensembles that travel with the package."""

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from escc_bayes.data.cohort import Cohort, cohort_of, read_cohort
from escc_bayes.data.ensemble import PROVENANCE, Ensemble, read_ensemble
from escc_bayes.data.origin import MEMBER
from escc_bayes.data.schema import load_schema
from escc_bayes.data.shipped import find_schema, models_folder
from escc_bayes.data.table import read_table
from escc_bayes.foundation.careful import careful
from escc_bayes.foundation.checks import suggestion
from escc_bayes.foundation.errors import CohortError


@dataclass(frozen=True, slots=True)
class Bundled:
    """A bundled ensemble: the study whose print it gives back, and the schema of its columns."""

    study: str
    schema: str

    @property
    def folder(self) -> Path:
        """Folder of its cohorts, of what they matched, and of the notes."""
        return models_folder() / "ensembles" / self.study


ENSEMBLES: Mapping[str, Bundled] = {
    "escc79": Bundled("seed1_scirep2025", "escc"),
    "cui156": Bundled("seed2_cui2025", "cui"),
}


@dataclass(frozen=True, slots=True)
class Simulated:
    """A bundled SIMULATED cohort with a known truth; its schema has its name.

    Attributes
    ----------
    like : the study whose design it follows.
    """

    name: str
    like: str

    @property
    def folder(self) -> Path:
        """Folder of its rows and of its truth."""
        return models_folder() / "simulated" / self.name


SIMULATED: Mapping[str, Simulated] = {"consolidation156": Simulated("consolidation156", "seed2_cui2025")}
EXAMPLES = (*ENSEMBLES, *SIMULATED, "larynx")


@careful
def example_cohort(name: str) -> Cohort:
    """Return a bundled cohort.

    ``escc79``: RECONSTRUCTED, 79 patients with oesophageal squamous cell carcinoma, the first member of the ensemble
    of study ``seed1_scirep2025`` (``docs/escc79.md``). ``cui156``: RECONSTRUCTED, 156 patients, 32 matched pairs with
    and without radiotherapy, the first member for study ``seed2_cui2025`` (``docs/cui156.md``).
    ``consolidation156``: SIMULATED, 156 patients in the design of that study with the columns that its print lacks,
    and a known truth (``docs/consolidation156.md``). ``larynx``: observed, 90 patients, Kardaun 1983, as shipped with
    lifelines.

    Raises
    ------
    CohortError : no such cohort; the message lists the names.

    Examples
    --------
    >>> cohort = example_cohort("escc79")
    >>> len(cohort), cohort.provenance
    (79, 'reconstructed')
    """
    if name in ENSEMBLES:
        bundled = ENSEMBLES[name]
        table = read_table(bundled.folder / "cohorts.csv")
        rows = table.where(MEMBER, table.columns[MEMBER][0])
        return cohort_of(rows, load_schema(find_schema(bundled.schema)), provenance=PROVENANCE, name=name)
    if name in SIMULATED:
        rows = read_table(SIMULATED[name].folder / "cohort.csv")
        return cohort_of(rows, load_schema(find_schema(name)), provenance="simulated", name=name)
    if name == "larynx":
        return read_larynx(models_folder() / "cohorts" / "larynx.toml")
    for first, bundled in ENSEMBLES.items():
        if name == bundled.study:
            raise CohortError(
                f"'{name}' is an ensemble of reconstructed cohorts, which the verbs fit and report pool "
                f"(example_ensemble in Python); the name of its first cohort alone is '{first}'"
            )
    raise CohortError(f"no bundled cohort '{name}'; {suggestion(name, EXAMPLES)}")


@careful
def example_ensemble(name: str) -> Ensemble:
    """Return a bundled ensemble by the name of its first member (``escc79``, ``cui156``) or of its study.

    Raises
    ------
    CohortError : no such ensemble; the message lists the names.

    Examples
    --------
    >>> ensemble = example_ensemble("escc79")
    >>> len(ensemble), ensemble.name
    (20, 'escc79')
    """
    by_study = {bundled.study: cohort for cohort, bundled in ENSEMBLES.items()}
    cohort = by_study.get(name, name)
    if cohort not in ENSEMBLES:
        raise CohortError(f"no bundled ensemble '{name}'; {suggestion(name, (*ENSEMBLES, *by_study))}")
    bundled = ENSEMBLES[cohort]
    notes = tuple((bundled.folder / "notes.txt").read_text(encoding="utf-8").splitlines())
    return read_ensemble(bundled.folder / "cohorts.csv", find_schema(bundled.schema), name=cohort, notes=notes)


def read_larynx(schema: Path) -> Cohort:
    """Read the larynx data of the installed lifelines, without importing lifelines."""
    import pandas as pd

    found = importlib.util.find_spec("lifelines")
    if found is None or found.origin is None:
        raise CohortError("the bundled cohort 'larynx' comes with lifelines, which is not installed; install it")
    frame = pd.read_csv(Path(found.origin).parent / "datasets" / "larynx.csv")
    stage = 1 + frame["Stage_II"] + 2 * frame["Stage_III"] + 3 * frame["Stage_IV"]
    frame["stage"] = stage.map({1: "I", 2: "II", 3: "III", 4: "IV"})
    return read_cohort(frame, schema, name="larynx")
