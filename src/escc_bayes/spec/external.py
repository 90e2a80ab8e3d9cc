"""Survivors of another source: of those at risk at one month, how many were alive at a later one.

An entry is about people like our patients, or like those of a group: its survival is standardised over their
covariates. The arm of a published study may have hazards exp(delta) times ours, delta ~ N(0, sd), a drift of its own.
docs/methods/external_information.md.
"""

from dataclasses import dataclass, fields

import numpy as np

from escc_bayes.foundation.errors import SpecError, some_of
from escc_bayes.foundation.sentence import counted
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.rows import AnalysisRows


@dataclass(frozen=True, slots=True)
class External:
    """One count of survivors.

    Attributes
    ----------
    start, stop : months on the clock of the model.
    at_risk : how many were alive at ``start``, and known to be dead or alive at ``stop``.
    alive : how many of these were alive at ``stop``.
    group : covariates with their level, whose patients the count is about; none: everyone.
    source : where the count is from.
    study : whose entries share a drift; empty: hazards as ours.
    sd : of the drift's prior.
    """

    start: float
    stop: float
    at_risk: int
    alive: int
    group: tuple[tuple[str, str], ...] = ()
    source: str = ""
    study: str = ""
    sd: float = 0.0

    @property
    def content(self) -> dict[str, object]:
        """All of it that changes a result; without a drift as it was before there were any."""
        own = {field.name: getattr(self, field.name) for field in fields(self)}
        return own if self.study else {name: value for name, value in own.items() if name not in ("study", "sd")}

    @property
    def whose(self) -> str:
        """Say whom the count is about."""
        return ", ".join(f"{name} = {level}" for name, level in self.group) or "everyone"

    def words(self) -> str:
        """Say the count.

        Examples
        --------
        >>> External(36.0, 60.0, 50, 40, (("stage", "III"),)).words()
        '40 of 50 alive at 36 months were alive at 60 months (stage = III)'
        """
        of = f"; {self.source}" if self.source else ""
        of += f"; {self.study}, whose log hazard may drift from ours with SD {self.sd:g}" if self.study else ""
        began = "" if self.start == 0.0 else f" alive at {counted(self.start, 'month')}"
        return f"{self.alive} of {self.at_risk}{began} were alive at {counted(self.stop, 'month')} ({self.whose}{of})"


def studies_of(external: tuple[External, ...]) -> tuple[tuple[str, float], ...]:
    """Return the studies with a drift, in order, each with its SD.

    Examples
    --------
    >>> studies_of((External(0.0, 6.0, 50, 40, study="A", sd=0.3), External(6.0, 12.0, 40, 30, study="A", sd=0.3)))
    (('A', 0.3),)
    """
    return tuple(dict.fromkeys((one.study, one.sd) for one in external if one.study))


def drifting(external: tuple[External, ...]) -> FloatArray:
    """Return which study's drift each count has, (e, studies), 0 or 1."""
    studies = [study for study, _ in studies_of(external)]
    return np.array([[float(one.study == study) for study in studies] for one in external]).reshape(len(external), -1)


def shares_of(external: tuple[External, ...], rows: AnalysisRows, model: str) -> FloatArray:
    """Return the share (e, m) that each of the m rows has in the survival that each count is about.

    Raises
    ------
    SpecError : a group names a covariate that the model has not, a level that it has not, or nobody.
    """
    return np.stack(
        [share_of(one, rows, f"model '{model}', [[external]] {place + 1}") for place, one in enumerate(external)]
    )


def share_of(one: External, rows: AnalysisRows, at: str) -> FloatArray:
    """Return the share (m,) of each row: equal among the patients of the group, as in their first row."""
    inside = np.zeros(rows.time.size, dtype=np.bool_)
    inside[rows.first_rows()] = True
    for name, level in one.group:
        if name not in rows.covariates:
            known = ", ".join(rows.covariates) or "none"
            raise SpecError(f"{at}, group: '{name}' is no covariate of the model; it has {known}")
        held = rows.covariates[name]
        if not held.schema.categorical:
            raise SpecError(f"{at}, group: '{name}' is a number and has no levels; name a covariate with levels")
        if level not in held.schema.levels:
            raise SpecError(f"{at}, group: '{name}' has no level '{level}'; it has {some_of(list(held.schema.levels))}")
        inside &= held.values == held.schema.levels.index(level)
    if not inside.any():
        raise SpecError(
            f"{at}, group: no patient analysed has {one.whose}, and survival is standardised over those who have; name "
            "fewer covariates"
        )
    return inside / inside.sum()


def refuse_external(external: tuple[External, ...], rows: AnalysisRows, model: str) -> None:
    """Raise where counts of survivors do not fit the rows of an analysis."""
    if not external:
        return
    shares_of(external, rows, model)
    if rows.transitions is not None:
        raise SpecError(
            f"model '{model}': [[external]] counts survivors, and a model of several transitions has no one survival; "
            "leave it out, or model one endpoint"
        )
    if rows.sampled:
        raise SpecError(
            f"model '{model}': [[external]] stands beside sampling weights, under which a posterior is no product of "
            "likelihoods; leave one of the two out"
        )
