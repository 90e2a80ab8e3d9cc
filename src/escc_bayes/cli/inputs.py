"""Cohorts and models named on the command line."""

from pathlib import Path
from typing import TYPE_CHECKING

from escc_bayes.foundation.errors import InputError, SpecError

if TYPE_CHECKING:
    from escc_bayes.data.cohort import Cohort
    from escc_bayes.data.ensemble import Ensemble
    from escc_bayes.spec.model import ModelSpec

ESCC_MODELS = ("os_piecewise", "os_weibull", "pfs_piecewise", "pfs_weibull")
DEFAULT_MODELS = {"larynx": ("larynx_piecewise",), "cui156": ("cui_os_piecewise", "cui_pfs_piecewise")}


def open_cohort(name_or_path: str, schema: str | None) -> "Cohort":
    """Return a cohort from a file and a schema, or a bundled one by name."""
    from escc_bayes.data.bundled import EXAMPLES, example_cohort
    from escc_bayes.data.cohort import read_cohort
    from escc_bayes.data.shipped import find_schema

    schema = schema or schema_beside(name_or_path)
    if schema is None:
        if name_or_path not in EXAMPLES and Path(name_or_path).exists():
            beside = Path(name_or_path).with_suffix(".toml").name
            raise InputError(
                f"--cohort {name_or_path}: say what its columns mean with --schema FILE.toml (`escc-bayes draft "
                f"{name_or_path}` writes a first one; {beside} beside the file is found by itself)"
            )
        return example_cohort(name_or_path)
    if name_or_path in EXAMPLES and not Path(name_or_path).exists():
        raise InputError(f"--cohort {name_or_path}: a bundled cohort brings its own schema; leave --schema out")
    return read_cohort(name_or_path, find_schema(schema))


def schema_beside(name_or_path: str) -> str | None:
    """Return the schema that lies beside a data file under its name, or None."""
    path = Path(name_or_path)
    beside = path.with_suffix(".toml")
    return str(beside) if path.is_file() and path.suffix and beside != path and beside.is_file() else None


def open_ensemble(name_or_path: str, schema: str | None) -> tuple["Cohort", "Ensemble | None"]:
    """Return a cohort, and all reconstructions of the same print where it is one of them.

    A bundled reconstruction brings them; of an ensemble the first cohort is the one shown.
    """
    from escc_bayes.data.bundled import ENSEMBLES, example_cohort, example_ensemble

    if name_or_path in ENSEMBLES and schema is None:
        return example_cohort(name_or_path), example_ensemble(name_or_path)
    ensemble = named_ensemble(name_or_path, schema)
    return (open_cohort(name_or_path, schema), None) if ensemble is None else (ensemble.members[0], ensemble)


def named_ensemble(name_or_path: str, schema: str | None) -> "Ensemble | None":
    """Return an ensemble: a folder of cohorts, as ``reconstruct`` writes, a file with a column ``member``, or a
    bundled one by the name of its study. None: it is a single cohort.
    """
    from escc_bayes.data.bundled import ENSEMBLES, example_ensemble
    from escc_bayes.data.ensemble import holds_ensemble, read_ensemble
    from escc_bayes.data.schema import load_schema
    from escc_bayes.data.shipped import find_schema

    path = Path(name_or_path)
    if name_or_path in {bundled.study for bundled in ENSEMBLES.values()} and not path.exists():
        if schema is not None:
            raise InputError(f"--cohort {name_or_path}: a bundled ensemble brings its own schema; leave --schema out")
        return example_ensemble(name_or_path)
    schema = schema or schema_beside(name_or_path)
    if schema is None or not path.exists():
        return None
    known = load_schema(find_schema(schema))
    if not holds_ensemble(path, known):
        return None
    return read_ensemble(path, known, name=known.name)


def open_specs(names: list[str]) -> tuple["ModelSpec", ...]:
    """Return specifications by path or name, each once."""
    from escc_bayes.spec.names import refuse_same_names
    from escc_bayes.spec.reading import load_spec

    if not names:
        raise SpecError("no model is named; add --model NAME (such as os_piecewise) or --model FILE.toml")
    specs = tuple(load_spec(name) for name in names)
    refuse_same_names(specs)
    return specs


def default_models(cohort: "Cohort") -> list[str]:
    """Return the shipped models whose endpoint and covariates the cohort has.

    Raises
    ------
    SpecError : none fits; a model has priors, and nobody can choose them but the user.
    """
    from escc_bayes.spec.reading import load_spec

    shipped = [load_spec(name) for name in DEFAULT_MODELS.get(cohort.name, ESCC_MODELS)]
    fitting = [
        spec.name
        for spec in shipped
        if spec.outcome.endpoint in cohort.endpoints and set(spec.covariates) <= set(cohort.covariates)
    ]
    if not fitting:
        raise SpecError(
            f"no shipped model fits the columns of '{cohort.name}' (covariates: {', '.join(cohort.covariates)}); write "
            "one (models/README.md explains the format) and name it with --model FILE.toml"
        )
    return fitting
