"""From patients in order to what the trial's own analysis needs of them."""

import numpy as np

from escc_bayes.trial.design.design import AnalysisPrior
from escc_bayes.trial.looks.risk_sets import sufficient
from escc_bayes.trial.looks.sufficient_statistics import ArmData
from escc_bayes.trial.posterior.arm_posterior import ArmPrior
from escc_bayes.trial.posterior.marginal_posterior import WeightedData, certain
from escc_bayes.trial.posterior.weibull_analysis import weibull_data
from escc_bayes.trial.significance.measures import Orders


def analysis_data(prior: AnalysisPrior, orders: Orders) -> WeightedData:
    """Return the trials as their analysis sees them: in pieces, or at nodes of a Weibull shape, by stratum or not."""
    strata = orders.strata if prior.by_stratum else (orders.whole,)
    if prior.weibull is not None:
        return weibull_data(strata, prior.weibull)
    return certain(side_by_side([sufficient(order, prior.pieces, prior.cuts) for order in strata]))


def arm_prior(prior: AnalysisPrior) -> ArmPrior:
    """Return the prior on the hazards of an arm that goes without the other."""
    return ArmPrior(prior.baseline.shape, prior.baseline.rate, prior.pieces, prior.cuts)


def side_by_side(parts: list[ArmData]) -> ArmData:
    """Return the strata of the same trials as more pieces: each has a baseline of its own."""
    if len(parts) == 1:
        return parts[0]
    return ArmData(
        np.concatenate([part.control_events for part in parts], axis=1),
        np.concatenate([part.treated_events for part in parts], axis=1),
        np.concatenate([part.control_months for part in parts], axis=1),
        np.concatenate([part.treated_months for part in parts], axis=1),
    )
