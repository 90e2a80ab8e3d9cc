"""What the weights and clusters of the patients analysed are, in words and numbers. docs/methods/weights.md."""

from collections.abc import Mapping
from dataclasses import dataclass

from escc_bayes.data.weights import effective_size, sampling_words
from escc_bayes.hazard.piecewise import FloatArray, IntArray
from escc_bayes.spec.transitions import in_words

# Robust errors from fewer clusters are too small: Mancl & DeRouen 2001, Biometrics 57:126.
FEW_CLUSTERS = 30
# Effective patients below which a sandwich is far too small.
FEW_CARRY = 10.0


@dataclass(frozen=True, slots=True)
class Weighting:
    """What stands behind the weights of an analysis.

    Attributes
    ----------
    kind : sampling | frequency; empty without weights.
    unit : weight as given that one scaled weight stands for.
    counted : how many rows frequency weights stood for, in words.
    cluster : column of the clusters; empty without.
    """

    kind: str = ""
    unit: float = 1.0
    counted: str = ""
    cluster: str = ""

    def words(self, weight: FloatArray, event: FloatArray) -> str:
        """Say the sum of weights, the effective number of patients and the weighted events of some patients.

        Parameters
        ----------
        weight, event : (m,) scaled weights and 0/1.

        Examples
        --------
        >>> import numpy as np
        >>> Weighting("sampling", 2.0).words(np.array([0.5, 0.5, 2.0]), np.array([1.0, 0.0, 1.0]))
        'sampling weights: sum 6, effective n 2.0 (Kish), weighted events 5'
        """
        if self.kind != "sampling":
            return self.counted
        return self.said(weight, f"weighted events {self.unit * float(weight @ event):.6g}")

    def words_of_transitions(self, weight: FloatArray, events: Mapping[str, float]) -> str:
        """Say the same of patients (m,) who may make several moves, with the weighted events of each transition.

        Examples
        --------
        >>> import numpy as np
        >>> Weighting("sampling").words_of_transitions(np.ones(4), {"local": 1.5, "distant": 0.5})
        'sampling weights: sum 4, effective n 4.0 (Kish), weighted events of cause local 1.5, of cause distant 0.5'
        """
        if self.kind != "sampling":
            return self.counted
        each = ", ".join(f"of {in_words(name)} {self.unit * found:.6g}" for name, found in events.items())
        return self.said(weight, f"weighted events {each}")

    def said(self, weight: FloatArray, events: str) -> str:
        """Say what weights (m,) sum to and are worth, and their events; and where few patients carry nearly all."""
        found = f"{sampling_words(self.unit * weight)}, {events}"
        carried = effective_size(weight) < min(FEW_CARRY, 0.5 * weight.size)
        return f"{found}; few patients carry nearly all the weight, and limits are too narrow" if carried else found

    def cluster_words(self, cluster: IntArray | None) -> str:
        """Say how many clusters there are; empty without a cluster column."""
        if not self.cluster or cluster is None:
            return ""
        count = len(set(cluster.tolist()))
        few = f"; robust errors from fewer than {FEW_CLUSTERS} clusters are too small" if count < FEW_CLUSTERS else ""
        return f"{count} clusters by '{self.cluster}'{few}"


UNWEIGHTED = Weighting()
