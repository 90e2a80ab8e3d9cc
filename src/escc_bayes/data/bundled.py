"""What travels with the package: model specifications, schemas and example cohorts, found by name."""

import importlib.util
from pathlib import Path

from escc_bayes.data.cohort import Cohort, read_cohort
from escc_bayes.data.study import StudyError
from escc_bayes.foundation.checks import suggestion
from escc_bayes.foundation.errors import CohortError, InputError

EXAMPLES = ("escc79", "larynx")


def models_folder() -> Path:
    """Return the folder ``models/``: inside the installed package, or beside ``src`` in an editable install."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "models", package.parents[1] / "models"):
        if folder.is_dir():
            return folder
    raise InputError(f"the folder 'models' is missing from {package}; install the package again")


def find_toml(name_or_path: str | Path, folder: Path, what: str, error: type[InputError]) -> Path:
    """Return the path given, or that of the bundled file of that name.

    Raises
    ------
    InputError : of the class ``error``, with the nearest bundled name.
    """
    path = Path(name_or_path)
    if path.suffix == ".toml":
        return path
    bundled = folder / f"{name_or_path}.toml"
    if bundled.exists():
        return bundled
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


def example_cohort(name: str) -> Cohort:
    """Return a bundled cohort.

    ``escc79``: SIMULATED, 79 patients with oesophageal squamous cell carcinoma, to the published margins
    of doi 10.1038/s41598-025-12250-w (see ``docs/escc79.md``). ``larynx``: observed, 90 patients,
    Kardaun 1983, as shipped with lifelines.

    Raises
    ------
    CohortError : no such cohort; the message lists the names.
    """
    folder = models_folder() / "cohorts"
    if name == "escc79":
        return read_cohort(folder / "escc79.csv", folder / "escc.toml", provenance="simulated", name=name)
    if name == "larynx":
        return read_larynx(folder / "larynx.toml")
    raise CohortError(f"no bundled cohort '{name}'; {suggestion(name, EXAMPLES)}")


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
