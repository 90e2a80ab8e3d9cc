"""A fitted model: draws that answer estimands, print themselves and go to ArviZ."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from escc_bayes.bayes.model import parameters
from escc_bayes.bayes.posterior.answers import Answering, estimate_of
from escc_bayes.bayes.posterior.cure_fraction import cure_sentences
from escc_bayes.bayes.posterior.drawn import Drawn
from escc_bayes.bayes.posterior.drifts import drift_sentences
from escc_bayes.bayes.posterior.frailty import frailty_sentences
from escc_bayes.bayes.posterior.prior_conflict import PriorConflict, prior_conflict
from escc_bayes.bayes.posterior.pseudo_posterior import label_of
from escc_bayes.bayes.posterior.shrinkage import shrinkage_sentences
from escc_bayes.bayes.posterior.state_answers import OfDraws, StateAnswers, refuse_no_months
from escc_bayes.bayes.posterior.trajectory import trajectory_sentences
from escc_bayes.bayes.posterior.vague_baseline import VagueBaseline, vague_baseline
from escc_bayes.estimand import marginal
from escc_bayes.estimand.as_read import estimates_as_read, levels_in, rows_as_read, said_of
from escc_bayes.estimand.contrast import weights
from escc_bayes.estimand.estimand import Estimand, HazardRatio, SurvivalAt
from escc_bayes.estimand.estimate import Estimate, joined_notes, noted_ratios
from escc_bayes.estimand.evaluate import (
    averaged_over,
    completed,
    draws_of,
    draws_of_many,
)
from escc_bayes.estimand.maketables import ForMaketables
from escc_bayes.estimand.one_endpoint import endpoint_asked, of_endpoint, order_note
from escc_bayes.foundation.careful import careful
from escc_bayes.foundation.kinds import LEVEL
from escc_bayes.foundation.notebook import shown
from escc_bayes.hazard.baseline import Hazard
from escc_bayes.hazard.patients import PatientHazards
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.cautions import caution_lines, verdict_words

if TYPE_CHECKING:
    import pandas as pd
    from xarray import DataTree


@dataclass(frozen=True, repr=False)
class Posterior(Answering, StateAnswers, ForMaketables, Drawn):
    """Posterior draws of a plan, which answer estimands.

    Attributes
    ----------
    plan : what was fitted, with its rows.
    values : (chains, draws, size) of every free parameter.
    stats : (chains, draws) sampler statistics.
    diagnostics : what the checks found.
    record : digests, seed, settings, versions, provenance.
    seed : of the fit; predictive draws continue from it.
    """

    @property
    def verdict(self) -> str:
        """``ok``, or NOT FIT FOR USE with the reasons."""
        return self.diagnostics.verdict

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
    def estimates(self, asked: Sequence[Estimand], *, level: float = LEVEL) -> tuple[Estimate, ...]:
        """Return an estimate of each estimand, as ``estimate`` does; many at once are quicker than one by one."""
        wanted = [completed(one, self.plan) for one in asked]
        drawn = draws_of_many(wanted, self.plan, self.hazards)
        return tuple(
            with_note(
                estimate_of(one, values, self.plan, level=level, record=self.record, verdict=self.verdict),
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
            return joined_notes(self.prior_conflict.note, order_note(asked, drawn, self.plan, self.draws))
        return joined_notes(self.plan.design.by_construction(asked.term), self.moved_by_baseline(asked, drawn))

    def moved_by_baseline(self, asked: HazardRatio, drawn: FloatArray) -> str:
        """Say where a hazard ratio with log draws (draws,) would be another under a vague baseline."""
        mean, sd = float(drawn.mean()), float(drawn.std(ddof=1))
        return self.vague_baseline.note(weights(asked, self.plan.design), mean, sd)

    @careful
    def survival(
        self, times: FloatArray, *, term: str = "", group: str = "", population: str = "group", endpoint: str = ""
    ) -> FloatArray:
        """Return the survival curve of a group in every draw, (draws, times); see ``SurvivalAt``."""
        asked = SurvivalAt(1.0, term, group, population, endpoint)
        refuse_no_months("survival", times)
        plan, hazards = of_endpoint(self.plan, self.hazards, endpoint_asked(asked, self.plan))
        columns, weight = averaged_over(plan, asked.term, asked.group, asked.population)
        return marginal.survival(hazards, columns, weight[None], times)[0]

    def of_draws(self, computed: OfDraws) -> FloatArray:
        """Return what ``computed`` makes of plan and hazards."""
        return computed(self.plan, self.hazards)

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
        from escc_bayes.bayes.posterior.datatree import datatree

        return datatree(self)

    @careful
    def save(self, path: str | Path) -> None:
        """Write the groups of ``to_datatree`` as netCDF; ``load_posterior`` and ArviZ read them back.

        Warns
        -----
        LeftOutWarning : as for ``to_datatree``; the attribute ``left_out`` of the file names the groups.
        """
        from escc_bayes.bayes.posterior.netcdf import write_netcdf

        write_netcdf(self, Path(path))

    @careful
    def table(self, *, level: float = LEVEL) -> "pd.DataFrame":
        """Return the hazard ratios as a data frame of few columns, with the probability of a ratio above 1."""
        import pandas as pd

        return pd.DataFrame(self.ratio_rows(level))

    def tabulated(self) -> tuple[Estimate, ...]:
        """Return the hazard ratios that maketables shows, with 95 % limits."""
        return estimates_as_read(self.hazard_ratios(level=LEVEL), levels_in(self.plan.rows))

    def ratio_rows(self, level: float) -> list[dict[str, object]]:
        """Return a row for each hazard ratio: term, contrast, median, limits, P(HR > 1), patients and events."""
        return [
            {
                "term": e.term,
                "contrast": e.contrast,
                "hr": e.value,
                "lower": e.lower,
                "upper": e.upper,
                "prob_gt_1": e.prob_gt_1,
                "n": e.n,
                "events": e.events,
            }
            for e in self.hazard_ratios(level=level)
        ]

    def _repr_html_(self) -> str:
        return shown(self.sentences(), rows_as_read(self.ratio_rows(LEVEL), levels_in(self.plan.rows)))

    def sentences(self) -> tuple[str, ...]:
        """Say who was analysed, by which model and engine, whether it may be used, and what else must be known."""
        kind = f" ({label_of(self.plan)})" if self.plan.rows.pseudo else ""
        said = (
            self.plan.rows.sentence(),
            f"{self.plan.spec!r}",
            f"{self.method}{kind}, seed {self.record.seed}: {verdict_words(self.verdict)}",
            *caution_lines(self.plan),
            *shrinkage_sentences(self, LEVEL),
            *cure_sentences((self,), LEVEL),
            *drift_sentences((self,), LEVEL),
            *frailty_sentences((self,), LEVEL),
            *trajectory_sentences((self,), LEVEL),
            self.prior_conflict.sentence(),
        )
        return said_of(self.plan.rows, said)

    def ratio_lines(self, ratios: Sequence[Estimate]) -> list[str]:
        """Return each hazard ratio as a line, then each note once."""
        return noted_ratios(estimates_as_read(ratios, levels_in(self.plan.rows)))


def with_note(estimate: Estimate, note: str) -> Estimate:
    """Return an estimate with one more note."""
    return replace(estimate, note=joined_notes(estimate.note, note)) if note else estimate
