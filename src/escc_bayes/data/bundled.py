"""What travels with the package: specifications, schemas, example cohorts and ensembles, found by name."""

import importlib.util
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from escc_bayes.data.cohort import Cohort, cohort_of, read_cohort
from escc_bayes.data.ensemble import PROVENANCE, Ensemble, read_ensemble
from escc_bayes.data.origin import MEMBER
from escc_bayes.data.schema import load_schema
from escc_bayes.data.study import StudyError
from escc_bayes.data.table import read_table
from escc_bayes.foundation.careful import careful
from escc_bayes.foundation.checks import suggestion
from escc_bayes.foundation.errors import CohortError, DataWarning, InputError


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
EXAMPLES = (*ENSEMBLES, "larynx")


def models_folder() -> Path:
    """Return the folder ``models/``: inside the installed package, or beside ``src`` in an editable install."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "models", package.parents[1] / "models"):
        if folder.is_dir():
            return folder
    raise InputError(f"the folder 'models' is missing from {package}; install the package again")


def find_toml(
    name_or_path: str | Path, folder: Path, what: str, error: type[InputError], *, near: Path = Path()
) -> Path:
    """Return the path given, that of the bundled file of that name, or of a file of that name with ``.toml``.

    Parameters
    ----------
    near : the folder that relative paths, such as the one returned, begin at.

    Raises
    ------
    InputError : of the class ``error``, with the nearest bundled name.

    Warns
    -----
    DataWarning : both a bundled file and one of your own have that name; the bundled one is taken.
    """
    path = Path(name_or_path)
    if path.suffix == ".toml":
        return path
    bundled, own = folder / f"{name_or_path}.toml", Path(f"{name_or_path}.toml")
    if bundled.exists():
        if (near / own).is_file() and not bundled.samefile(near / own):
            warnings.warn(
                f"{what} '{name_or_path}': the bundled one is read, though {near / own} is there; to have that one, "
                f"write {own}",
                DataWarning,
                stacklevel=3,
            )
        return bundled
    if (near / own).is_file():
        return own
    names = sorted(p.stem for p in folder.glob("*.toml"))
    raise error(
        f"no {what} '{name_or_path}'; {suggestion(str(name_or_path), names)} (or give the path of a .toml file)"
    )


def find_schema(name_or_path: str | Path) -> Path:
    """Return the path of a schema file, or of a bundled schema by name."""
    return find_toml(name_or_path, models_folder() / "cohorts", "cohort schema", CohortError)


def find_study(name_or_path: str | Path) -> Path:
    """Return the path of a study file, or of a bundled study by name."""
    return find_toml(name_or_path, models_folder() / "studies", "study", StudyError)


def study_names() -> tuple[str, ...]:
    """Return the names of the bundled studies."""
    return tuple(sorted(path.stem for path in (models_folder() / "studies").glob("*.toml")))


@careful
def example_cohort(name: str) -> Cohort:
    """Return a bundled cohort.

    ``escc79``: RECONSTRUCTED, 79 patients with oesophageal squamous cell carcinoma, the first member of the ensemble
    of study ``seed1_scirep2025`` (``docs/escc79.md``). ``cui156``: RECONSTRUCTED, 156 patients, 32 matched pairs with
    and without radiotherapy, the first member for study ``seed2_cui2025`` (``docs/cui156.md``). ``larynx``: observed,
    90 patients, Kardaun 1983, as shipped with lifelines.

    Raises
    ------
    CohortError : no such cohort; the message lists the names.
    """
    if name in ENSEMBLES:
        bundled = ENSEMBLES[name]
        table = read_table(bundled.folder / "cohorts.csv")
        rows = table.where(MEMBER, table.columns[MEMBER][0])
        return cohort_of(rows, load_schema(find_schema(bundled.schema)), provenance=PROVENANCE, name=name)
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
