"""The next trial as a first design: what the evidence gives, and what a clinician must state, marked CHECK.

Events by Schoenfeld: (z_0.975 + z_0.80)^2 x 4 / log(HR)^2, two arms of one size. Patients: events over the share who
have the event by the end, with exponential survival, uniform entry over A months and F more months of follow-up:
1 - (exp(-h F) - exp(-h (A + F))) / (h A), averaged over the arms. Schoenfeld 1981, Biometrika 68:316.
"""

import math
from dataclasses import dataclass

from escc_bayes.evidence.published_names import said
from escc_bayes.foundation.errors import InputError
from escc_bayes.foundation.sentence import counted

Z_975, Z_80 = 1.959963984540054, 0.8416212335729143
ACCRUAL, FOLLOW_UP, DROPOUT = 24.0, 24.0, 0.05
LEAST_EFFECT, MOST_EVENTS, FEWEST_EVENTS = 0.95, 1500, 60


@dataclass(frozen=True, slots=True)
class Sketch:
    """What the evidence gives of a next trial.

    Attributes
    ----------
    name : of the design. control, treatment : the arms; endpoint : of the decision.
    hr : median of the belief, treatment over control. belief : ``[design_prior] log_hr`` as TOML. source : where from.
    median : months, of the control arm. median_from : where that was read.
    """

    name: str
    control: str
    treatment: str
    endpoint: str
    hr: float
    belief: str
    source: str
    median: float
    median_from: str

    @property
    def events(self) -> int:
        """Events for power 0.80 at the belief's median.

        Raises
        ------
        InputError : the belief is of too small an effect, or none.
        """
        if not self.hr < LEAST_EFFECT:
            raise InputError(
                f"{self.source} expects a hazard ratio of {self.hr:.2f} ({self.treatment} over {self.control}): too "
                "near 1 for a trial of this effect to be sketched"
            )
        needed = math.ceil(4.0 * ((Z_975 + Z_80) / math.log(round(self.hr, 2))) ** 2)
        if needed > MOST_EVENTS:
            raise InputError(
                f"a hazard ratio of {self.hr:.2f} needs {needed:,} events for power 0.80: no trial is sketched"
            )
        return max(needed, FEWEST_EVENTS)

    @property
    def patients(self) -> int:
        """Patients who bring the events within accrual and follow-up, to the next ten."""
        hazard = math.log(2.0) / self.median
        share = (with_event(hazard) + with_event(hazard * self.hr)) / 2.0
        return 10 * math.ceil(self.events / (share * (1.0 - DROPOUT)) / 10.0)


def with_event(hazard: float) -> float:
    """Return the share of patients with the event at the end, without dropout.

    Examples
    --------
    >>> round(with_event(0.05), 3)
    0.825
    """
    entered = math.exp(-hazard * FOLLOW_UP) - math.exp(-hazard * (ACCRUAL + FOLLOW_UP))
    return 1.0 - entered / (hazard * ACCRUAL)


def design_toml(sketch: Sketch) -> str:
    """Return the design as text.

    Examples
    --------
    >>> one = Sketch("next", "ICT", "ICT + RT", "OS", 0.7, "{ normal = [-0.36, 0.1] }", "the pool", 14.0, "printed")
    >>> one.events, one.patients, "CHECK" in design_toml(one)
    (247, 350, True)
    """
    return f"""# A first sketch of the next trial. Every line with CHECK is a clinical choice that nobody has made yet.
schema = 1
name = {said(sketch.name)}
title = {said(f"{sketch.treatment} v {sketch.control}; {sketch.endpoint}. A SKETCH: complete the lines marked CHECK")}

[arms]
control = {said(sketch.control)}
treatment = {said(sketch.treatment)}
allocation = [1, 1]                          # CHECK: one to one?

[control]
median = {sketch.median:g}{" " * 32}# CHECK: {sketch.median_from}; is it that of the patients to come?

[effect]
hr = {sketch.hr:.2f}{" " * 35}# CHECK: the belief below has this median; which effect is worth having?

[accrual]
patients = {sketch.patients}{" " * 29}# CHECK: enough for the events in {counted(ACCRUAL + FOLLOW_UP, "month")}
months = {ACCRUAL:g}{" " * 33}# CHECK: how many patients a month can the centres enter?

[dropout]
yearly = {DROPOUT:g}                                # CHECK

[analyses]
events = [{sketch.events}]{" " * 29}# CHECK: power 0.80 at the hazard ratio above, one-sided 0.025; interim looks?

# What is believed, for assurance: {sketch.source}.
# CHECK: observational evidence may be biased: add bias = {{ normal = [MEAN, SD] }} on the log hazard ratio.
[design_prior]
log_hr = {sketch.belief}

[analysis_prior]
log_hr = {{ normal = [0.0, 10.0] }}          # CHECK: the trial's own analysis starts without a belief
baseline = {{ pieces = 6, gamma = [0.5, 10.0] }}

[[rule]]
name = "bayes"
success = "P(HR < 1 | data) > 0.975"         # CHECK

[[rule]]
name = "logrank"
success = "log-rank one-sided 0.025"         # CHECK
"""
