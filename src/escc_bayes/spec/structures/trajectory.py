"""A marker measured several times, whose own trajectory acts on the hazard: a joint model of both.

    log2 value_ij = m_i(s_ij) + error_ij,            m_i(t) = M(t) + b_i0 + b_i1 min(t, s_K),
    log h_i(t)    = log h0(t) + x_i beta + psi m_i(t),

s_1 = 0 < .. < s_K the planned months, M a line that may bend at each of them and stays after the last, (b_i0, b_i1) the
level and slope by which a patient differs, normal and correlated; errors normal. docs/methods/trajectory.md.
Rizopoulos 2012, Joint Models for Longitudinal and Time-to-Event Data; Tsiatis & Davidian 2004, Stat Sin 14:809.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import ClassVar

import numpy as np

from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.foundation import checks
from escc_bayes.foundation.careful import careful_class
from escc_bayes.foundation.errors import SpecError
from escc_bayes.foundation.sentence import counted
from escc_bayes.spec import prior as priors
from escc_bayes.spec.prior import NEUTRAL, HalfNormal, Location, Normal
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.structures.coding import shown_contrast
from escc_bayes.spec.structures.free import Free, Standard, Term
from escc_bayes.spec.structures.keys import SD
from escc_bayes.spec.structures.measured import Measured, planned
from escc_bayes.spec.structures.per_doubling import (
    PerDoubling,
    doubling_words,
    log2_of,
    refuse_no_logarithm,
)
from escc_bayes.spec.structures.protocol import Coding, Columns, Contrast, Key, Reading

# A planned month and an end of follow-up closer than this are one.
SAME_MONTH = 1e-6


def location(value: object, at: str, _: Reading) -> Location:
    """Read a normal on a number that is no log hazard ratio."""
    found = priors.plain_normal(value, at)
    return Location(found.mean, found.sd)


def normal(value: object, at: str, _: Reading) -> Normal:
    """Read the normal on the log hazard ratio per doubling; published evidence is of two groups."""
    raw = checks.table(value, at)
    if "evidence" in raw:
        raise SpecError(
            f"{at}: published evidence is of one hazard ratio between two groups, and this one is per doubling of a "
            "number; state { normal = [mean, sd] } or { hr_median = .., hr_upper = .. }"
        )
    return priors.effect_prior(raw, at)


NORMAL = Key(normal, "{ normal = [0.0, 0.5] }, on the log hazard ratio per doubling of the current value")


@careful_class
@dataclass(frozen=True, slots=True)
class Trajectory:
    """The current value of a marker's trajectory; ``prior`` on the log hazard ratio per doubling of it.

    On the log2 scale: ``level`` the mean at time zero, ``change`` of the mean per month in each stretch between planned
    months; ``sd_level``, ``sd_change`` between patients, at time zero and per month; ``correlation`` of the two, as
    Fisher's z; ``error`` of one measurement.
    """

    name: str
    covariates: tuple[str, ...]
    prior: Normal
    level: Location
    change: Location
    sd_level: HalfNormal
    sd_change: HalfNormal
    correlation: Location
    error: HalfNormal

    WORD: ClassVar[str] = "trajectory"
    KINDS: ClassVar[tuple[str, ...]] = ("continuous",)
    SEVERAL: ClassVar[bool] = False
    KEYS: ClassVar[Mapping[str, Key]] = {
        "prior": NORMAL,
        "level": Key(location, "{ normal = [0.5, 1.0] }, on the mean log2 value at time zero"),
        "change": Key(location, "{ normal = [0.0, 1.0] }, on the mean change of the log2 value in a month"),
        "sd_level": SD,
        "sd_change": SD,
        "correlation": Key(location, "{ normal = [0.0, 0.7] }, on Fisher's z of the correlation of level and change"),
        "error": SD,
    }

    def columns(self, rows: AnalysisRows) -> Columns:
        """Return the logarithm of the last value carried forward, and every measurement during follow-up.

        The engines put the trajectory in the column's place; what is fitted by maximum likelihood beside takes it.
        """
        name = self.covariates[0]
        covariate = rows.covariates[name]
        schema, curve = covariate.schema, log2_of(covariate, rows)
        months = planned(schema, rows.cohort)
        first, ends = rows.first_rows(), rows.one_each.time
        values = np.stack([one[first] for one in covariate.series], axis=1)
        values = np.where(np.array(months) < ends[:, None] - SAME_MONTH, values, np.nan)
        refuse_no_logarithm(schema, np.nan_to_num(values, nan=1.0).min(axis=1), rows.one_each)
        refuse_measured_once(name, months, values, rows)
        held = Measured(months, np.log2(values / curve.center), rows.ids)
        coding = Coding((name,), ((),), curve=curve, measured=held)
        return Columns(curve.columns(covariate.values), coding)

    def free(self, coding: Coding) -> tuple[Free, ...]:
        """Return b, then what describes trajectories, then two standard numbers for each patient."""
        held = coding.measured
        assert held is not None
        name = self.name
        stretches = tuple(f"{a:g}-{b:g}" for a, b in pairwise(held.months))
        latents = tuple(f"{who}, {what}" for who in held.ids for what in ("level", "change"))
        return (
            Free(f"b_{name}", self.prior),
            Free(f"level_{name}", self.level),
            Free(f"change_{name}", self.change, len(stretches), f"{name}_stretch", stretches),
            Free(f"sd_level_{name}", self.sd_level),
            Free(f"sd_change_{name}", self.sd_change),
            Free(f"fisher_z_{name}", self.correlation),
            Free(f"error_{name}", self.error),
            Free(f"z_{name}", Standard(), len(latents), f"{name}_patient", latents),
        )

    def terms(self, _: Coding) -> tuple[Term, ...]:
        """Return psi = b; the trajectory is what it multiplies."""
        return (Term(f"b_{self.name}", np.eye(1)),)

    def words(self, coding: Coding, _: Mapping[str, CovariateSchema]) -> str:
        """Say what the trajectory is, and the priors."""
        held, curve = coding.measured, coding.curve
        assert held is not None
        assert curve is not None
        name, months = self.covariates[0], ", ".join(f"{month:g}" for month in held.months)
        how_many = ", ".join(str(int(n)) for n in held.counts)
        return (
            f"{self.name}: the current value of each patient's trajectory of log {name}, estimated together with "
            f"survival from the values measured at {months} months (in {how_many} of {len(held.ids)} patients during "
            f"follow-up): a mean that may bend at each of these months, a level and a slope of each patient's own, and "
            f"an error of each measurement; constant after {counted(held.months[-1], 'month')}. Measurements "
            "may be missing at "
            "random, given those before and the event. Per doubling of the current value: "
            f"{self.prior.hazard_ratio_words()}. {self.prior_words(curve.center)}"
        )

    def prior_words(self, center: float) -> str:
        """Say the priors on what describes all trajectories."""
        over = "" if center == 1.0 else f" over {center:g}"
        return (
            f"Geometric mean at time zero{over}: {doubling_words(self.level)}; factor by which it changes in a month: "
            f"{doubling_words(self.change)}; SDs on the log2 scale, where 1 is a factor of 2: between patients at time "
            f"zero {self.sd_level.words()}, of their change in a month {self.sd_change.words()}, of one measurement's "
            f"error {self.error.words()}; Fisher's z of the correlation of level and change: normal with mean "
            f"{self.correlation.mean:g} and SD {self.correlation.sd:g}."
        )

    def contrasts(self, coding: Coding) -> tuple[Contrast, ...]:
        """Return a current value's double over the value."""
        return (shown_contrast(self.covariates[0], coding),)

    def by_construction(self, *_: object) -> str:
        """Say whose value it is, and that the ratio is that of every doubling."""
        return "per doubling of the current value of the trajectory, free of measurement error"

    def sceptical(self, sd: float) -> "Trajectory":
        """Return the effect as a sceptic has it: no effect of the current value, rarely a large one."""
        return replace(self, prior=Normal(0.0, min(self.prior.sd, sd)))

    def unshrunk(self) -> tuple[PerDoubling, ...]:
        """Return the last value carried forward."""
        return (PerDoubling(self.name, self.covariates, NEUTRAL),)


def refuse_measured_once(name: str, months: tuple[float, ...], values: np.ndarray, rows: AnalysisRows) -> None:
    """Raise where nobody has a second measurement, or nobody one at some planned month."""
    counts = (~np.isnan(values)).sum(axis=0)
    empty = [f"{month:g}" for month, count in zip(months, counts, strict=True) if count == 0]
    if empty:
        raise SpecError(
            f"cohort {rows.cohort}, covariate '{name}': nobody has a value at {' and '.join(empty)} months during "
            f"follow-up for '{rows.endpoint}'; take this month out of measured in the schema"
        )
