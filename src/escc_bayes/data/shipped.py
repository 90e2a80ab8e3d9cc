"""Files that travel with the package, found by name: specifications, schemas, studies, designs and priors."""

import warnings
from pathlib import Path

from escc_bayes.data.study_fields import StudyError
from escc_bayes.foundation.checks import suggestion
from escc_bayes.foundation.errors import CohortError, DataWarning, InputError, SpecError


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
    if path.suffix == ".toml" or ((near / path).is_file() and (path.suffix or len(path.parts) > 1)):
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


def find_prior(name_or_path: str | Path, near: Path = Path()) -> Path:
    """Return the path of a prior file, one that begins at ``near``, or of a bundled prior by name."""
    return near / find_toml(name_or_path, models_folder() / "priors", "evidence prior", SpecError, near=near)
