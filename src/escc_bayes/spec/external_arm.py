"""The arm of a published study, from a file of its patients (reconstructed from its curve): counts of survivors.

Between two months a product-limit curve has the share c of those alive at the first alive at the second, known as well
as from m patients without censoring; m c of m were alive. ``[[external_arm]]`` of a model file becomes these counts.
docs/methods/external_information.md.
"""

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import numpy as np

from escc_bayes.data.cohort import Cohort, read_cohort
from escc_bayes.data.shipped import find_schema
from escc_bayes.foundation import checks
from escc_bayes.foundation.errors import SpecError
from escc_bayes.foundation.sentence import counted
from escc_bayes.hazard.product_limit import survival_point
from escc_bayes.spec.external import External
from escc_bayes.spec.request import Outcome

NEEDED = ("cohort", "schema", "months")
KEYS = (*NEEDED, "endpoint", "covariate", "level", "group", "study", "sd")


def external_arms_from(raw: Mapping[str, object], where: str, outcome: Outcome, folder: Path) -> tuple[External, ...]:
    """Read every ``[[external_arm]]`` as counts; paths are relative to ``folder``."""
    value = raw.get("external_arm", [])
    if not isinstance(value, list):
        raise SpecError(f"{where}: write each arm of another study as [[external_arm]] with double brackets")
    arms = (one_arm(body, f"{where}, [[external_arm]] {place}", outcome, folder) for place, body in enumerate(value, 1))
    return tuple(count for arm in arms for count in arm)


def one_arm(value: object, at: str, outcome: Outcome, folder: Path) -> tuple[External, ...]:
    """Read one arm."""
    body = checks.table(value, at)
    checks.refuse_unknown_keys(body, KEYS, at)
    for key in NEEDED:
        if key not in body:
            raise SpecError(
                f"{at}: '{key}' is missing; write cohort and schema of the arm's patients, and months = [0, 6, 12, 24] "
                "on their clock between which survivors are counted"
            )
    if ("study" in body) != ("sd" in body):
        raise SpecError(f"{at}: 'study' and 'sd' (of its drift) belong together; state both or neither")
    file = folder / checks.text(body["cohort"], f"{at}, cohort")
    schema = checks.text(body["schema"], f"{at}, schema")
    beside = folder / (schema if schema.endswith(".toml") else f"{schema}.toml")
    arm = read_cohort(file, beside if beside.is_file() else find_schema(schema))
    return counts_of(
        chosen(arm, body, at),
        checks.text(body["endpoint"], f"{at}, endpoint") if "endpoint" in body else outcome.endpoint,
        checks.increasing(body["months"], f"{at}, months"),
        landmark=outcome.landmark or 0.0,
        group=tuple(
            (name, checks.text(level, f"{at}, group, {name}"))
            for name, level in checks.table(body.get("group", {}), f"{at}, group").items()
        ),
        study=checks.text(body["study"], f"{at}, study") if "study" in body else "",
        sd=checks.number(body["sd"], f"{at}, sd", above=0.0, below=10.0) if "sd" in body else 0.0,
        at=at,
    )


def chosen(arm: Cohort, body: Mapping[str, object], at: str) -> Cohort:
    """Return the patients whose ``covariate`` has the ``level``, or all of them."""
    if ("covariate" in body) != ("level" in body):
        raise SpecError(f"{at}: 'covariate' and 'level' belong together: whose rows of {arm.source} count")
    if "covariate" not in body:
        return arm
    name, level = (checks.text(body[key], f"{at}, {key}") for key in ("covariate", "level"))
    held = arm.covariate(name)
    if level not in held.schema.levels:
        raise SpecError(
            f"{at}, level: '{name}' has no level '{level}'; it has {', '.join(held.schema.levels) or 'none'}"
        )
    return arm.subset(held.values == held.schema.levels.index(level))


def counts_of(
    arm: Cohort,
    endpoint: str,
    months: tuple[float, ...],
    *,
    landmark: float,
    group: tuple[tuple[str, str], ...],
    study: str,
    sd: float,
    at: str,
) -> tuple[External, ...]:
    """Return how many of an arm were alive at each month, of those alive at the month before; as far as it is followed.

    Raises
    ------
    SpecError : a month before the landmark, fewer than two months, or nobody followed from the first to the second.
    CohortError : patients have several rows, or events lie between two months.
    """
    if len(months) < 2 or months[0] < landmark:
        raise SpecError(
            f"{at}, months: write two or more, from {landmark:g} on, the start of the model's clock; was given "
            f"{list(months)}"
        )
    arm.refuse_several_rows("[[external_arm]], which counts survivors,")
    arm.refuse_interval_censored(endpoint, "[[external_arm]], which counts survivors,")
    data = arm.endpoint(endpoint)
    found = []
    for start, stop in pairwise(months):
        alive = data.present & (np.nan_to_num(data.time) > start)
        if not alive.any():
            break
        late = np.maximum(data.entry[alive], start)
        point = survival_point(data.time[alive], data.event[alive], late, arm.weight[alive], stop)
        known = 0 if point is None else round(point.patients)
        if point is None or known < 1:
            break
        source = f"{arm.provenance.upper()}: {arm.name}, {endpoint}"
        lived = round(known * point.survival)
        found.append(External(start - landmark, stop - landmark, known, lived, group, source, study, sd))
    if not found:
        raise SpecError(f"{at}: nobody of {arm.source} is followed from {months[0]:g} to {counted(months[1], 'month')}")
    return tuple(found)
