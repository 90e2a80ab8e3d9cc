"""Arms reconstructed from curves as one cohort: its rows and its schema."""

import warnings
from collections.abc import Sequence
from dataclasses import replace

from escc_bayes.data.cohort import Cohort, read_cohort
from escc_bayes.data.schema import CohortSchema, schema_from
from escc_bayes.evidence.guyot import PROVENANCE, ArmFromCurve
from escc_bayes.foundation.careful import careful
from escc_bayes.foundation.errors import CohortError, DataWarning


def reconstructed_rows(arms: Sequence[ArmFromCurve], *, endpoint: str) -> list[dict[str, object]]:
    """Return a row for each patient: ``patient, arm, ENDPOINT_months, ENDPOINT_event, provenance``."""
    return [
        {
            "patient": f"{arm.arm}_{position}",
            "arm": arm.arm,
            f"{endpoint}_months": float(time),
            f"{endpoint}_event": int(event),
            "provenance": PROVENANCE,
        }
        for arm in arms
        for position, (time, event) in enumerate(zip(arm.time, arm.event, strict=True), start=1)
    ]


@careful
def cohort_from_curves(arms: Sequence[ArmFromCurve], *, name: str, endpoint: str = "os") -> Cohort:
    """Return the cohort of some arms; the first is the reference. It says RECONSTRUCTED, and notes how well.

    Raises
    ------
    CohortError : two arms of one label.
    """
    import pandas as pd

    labels = [arm.arm for arm in arms]
    if len(set(labels)) < len(labels):
        raise CohortError(f"cohort '{name}': two arms are called alike ({', '.join(labels)}); give each its own label")
    frame = pd.DataFrame(reconstructed_rows(arms, endpoint=endpoint))
    with warnings.catch_warnings():
        # Patients whom a curve gives the same time are no doubles of one patient.
        warnings.simplefilter("ignore", DataWarning)
        cohort = read_cohort(frame, curve_schema(labels, endpoint, name), name=name)
    return replace(cohort, source="digitised curves", notes=tuple(said for arm in arms for said in arm.sentences()))


def curve_schema(arms: Sequence[str], endpoint: str, name: str) -> CohortSchema:
    """Return the schema of ``reconstructed_rows``."""
    return schema_from(raw_schema(arms, endpoint, name), f"cohort '{name}'")


def raw_schema(arms: Sequence[str], endpoint: str, name: str) -> dict[str, object]:
    """Return the schema of ``reconstructed_rows`` as tables; the first arm is the reference."""
    covariates: dict[str, object] = {"arm": {"kind": "nominal", "levels": list(arms)}} if len(arms) > 1 else {}
    return {
        "name": name,
        "id": "patient",
        "endpoints": {endpoint: {"time": f"{endpoint}_months", "event": f"{endpoint}_event"}},
        "covariates": covariates,
    }
