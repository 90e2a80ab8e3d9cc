"""How long and how carefully NUTS samples, and what it reports: shared by its backends."""

from collections.abc import Callable
from dataclasses import dataclass, replace

type Progress = Callable[[str, int, int, int], None]


@dataclass(frozen=True, slots=True)
class NutsSettings:
    """Kept and warm-up iterations of each chain, chains, the acceptance that step sizes aim at, and the backend."""

    draws: int
    tune: int
    chains: int
    target_accept: float
    backend: str

    def more_careful(self) -> "NutsSettings":
        """Return twice the draws after six times the warm-up, with a tenth of the rejections."""
        accept = (9.0 + self.target_accept) / 10.0
        return replace(self, draws=2 * self.draws, tune=6 * self.tune, target_accept=accept)
