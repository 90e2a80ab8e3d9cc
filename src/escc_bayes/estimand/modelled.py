"""From the coefficients of a design and a baseline to the hazards of its patients."""

from escc_bayes.hazard.baseline import Hazard
from escc_bayes.hazard.by_segment import BySegment
from escc_bayes.hazard.patients import PatientHazards
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.hazard.proportional import Proportional
from escc_bayes.spec.design import Design


def patient_hazards(design: Design, coefficients: FloatArray, baseline: Hazard) -> PatientHazards:
    """Return the hazards of patients with the columns of a design: proportional, unless a coefficient changes.

    Parameters
    ----------
    design : which columns there are, and when their coefficients change.
    coefficients : (D, size).
    baseline : of D draws.
    """
    ends = design.segment_ends
    return BySegment(coefficients, baseline, ends, design.acting) if ends.size else Proportional(coefficients, baseline)
