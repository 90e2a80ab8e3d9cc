"""A fitted model: draws that answer estimands, print themselves and go to ArviZ."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from escc_bayes.bayes import parameters
from escc_bayes.bayes.diagnose import Diagnostics
from escc_bayes.bayes.prior_conflict import PriorConflict, prior_conflict
from escc_bayes.bayes.pseudo_posterior import LABEL, pseudo_note
from escc_bayes.bayes.vague_baseline import VagueBaseline, vague_baseline
from escc_bayes.estimand import marginal
from escc_bayes.estimand.behind import beyond_follow_up, counted, patients_behind
from escc_bayes.estimand.contrast import standard_contrasts, weights
from escc_bayes.estimand.estimand import Estimand, HazardRatio, contrast_words, groups_named
from escc_bayes.estimand.estimate import Estimate, joined_notes, noted_ratios, ratio_summary, size_note, summary
from escc_bayes.estimand.evaluate import (
    NAMES,
    averaged_over,
    completed,
    draws_of,
    draws_of_many,
    time_of,
)
from escc_bayes.foundation.careful import careful
from escc_bayes.foundation.kinds import LEVEL
from escc_bayes.foundation.record import Record
from escc_bayes.foundation.seeds import Seed
from escc_bayes.hazard.baseline import Hazard
from escc_bayes.hazard.patients import PatientHazards
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.cautions import caution_lines, caution_of, verdict_words
from escc_bayes.spec.plan import ModelPlan

if TYPE_CHECKING:
    from xarray import DataTree


@dataclass(frozen=True)
class Posterior:
    """Posterior draws of a plan. Not slotted: derived arrays are computed once and kept.

    Attributes
    ----------
    plan : what was fitted, with its rows.
    values : (chains, draws, size) of every free parameter.
    stats : (chains, draws) sampler statistics.
    diagnostics : what the checks found.
    record : digests, seed, settings, versions, provenance.
    seed : of the fit; predictive draws continue from it.
    """

    plan: ModelPlan
    values: Mapping[str, FloatArray]
    stats: Mapping[str, np.ndarray]
    diagnostics: Diagnostics
    record: Record
    seed: Seed

    @property
    def chains(self) -> int:
        """Number of chains."""
        return int(self.values["baseline"].shape[0])

    @property
    def method(self) -> str:
        """The word of tables: ``bayes_nuts``."""
        return f"bayes_{self.record.engine}"

    @cached_property
    def flat(self) -> dict[str, FloatArray]:
        """Parameters with chains and draws in one leading axis."""
        return {name: drawn.reshape(-1, drawn.shape[-1]) for name, drawn in self.values.items()}

    @cached_property
    def coefficients(self) -> FloatArray:
        """Log hazard ratio of each column, (all draws, columns)."""
        return self.hazards.coefficients

    @cached_property
    def hazard(self) -> Hazard:
        """Baseline hazard of each draw: of the average patient, or of the reference patient."""
        return self.hazards.hazard

    @cached_property
    def hazards(self) -> PatientHazards:
        """Hazards of patients in each draw, from which every estimand is computed."""
        return parameters.hazards(self.plan, self.flat, self.flat["baseline"].shape[0])

    @careful
    def draws(self, asked: Estimand) -> FloatArray:
        """Return one value of the estimand per draw; hazard ratios as logarithms."""
        return draws_of(asked, self.plan, self.hazards)

    @careful
    def estimate(self, asked: Estimand, *, level: float = LEVEL) -> Estimate:
        """Return posterior median and equal-tailed credible interval of an estimand.

        Parameters
        ----------
        asked : what to estimate.
        level : such as 0.95.

        Raises
        ------
        EstimandError : the model lacks the term, level or group.
        """
        return self.estimates([asked], level=level)[0]

    @careful
    def estimates(self, asked: Sequence[Estimand], *, level: float = LEVEL) -> tuple[Estimate, ...]:
        """Return an estimate of each estimand, as ``estimate`` does; many at once are quicker than one by one."""
        wanted = [completed(one, self.plan) for one in asked]
        drawn = draws_of_many(wanted, self.plan, self.hazards)
        verdict = self.diagnostics.verdict
        return tuple(
            with_note(
                estimate_of(one, values, self.plan, level=level, record=self.record, verdict=verdict),
                self.caution(one, values),
            )
            for one, values in zip(wanted, drawn, strict=True)
        )

    @cached_property
    def prior_conflict(self) -> PriorConflict:
        """Where Kaplan-Meier lies within what the prior expects, at the month about which the baseline prior speaks."""
        return prior_conflict(self.plan)

    @cached_property
    def vague_baseline(self) -> VagueBaseline:
        """What the log hazard ratios would be under a vague baseline: a refit by ``laplace``."""
        return vague_baseline(self.plan, self.seed)

    def caution(self, asked: Estimand, drawn: FloatArray) -> str:
        """Return what a reader must know of what the model and its priors have to do with an estimand.

        ``drawn`` (draws,) are those of the estimand, of hazard ratios as logarithms.
        """
        if not isinstance(asked, HazardRatio):
            return self.prior_conflict.note
        return joined_notes(self.plan.design.by_construction(asked.term), self.moved_by_baseline(asked, drawn))

    def moved_by_baseline(self, asked: HazardRatio, drawn: FloatArray) -> str:
        """Say where a hazard ratio with log draws (draws,) would be another under a vague baseline."""
        mean, sd = float(drawn.mean()), float(drawn.std(ddof=1))
        return self.vague_baseline.note(weights(asked, self.plan.design), mean, sd)

    @careful
    def hazard_ratios(self, *, level: float = LEVEL) -> tuple[Estimate, ...]:
        """Return the hazard ratio of every level against its reference, and of every number per its scale."""
        return self.estimates(standard_contrasts(self.plan.design), level=level)

    @careful
    def survival(self, times: FloatArray, *, term: str = "", group: str = "", population: str = "group") -> FloatArray:
        """Return the survival curve of a group in every draw, (draws, times); see ``SurvivalAt``."""
        columns, weight = averaged_over(self.plan, term, group, population)
        at = np.asarray(times, dtype=np.float64)
        return marginal.survival(self.hazards, columns, weight[None], at)[0]

    @careful
    def thinned(self, most: int) -> "Posterior":
        """Return the posterior with every k-th draw, about ``most`` of them: enough for a drawing."""
        step = max(1, self.coefficients.shape[0] // most)
        values = {name: drawn[:, ::step] for name, drawn in self.values.items()}
        return replace(self, values=values, stats={name: drawn[:, ::step] for name, drawn in self.stats.items()})

    def to_datatree(self) -> "DataTree":
        """Return an ArviZ DataTree: posterior, prior, predictives, log-likelihood per patient, log prior, data.

        Warns
        -----
        LeftOutWarning : groups with a value for each patient and draw would hold more than 25 million values.
        """
        from escc_bayes.bayes.datatree import datatree

        return datatree(self)

    @careful
    def save(self, path: str | Path) -> None:
        """Write the groups of ``to_datatree`` as netCDF; ``load_posterior`` and ArviZ read them back.

        Warns
        -----
        LeftOutWarning : as for ``to_datatree``; the attribute ``left_out`` of the file names the groups.
        """
        from escc_bayes.bayes.netcdf import write_netcdf

        write_netcdf(self, Path(path))

    def sentences(self) -> tuple[str, ...]:
        """Say who was analysed, by which model and engine, whether it may be used, and what else must be known."""
        kind = f" ({LABEL})" if self.plan.rows.sampled else ""
        return (
            self.plan.rows.sentence(),
            f"{self.plan.spec!r}",
            f"{self.method}{kind}, seed {self.record.seed}: {verdict_words(self.diagnostics.verdict)}",
            *caution_lines(self.plan),
            self.prior_conflict.sentence(),
        )

    def __repr__(self) -> str:
        return "\n".join([*self.sentences(), *noted_ratios(self.hazard_ratios(level=0.95))])


def with_note(estimate: Estimate, note: str) -> Estimate:
    """Return an estimate with one more note."""
    return replace(estimate, note=joined_notes(estimate.note, note)) if note else estimate


def estimate_of(
    asked: Estimand, drawn: FloatArray, plan: ModelPlan, *, level: float, record: Record, verdict: str
) -> Estimate:
    """Return median and equal-tailed credible interval of draws (n,) of an estimand that ``completed`` returned.

    Draws of hazard ratios are logarithms.
    """
    ratio = isinstance(asked, HazardRatio)
    value, lower, upper = ratio_summary(drawn, level) if ratio else summary(drawn, level)
    counts = counted(asked, plan.rows)
    return Estimate(
        endpoint=plan.rows.endpoint,
        estimand=NAMES[type(asked)],
        term=asked.term,
        contrast=contrast_words(asked),
        time=time_of(asked),
        method=f"bayes_{record.engine}",
        model=plan.spec.name,
        value=value,
        lower=lower,
        upper=upper,
        level=level,
        interval_kind="credible",
        population="" if isinstance(asked, HazardRatio) else asked.population,
        prob_gt_1=float((drawn > 0.0).mean()) if ratio else np.nan,
        log_mean=float(drawn.mean()) if ratio else np.nan,
        log_sd=float(drawn.std(ddof=1)) if ratio else np.nan,
        n=counts.n,
        events=counts.events,
        clock=plan.rows.clock,
        record=record,
        verdict=verdict,
        note=joined_notes(
            beyond_follow_up(asked, (value, lower, upper), plan.rows),
            caution_of(plan, asked.term, groups_named(asked)),
            pseudo_note(plan, patients_behind(asked, plan.rows)),
            size_note(asked.term, (value, lower, upper)) if ratio else "",
        ),
        last_follow_up=counts.last_follow_up,
        groups=counts.groups,
        centres="; ".join(f"random intercept of {name}" for name in plan.spec.intercepts),
    )
