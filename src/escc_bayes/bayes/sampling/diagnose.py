"""Is a posterior fit for use? Of chains: R-hat, effective sample sizes, divergences. Of weighted draws: Pareto k.

Vehtari et al. 2021, Bayesian Anal 16:667; Vehtari et al. 2024, J Mach Learn Res 25:72.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from escc_bayes.bayes.numeric.convergence import ess_bulk, ess_tail, rhat
from escc_bayes.hazard.piecewise import FloatArray

MAX_RHAT = 1.01
MIN_ESS = 400.0
# Of weighted draws: of those kept, this share must be effective, from MIN_ESS to MOST_ESS of them. A 2.5 % point is
# uncertain by 2.7 / sqrt(effective draws) posterior SDs, which a reader of 20,000 draws does not expect to be 0.13.
LEAST_SHARE, MOST_ESS = 0.2, 4000.0
MAX_PARETO_K = 0.7
MAX_GRID_EDGE = 0.005


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """What the checks found.

    Attributes
    ----------
    divergences : after warm-up.
    max_rhat, min_ess_bulk, min_ess_tail : over every parameter and coefficient; NaN for ``laplace``, whose draws
        are no chains.
    worst : the quantity with the largest R-hat.
    pareto_k_max : of the importance weights; NaN for NUTS, and where all weights are equal.
    importance_ess : effective number of weighted draws; NaN for NUTS.
    grid_edge : estimated share of posterior mass beyond the grid of hyperparameters; NaN for NUTS.
    needed_ess : the least ``importance_ess`` that will do.
    causes : of chains at fault, what of patients and columns makes sampling hard.
    instead : of chains at fault, the other engine where it is fit for use.
    """

    divergences: int
    max_rhat: float
    min_ess_bulk: float
    min_ess_tail: float
    worst: str
    pareto_k_max: float = math.nan
    importance_ess: float = math.nan
    grid_edge: float = math.nan
    needed_ess: float = MIN_ESS
    causes: tuple[str, ...] = ()
    instead: str = ""

    @property
    def weighted(self) -> bool:
        """Whether the draws come from importance weights and not from chains."""
        return not math.isnan(self.importance_ess)

    @property
    def faults(self) -> tuple[str, ...]:
        """Every reason not to use the posterior."""
        return self.weight_faults if self.weighted else self.chain_faults

    @property
    def chain_faults(self) -> tuple[str, ...]:
        """Every reason not to use chains."""
        found = []
        if self.divergences > 0:
            found.append(f"{self.divergences} divergences")
        if not self.max_rhat <= MAX_RHAT:
            found.append(f"R-hat {self.max_rhat:.3f} ({self.worst}) above {MAX_RHAT}")
        if not min(self.min_ess_bulk, self.min_ess_tail) >= MIN_ESS:
            found.append(f"effective sample size {min(self.min_ess_bulk, self.min_ess_tail):.0f} below {MIN_ESS:.0f}")
        return tuple(found)

    @property
    def weight_faults(self) -> tuple[str, ...]:
        """Every reason not to use weighted draws."""
        found = []
        if self.pareto_k_max > MAX_PARETO_K:
            found.append(f"Pareto k {self.pareto_k_max:.2f} above {MAX_PARETO_K}")
        if not self.importance_ess >= self.needed_ess:
            found.append(f"importance sample size {self.importance_ess:.0f} below {self.needed_ess:.0f}")
        if self.grid_edge > MAX_GRID_EDGE:
            found.append(f"{100 * self.grid_edge:.1f} % of the mass beyond the grid of hyperparameters")
        return tuple(found)

    @property
    def fit_for_use(self) -> bool:
        """Whether nothing was found."""
        return not self.faults

    @property
    def verdict(self) -> str:
        """``ok``, or NOT FIT FOR USE with the reasons, their likely causes and the remedy."""
        return "ok" if self.fit_for_use else "NOT FIT FOR USE: " + "; ".join([*self.faults, self.advice])

    @property
    def advice(self) -> str:
        """Likely causes of faults, and what to do."""
        remedy = "use engine nuts" if self.weighted else "raise draws and tune"
        ways = [self.instead, remedy] if self.instead else [remedy]
        likely = [f"likely causes: {', '.join(self.causes)}"] if self.causes else []
        return "; ".join([*likely, f"{', '.join(ways)}, or state narrower priors"])


def diagnose(quantities: Mapping[str, FloatArray], diverging: np.ndarray) -> Diagnostics:
    """Check draws.

    Parameters
    ----------
    quantities : (chains, draws, size) by name; constant columns are passed over.
    diverging : (chains, draws).

    Returns
    -------
    Diagnostics. With one chain R-hat is NaN, which is a fault.
    """
    labels, columns = [], []
    for name, values in quantities.items():
        for j in np.flatnonzero(np.ptp(values, axis=(0, 1)) > 0.0).tolist():
            columns.append(values[..., j])
            labels.append(f"{name}[{j + 1}]" if values.shape[-1] > 1 else name)
    chains = np.stack(columns)
    each = rhat(chains)
    worst = int(np.nanargmax(each)) if not np.isnan(each).all() else 0
    bulk, tail = float(ess_bulk(chains).min()), float(ess_tail(chains).min())
    return Diagnostics(int(diverging.sum()), float(each.max()), bulk, tail, labels[worst])


def diagnose_weights(pareto_k: float, importance_ess: float, grid_edge: float, kept: int = 0) -> Diagnostics:
    """Return the diagnostics of weighted draws: nothing that only chains have.

    Parameters
    ----------
    kept : draws of equal weight that stand for them; 0 where the weighted ones are summarised themselves.
    """
    nothing, needed = math.nan, float(np.clip(LEAST_SHARE * kept, MIN_ESS, MOST_ESS))
    return Diagnostics(0, nothing, nothing, nothing, "", pareto_k, importance_ess, grid_edge, needed)
