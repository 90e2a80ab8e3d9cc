"""Read a saved posterior back: the netCDF holds the draws, the specification and the cohort give the plan."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from escc_bayes.bayes.draws import Draws, checked
from escc_bayes.bayes.groups import baseline_attributes
from escc_bayes.bayes.posterior import Posterior
from escc_bayes.bayes.prior import parameter_priors
from escc_bayes.bayes.why_unfit import explained
from escc_bayes.data.cohort import Cohort
from escc_bayes.foundation.errors import InputError
from escc_bayes.foundation.record import Record, seed_from_label
from escc_bayes.spec.model import ModelSpec
from escc_bayes.spec.plan import ModelPlan, make_plan


def load_posterior(path: str | Path, spec: ModelSpec, cohort: Cohort) -> Posterior:
    """Return the posterior that ``Posterior.save`` wrote.

    Parameters
    ----------
    path : netCDF file.
    spec, cohort : those of the fit; their digests must equal the ones in the file.

    Raises
    ------
    InputError : no such file, or it belongs to another specification or other data.
    """
    import xarray as xr

    if not Path(path).is_file():
        raise InputError(f"{path}: no such file; give a posterior written by Posterior.save or by `escc-bayes fit`")
    with xr.open_datatree(path, engine="h5netcdf") as tree:
        record = record_of(tree, path)
        for what, found, wanted in (
            ("specification", record.spec_digest, spec.digest),
            ("cohort", record.data_digest, cohort.digest),
        ):
            if found != wanted:
                raise InputError(f"{path}: belongs to another {what} (digest {found}, given {wanted}); fit again")
        plan = make_plan(spec, cohort)
        refuse_other_month(path, tree.attrs, plan)
        values = {name: drawn(tree["posterior"][name]) for name in parameter_priors(plan)}
        refuse_other_steps(path, values, plan)
        stats = {str(name): np.asarray(stat.values) for name, stat in tree["sample_stats"].data_vars.items()}
    seed = seed_from_label(record.seed)
    diagnostics = explained(plan, checked(plan, Draws(values, stats)), seed)
    return Posterior(plan, values, stats, diagnostics, record, seed)


def refuse_other_month(path: str | Path, told: Mapping[str, Any], plan: ModelPlan) -> None:
    """Raise where a file's ``baseline`` is log H at another month than this version's plan of the same model."""
    wanted = baseline_attributes(plan).get("reference_time")
    found = told.get("reference_time", wanted)
    if wanted is not None and float(found) != float(wanted):
        raise InputError(
            f"{path}: an earlier version stated the Weibull's level at {float(found):g} months, this one at "
            f"{float(wanted):g}, the month of baseline_survival; its prior was another: fit again"
        )


def refuse_other_steps(path: str | Path, values: Mapping[str, np.ndarray], plan: ModelPlan) -> None:
    """Raise where a parameter has another size than in this version's plan of the same model."""
    for name, (shape, _) in parameter_priors(plan).items():
        if values[name].shape[-1] != shape[0]:
            raise InputError(
                f"{path}: '{name}' has {values[name].shape[-1]} values where this version has {shape[0]}: levels "
                "without patients now keep their step in ordered effects; fit again"
            )


def drawn(variable: Any) -> np.ndarray:
    """Return (chains, draws, size), also of a single number."""
    found = np.asarray(variable.values, dtype=np.float64)
    return found if found.ndim == 3 else found[..., None]


def record_of(tree: Any, path: str | Path) -> Record:
    """Return the record in the file's attributes."""
    if "record" not in tree.attrs:
        raise InputError(f"{path}: holds no record of a fit; give a posterior written by Posterior.save")
    raw = json.loads(tree.attrs["record"])
    raw |= {name: tuple(raw[name].items()) for name in ("settings", "versions")}
    return Record(**raw)
