"""Read a saved posterior back: the netCDF holds the draws, and what was asked of whom."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from escc_bayes.bayes.engines.why_unfit import explained
from escc_bayes.bayes.model.prior import parameter_priors
from escc_bayes.bayes.posterior.inference_groups import baseline_attributes
from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.bayes.posterior.request import HELD, SPECIFICATION, rows_of, specification_of
from escc_bayes.bayes.posterior.saved_file import SavedFile, damaged, reading
from escc_bayes.bayes.sampling.draws import Draws, checked
from escc_bayes.data.cohort import Cohort
from escc_bayes.foundation.careful import careful
from escc_bayes.foundation.errors import InputError
from escc_bayes.foundation.record import Record, seed_from_label
from escc_bayes.foundation.sentence import counted
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.baseline import resolve_baseline
from escc_bayes.spec.design import build_design
from escc_bayes.spec.model import ModelSpec
from escc_bayes.spec.plan import ModelPlan, make_plan


@careful
def load_posterior(path: str | Path, spec: ModelSpec | None = None, cohort: Cohort | None = None) -> Posterior:
    """Return the posterior that ``Posterior.save`` wrote.

    Parameters
    ----------
    path : netCDF file.
    spec, cohort : those of the fit, where it is to be made sure of them: their digests must equal the ones in the file.
        Files of earlier versions do not hold them and need both.

    Raises
    ------
    InputError : no such file, one that is damaged or no posterior, or it belongs to another specification or data.

    Examples
    --------
    >>> from escc_bayes import example_cohort, fit, load_spec
    >>> posterior = fit(load_spec("larynx_piecewise"), example_cohort("larynx"), seed=11, engine="laplace", draws=500)
    >>> posterior.save("larynx.nc")
    >>> load_posterior("larynx.nc").plan.spec.name
    'larynx_piecewise'
    """
    with reading(path) as file:
        record = record_of(file)
        refuse_others(file, record, spec, cohort)
        plan = plan_of(file, record) if spec is None or cohort is None else make_plan(spec, cohort)
        refuse_other_month(path, file.attributes, plan)
        values = {name: drawn(file, name, shape) for name, (shape, _) in parameter_priors(plan).items()}
        stats = {name: values for name, (_, values) in file.groups["sample_stats"].variables.items()}
        refuse_other_shapes(file, values, stats)
        seed = seed_from_label(record.seed)
        diagnostics = explained(plan, checked(plan, Draws(values, stats)), seed)
    return Posterior(plan, values, stats, diagnostics, record, seed)


def refuse_others(file: SavedFile, record: Record, spec: ModelSpec | None, cohort: Cohort | None) -> None:
    """Raise where the specification or the cohort that is given is not that of the file."""
    for what, found, given in (
        ("specification", record.spec_digest, spec),
        ("cohort", record.data_digest, cohort),
    ):
        if given is not None and found != given.digest:
            raise InputError(
                f"{file.path}: belongs to another {what} (digest {found}, given {given.digest}); fit again"
            )


def plan_of(file: SavedFile, record: Record) -> ModelPlan:
    """Return the plan of the fit from what the file holds of its request."""
    asked = file.groups["constant_data"]
    if SPECIFICATION not in asked.variables:
        raise InputError(
            f"{file.path}: an earlier version wrote it, without what was asked of whom; give both, as in "
            'load_posterior("posterior.nc", spec, cohort)'
        )
    spec = specification_of(asked)
    if spec.digest != record.spec_digest:
        raise InputError(
            f"{file.path}: holds a specification with digest {spec.digest}, and its record says {record.spec_digest}; "
            "an earlier version wrote it: give both, as in load_posterior(path, spec, cohort), or fit again"
        )
    held = {"time": file.values("observed_data", "time")}
    held |= {name: file.values("constant_data", name) for name in HELD[2:]}
    ids = tuple(str(name) for name in file.groups["observed_data"].coords["patient"].tolist())
    rows = rows_of(asked, ids, held)
    return ModelPlan(spec, rows, build_design(spec, rows), resolve_baseline(spec, rows))


def refuse_other_month(path: str | Path, told: Mapping[str, Any], plan: ModelPlan) -> None:
    """Raise where a file's ``baseline`` is log H at another month than this version's plan of the same model."""
    wanted = baseline_attributes(plan).get("reference_time")
    found = told.get("reference_time", wanted)
    if wanted is not None and float(found) != float(wanted):
        raise InputError(
            f"{path}: an earlier version stated the Weibull's level at {counted(float(found), 'month')}, this one at "
            f"{float(wanted):g}, the month of baseline_survival; its prior was another: fit again"
        )


def drawn(file: SavedFile, name: str, shape: tuple[int, ...]) -> FloatArray:
    """Return (chains, draws, size) of a parameter, also of a single number."""
    if name not in file.groups["posterior"].variables:
        raise damaged(file.path, f"it lacks the parameter {name}")
    found = np.asarray(file.values("posterior", name), dtype=np.float64)
    found = found[..., None] if found.ndim == 2 else found
    if found.ndim != 3:
        raise damaged(file.path, f"its parameter {name} has the shape {found.shape}")
    if found.shape[2] != int(np.prod(shape)):
        raise InputError(
            f"{file.path}: '{name}' has {found.shape[2]} values where this version has {int(np.prod(shape))}: levels "
            "without patients now keep their step in ordered effects; fit again"
        )
    if not np.isfinite(found).all():
        raise damaged(file.path, f"its parameter {name} is not finite in every draw")
    return found


def refuse_other_shapes(file: SavedFile, values: Mapping[str, FloatArray], stats: Mapping[str, np.ndarray]) -> None:
    """Raise unless every parameter and statistic has the same chains and draws."""
    shapes = {values.shape[:2] for values in (*values.values(), *stats.values())}
    if len(shapes) != 1 or 0 in next(iter(shapes)):
        raise damaged(file.path, f"its chains and draws are {' and '.join(map(str, sorted(shapes)))}")


def record_of(file: SavedFile) -> Record:
    """Return the record in the file's attributes."""
    if "record" not in file.attributes:
        raise damaged(file.path, "it lacks the record of a fit")
    raw = json.loads(file.attributes["record"])
    raw |= {name: tuple(raw[name].items()) for name in ("settings", "versions")}
    return Record(**raw)
