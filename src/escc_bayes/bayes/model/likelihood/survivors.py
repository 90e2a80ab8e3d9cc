"""Survivors of another source: of those alive at one month, how many were alive at a later one.

    alive_e ~ Binomial(at_risk_e, c_e),      c_e = S_e(stop) / S_e(start),      S_e(t) = sum_i share_ei exp(-H_i(t)),

survival standardised over the patterns i of our patients. Groups of ``spans`` are, for each entry e, the hazards of
every pattern to the start and then to the stop. Jackson 2023, BMC Med Res Methodol 23:282.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, logsumexp

from escc_bayes.bayes.model.likelihood.passed import log1mexp, odds_of
from escc_bayes.bayes.model.likelihood.spans import Spans
from escc_bayes.hazard.piecewise import FloatArray


@dataclass(frozen=True, slots=True)
class Survivors(Spans):
    """Entries (e,) with the share (e, c) of each pattern, and how many were alive and dead at the stop.

    Examples
    --------
    One pattern, 30 of 40 alive from month 0 to 10 at a rate of 0.05:

    >>> one = Survivors(np.ones((2, 1)), np.array([0.0, 10.0]), np.arange(2), *map(np.array, ([[1.0]], [30.0], [10.0])))
    >>> round(float(one.value(np.log([[0.05]]))[0]), 6)  # log of dbinom(30, 40, exp(-0.5))
    -3.769531
    """

    share: FloatArray
    alive: FloatArray
    dead: FloatArray

    def ends(self, hazard: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return log c (n, e), and its slopes (n, e, 2, c) in the hazards (n, 2 e c) to start and to stop."""
        passed = hazard.reshape(len(hazard), *self.alive.shape, 2, -1)
        log_alive = logsumexp(-passed, b=self.share[:, None, :], axis=3)
        weight = self.share[:, None, :] * np.exp(-passed - log_alive[..., None])
        weight[:, :, 1] *= -1.0
        return log_alive[:, :, 1] - log_alive[:, :, 0], weight

    def of_hazard(self, hazard: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the binomial log-likelihood (n,), constant included, and its slope (n, g)."""
        log_c, weight = self.ends(hazard)
        ways = gammaln(self.alive + self.dead + 1.0) - gammaln(self.alive + 1.0) - gammaln(self.dead + 1.0)
        log_dying = np.where(self.dead > 0.0, log1mexp(-log_c), 0.0)
        value = log_c @ self.alive + log_dying @ self.dead + ways.sum()
        by_log_c = self.alive - np.where(self.dead > 0.0, self.dead * odds_of(-log_c), 0.0)
        return value, (by_log_c[:, :, None, None] * weight).reshape(hazard.shape)

    def information(
        self,
        hazard: FloatArray,
        by_group: FloatArray,
        pull: FloatArray,  # noqa: ARG002 - the shape of a head
    ) -> FloatArray:
        """Return the expected information (n, q, q), sum of at_risk c / (1 - c) times products of log c's gradients.

        The observed one need not be positive: a curve averaged over patterns is no proportional hazard. Newton climbs
        with the expected one as surely, and importance weights know the exact value.
        """
        log_c, weight = self.ends(hazard)
        entries = (*log_c.shape, -1)
        by_entry = weight.reshape(*entries, 1) * by_group.reshape(*entries, by_group.shape[2])
        root = np.sqrt((self.alive + self.dead) * odds_of(-log_c))[:, :, None] * by_entry.sum(axis=2)
        return np.asarray(root.transpose(0, 2, 1) @ root)
