"""What a posterior says of trajectories themselves: means by month, how patients differ, the error of a measurement."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from escc_bayes.bayes.model.trajectories import Law, law_of, means, passed
from escc_bayes.bayes.posterior.between import evenly, variance_parts
from escc_bayes.bayes.posterior.drawn import Drawn
from escc_bayes.data.ensemble import RECONSTRUCTIONS
from escc_bayes.foundation.errors import EstimandError
from escc_bayes.hazard.piecewise import FloatArray

MEAN, BETWEEN, CORRELATION, ERROR = "mean", "between_patients_sd", "correlation", "error_sd"


@dataclass(frozen=True, slots=True)
class Described:
    """One quantity of all trajectories.

    Attributes
    ----------
    quantity : ``mean``, the marker's geometric mean at a month; ``between_patients_sd`` there, ``correlation`` of level
        and slope, ``error_sd`` of one measurement, SDs on the log2 scale.
    month : NaN where none belongs to it.
    drawn : (draws,).
    measured : patients with a value at the month, or in all measurements; the members' mean.
    members : posteriors behind it.
    share_between : of its variance, what lies between members; 0 of one.
    """

    quantity: str
    month: float
    drawn: FloatArray
    measured: int
    members: int = 1
    share_between: float = 0.0


def described(posterior: Drawn) -> tuple[Described, ...]:
    """Return what describes the trajectories of a posterior; nothing where the model has none."""
    course = posterior.plan.course
    if course is None:
        return ()
    law, months, counts = law_of(course.name, posterior.flat), course.measured.months, course.measured.counts.tolist()
    mean = mean_at(posterior, np.array(months))
    between = np.sqrt(np.stack([variance_at(law, month) for month in months], axis=1))
    found = [Described(MEAN, m, mean[:, k], int(counts[k])) for k, m in enumerate(months)]
    found += [Described(BETWEEN, m, between[:, k], int(counts[k])) for k, m in enumerate(months)]
    every = int(sum(counts))
    found.append(Described(CORRELATION, np.nan, np.tanh(law.fisher_z), every))
    return (*found, Described(ERROR, np.nan, np.asarray(law.error), every))


def described_over(members: Sequence[Drawn]) -> tuple[Described, ...]:
    """Return the same by the mixture of the members' posteriors, as many draws of each."""
    return tuple(mixed(each) for each in zip(*(described(member) for member in members), strict=True))


def mixed(each: Sequence[Described]) -> Described:
    """Return one quantity over all members."""
    by_member = np.stack(evenly([one.drawn for one in each]))
    return replace(
        each[0],
        drawn=by_member.ravel(),
        measured=round(float(np.mean([one.measured for one in each]))),
        members=len(each),
        share_between=variance_parts(by_member).share,
    )


def mean_at(posterior: Drawn, months: FloatArray) -> FloatArray:
    """Return the geometric mean of a marker at months (m,), in its own unit, (draws, m): as if nobody left the study.

    Raises
    ------
    EstimandError : the model has no trajectory.
    """
    course = posterior.plan.course
    if course is None or course.block.coding.curve is None:
        raise EstimandError(f"model '{posterior.plan.spec.name}' has no effect with structure = \"trajectory\"")
    law = law_of(course.name, posterior.flat)
    return np.asarray(course.block.coding.curve.center * 2.0 ** means(law, passed(course.measured.months, months)))


def variance_at(law: Law, month: float) -> FloatArray:
    """Return the variance between patients at a month, (draws,)."""
    together = np.tanh(law.fisher_z) * law.sd_level * law.sd_change
    return np.asarray(law.sd_level**2 + 2.0 * month * together + (month * law.sd_change) ** 2)


def trajectory_sentences(members: Sequence[Drawn], level: float, kind: str = RECONSTRUCTIONS) -> tuple[str, ...]:
    """Say the mean of a marker at each planned month, how patients differ, and the error of a measurement."""
    found, course = described_over(members), members[0].plan.course
    if course is None:
        return ()
    over = "" if len(members) == 1 else f" over {len(members)} {kind}"
    tail = (1.0 - level) / 2.0

    def words(one: Described) -> str:
        low, middle, high = np.quantile(one.drawn, [tail, 0.5, 1.0 - tail])
        return f"{middle:.2f} ({low:.2f} to {high:.2f})"

    means_said = ", ".join(
        f"{words(one)} at month {one.month:g} ({one.measured} measured)" for one in found if one.quantity == MEAN
    )
    last = [one for one in found if one.quantity == BETWEEN][-1]
    error = found[-1]
    return (
        f"Trajectory of {course.name}{over}: geometric mean {means_said}; SD between patients at month {last.month:g} "
        f"{words(last)}, error of one measurement {words(error)}, both on the log2 scale "
        f"({100 * level:g} % credible intervals)",
    )
