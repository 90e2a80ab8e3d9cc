"""R-hat and effective sample sizes of every quantity of a posterior, by the rules of ``diagnose``."""

import numpy as np

from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.bayes.sampling.diagnose import diagnose
from escc_bayes.plots.convergence import Convergence


def convergence(posterior: Posterior) -> tuple[Convergence, ...]:
    """Return every free parameter and every log hazard ratio; quantities that do not vary have no R-hat."""
    found = []
    chains, draws = posterior.values["baseline"].shape[:2]
    beta = posterior.coefficients.reshape(chains, draws, -1)
    quiet = np.zeros((chains, draws))
    labelled = [
        (f"{name}[{j + 1}]" if v.shape[-1] > 1 else name, v[..., [j]])
        for name, v in posterior.values.items()
        for j in range(v.shape[-1])
    ]
    labelled += [(label, beta[..., [j]]) for j, label in enumerate(posterior.plan.design.labels)]
    for label, column in labelled:
        if np.ptp(column) > 0.0:
            d = diagnose({label: column}, quiet)
            found.append(Convergence(label, d.max_rhat, d.min_ess_bulk, d.min_ess_tail))
    return tuple(found)
