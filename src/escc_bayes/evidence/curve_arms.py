"""Arms of a figure from its files: readings of the curves, numbers at risk, and what else is printed of each arm."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from scipy.special import ndtri

from escc_bayes.classical.cox import cox
from escc_bayes.data.cohort import Cohort
from escc_bayes.evidence.curve_units import refuse_other_units
from escc_bayes.evidence.digitised import NumbersAtRisk, printed_at_risk, read_digitised_curves, read_numbers_at_risk
from escc_bayes.evidence.guyot import ArmFromCurve, patients_from_curve
from escc_bayes.foundation.checks import suggestion
from escc_bayes.foundation.errors import CohortError


def arms_from_files(
    curve: str | Path,
    at_risk: str | Path | None,
    *,
    patients: Mapping[str, int],
    events: Mapping[str, int],
    reference: str | None = None,
) -> tuple[ArmFromCurve, ...]:
    """Reconstruct the patients of every arm of a figure.

    Parameters
    ----------
    curve : CSV of readings (``read_digitised_curves``).
    at_risk : CSV of numbers at risk (``read_numbers_at_risk``); None: only the numbers of patients are known.
    patients : by arm, where the numbers at risk are not printed.
    events : by arm, where printed.
    reference : arm that comes first, so that hazard ratios are over it; None: the first of the file.

    Raises
    ------
    CohortError : files whose arms differ, an arm without its number of patients, or what the readers refuse.
    """
    curves = read_digitised_curves(curve)
    numbers = {} if at_risk is None else read_numbers_at_risk(at_risk)
    for name, stated in ((f"{at_risk}", numbers), ("--patients", patients), ("--events", events)):
        for arm in stated:
            if arm not in curves:
                raise CohortError(f"{name}: arm '{arm}' has no curve in {curve}; {suggestion(arm, curves)}")
    known = {arm: size_of(arm, curve, numbers, patients) for arm in curves}
    refuse_other_units([(curves[arm], known[arm]) for arm in curves], f"{curve} and {at_risk}")
    order = list(curves)
    if reference is not None:
        if reference not in curves:
            raise CohortError(f"--reference {reference}: no such arm in {curve}; {suggestion(reference, curves)}")
        order = [reference, *(arm for arm in curves if arm != reference)]
    return tuple(patients_from_curve(curves[arm], known[arm], events=events.get(arm)) for arm in order)


def size_of(
    arm: str, curve: str | Path, numbers: Mapping[str, NumbersAtRisk], patients: Mapping[str, int]
) -> NumbersAtRisk:
    """Return the numbers at risk of an arm; where none are printed, its patients at month 0."""
    if arm in numbers:
        if arm in patients and patients[arm] != numbers[arm].count[0]:
            raise CohortError(
                f"--patients {arm}={patients[arm]}: {numbers[arm].count[0]} are at risk at month 0; correct one"
            )
        return numbers[arm]
    if arm not in patients:
        raise CohortError(
            f"{curve}: arm '{arm}' has no numbers at risk; add a column nrisk_{arm}, or say --patients {arm}=N"
        )
    return printed_at_risk([0.0], [patients[arm]])


def ratio_sentences(cohort: Cohort, endpoint: str, *, level: float) -> tuple[str, ...]:
    """Say the Cox hazard ratio of each arm over the first, to hold against the printed one; none for one arm."""
    if "arm" not in cohort.covariates:
        return ()
    data, arm = cohort.endpoint(endpoint), cohort.covariate("arm")
    names, codes = arm.schema.levels, arm.values.astype(int)
    fitted = cox((codes[:, None] == np.arange(1, len(names))).astype(float), data.time, data.event)
    z = float(ndtri((1.0 + level) / 2.0))
    said = []
    for k, name in enumerate(names[1:]):
        middle, se = float(fitted.coef[k]), float(np.sqrt(fitted.covariance[k, k]))
        ratio, low, high = np.exp([middle, middle - z * se, middle + z * se])
        said.append(
            f"RECONSTRUCTED, Cox: hazard ratio {name} vs {names[0]} {ratio:.3f} "
            f"({100 * level:g} % confidence interval {low:.3f} to {high:.3f})."
        )
    return tuple(said)
