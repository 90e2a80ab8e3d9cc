"""How a posterior is computed: the engine and how long it runs, in one object; what NUTS makes of it; progress."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

from escc_bayes.foundation.kinds import LEAST, whole

type Progress = Callable[[str, int, int, int], None]

# Longer warm-up makes these posteriors no easier to sample: docs/methods/nuts.md, section 3.
TUNE, CHAINS = 500, 4


@dataclass(frozen=True, slots=True)
class RunSettings:
    """How a plan is fitted. What is None is the engine's own default.

    Attributes
    ----------
    engine : ``nuts``, ``laplace``, or one that ``register_sampler`` added.
    backend : ``native`` or ``pymc``; ``nuts`` only.
    draws, chains : kept draws of each chain, number of chains; by default 4 x 1,500 (``nuts``) or 4 x 5,000
        (``laplace``, whose chains are blocks of independent draws).
    tune : warm-up iterations of each chain; ``nuts`` only.
    target_accept : higher is slower and safer; by default 0.9 (``native``) or 0.98 (``pymc``); ``nuts`` only.

    Examples
    --------
    >>> RunSettings("laplace", draws=1000)
    RunSettings(engine='laplace', backend=None, draws=1000, tune=500, chains=4, target_accept=None)
    """

    engine: str = "nuts"
    backend: str | None = None
    draws: int | None = None
    tune: int = TUNE
    chains: int = CHAINS
    target_accept: float | None = None

    def __post_init__(self) -> None:
        counts = {"draws": self.draws, "tune": self.tune, "chains": self.chains}
        for name, count in counts.items():
            if name != "draws" or count is not None:
                whole(count, "RunSettings", name, least=LEAST[name])


@dataclass(frozen=True, slots=True)
class NutsSettings:
    """Kept and warm-up iterations of each chain, chains, the acceptance that step sizes aim at, and the backend.

    ``to_the_end`` is False where a chain that diverges shall be the last, as the run will be repeated.
    """

    draws: int
    tune: int
    chains: int
    target_accept: float
    backend: str
    to_the_end: bool = True

    def stated(self) -> dict[str, float | int | str]:
        """Return what a posterior records of its run."""
        return {name: value for name, value in asdict(self).items() if name != "to_the_end"}

    def smaller_steps(self) -> "NutsSettings":
        """Return as many draws after twice the warm-up, with a fifth of the rejections."""
        return replace(self, tune=2 * self.tune, target_accept=(4.0 + self.target_accept) / 5.0)

    def more_careful(self) -> "NutsSettings":
        """Return twice the draws after six times the warm-up, with a tenth of the rejections."""
        accept = (9.0 + self.target_accept) / 10.0
        return replace(self, draws=2 * self.draws, tune=6 * self.tune, target_accept=accept)


def silent(what: str, done: int, total: int, divergences: int) -> None:
    """Report nothing."""
