"""What a sceptic would say: the first model of each outcome under a sceptical prior."""

from collections.abc import Sequence

from escc_bayes.bayes.posterior.fallback import fit_or_replace
from escc_bayes.bayes.sampling.settings import RunSettings, silent
from escc_bayes.data.ensemble import Ensemble
from escc_bayes.estimand.contrast import standard_contrasts
from escc_bayes.estimand.estimate import Estimate
from escc_bayes.foundation.seeds import Seed, stream
from escc_bayes.report.page.reconstructions import pool_reconstructions
from escc_bayes.spec.plan import ModelPlan, with_priors
from escc_bayes.spec.sceptic import sceptical


def sceptics_of(
    plans: Sequence[ModelPlan], ensemble: Ensemble | None, seed: Seed, level: float
) -> dict[str, tuple[Estimate, ...]]:
    """Return the sceptic's hazard ratios by model; of an ensemble pooled over it, as its headline is."""
    if ensemble is None:
        return {plan.spec.name: doubted(plan, seed, level) for plan in plans}
    doubting = pool_reconstructions(ensemble, [sceptical(plan.spec) for plan in plans], seed, level, silent)
    return {
        plan.spec.name: tuple(ratio.pooled for ratio in ratios)
        for plan, ratios in zip(plans, doubting.ratios.values(), strict=True)
    }


def doubted(plan: ModelPlan, seed: Seed, level: float) -> tuple[Estimate, ...]:
    """Return the hazard ratios of a model under a sceptical prior, by ``laplace`` or what stands in for it."""
    doubting = with_priors(plan, sceptical(plan.spec))
    posterior = fit_or_replace(doubting, RunSettings("laplace"), seed=stream(seed, plan.spec.name, "sceptic"))
    return tuple(posterior.estimates(standard_contrasts(plan.design), level=level))
