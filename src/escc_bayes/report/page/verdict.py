"""One line on how well the posteriors of a page were computed."""

import math

from escc_bayes.foundation.sentence import counted
from escc_bayes.report.page.bundle import Bundle


def verdict(bundle: Bundle) -> str:
    """Return one line on the worst figures over all models, of chains and of importance weights."""
    found = [p.diagnostics for p in bundle.fits]
    chains, weighted = [d for d in found if not d.weighted], [d for d in found if d.weighted]
    words = []
    if chains:
        rhat = max(d.max_rhat for d in chains)
        ess = min(min(d.min_ess_bulk, d.min_ess_tail) for d in chains)
        divergences = counted(sum(d.divergences for d in chains), "divergence")
        words.append(
            f"largest R-hat {rhat:.4f}, smallest effective sample size {ess:.0f}, {divergences}, "
            f"over {counted(len(chains), 'posterior')} by nuts"
        )
    if weighted:
        # Weights that are all equal have no k.
        k = max((d.pareto_k_max for d in weighted if not math.isnan(d.pareto_k_max)), default=math.nan)
        ess = min(d.importance_ess for d in weighted)
        largest = "equal weights" if math.isnan(k) else f"largest Pareto k {k:.2f}"
        size = f"smallest importance sample size {ess:.0f}"
        words.append(f"{largest}, {size}, over {counted(len(weighted), 'posterior')} by laplace")
    models = len(bundle.posteriors)
    who = "The model is" if models == 1 else f"All {models} models are"
    return f"{who} computed reliably. Sampler diagnostics passed: {'; '.join(words)}."
