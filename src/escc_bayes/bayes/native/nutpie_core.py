"""Chains of nutpie's NUTS on a log density that is a Python function, without nutpie's Python side.

``import nutpie`` brings ArviZ, numba, pandas and Matplotlib, some 5 s of CPU; the sampler itself is the compiled
module ``nutpie._lib``, which loads in milliseconds. It is loaded from its file unless nutpie is there already, and
then stands where ``import nutpie`` will look for it. One chain at a time: each evaluation holds the interpreter's
lock, so threads would only take it from each other (benchmarks/native_speed.md).
"""

import ctypes
import importlib.util
import math
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib.machinery import PathFinder
from types import ModuleType
from typing import Any

import numpy as np

from escc_bayes.foundation.errors import SamplingError
from escc_bayes.hazard.piecewise import FloatArray

CORE = "nutpie._lib"
NOTHING = {"nothing": np.zeros(())}
REPORT_EVERY_MS = 200
# Seconds that a sampler has to notice that it is stopped.
PATIENCE = 0.1
STATS = (
    "diverging",
    "depth",
    "maxdepth_reached",
    "n_steps",
    "step_size",
    "step_size_bar",
    "mean_tree_accept",
    "mean_tree_accept_sym",
    "index_in_trajectory",
    "logp",
    "energy",
    "energy_error",
    "max_energy_error",
)
type LogDensity = Callable[[FloatArray], tuple[float, FloatArray]]
type Watch = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Chain:
    """One chain after warm-up.

    Attributes
    ----------
    points : (draws, size).
    stats : (draws,) of each of ``STATS``.
    """

    points: FloatArray
    stats: dict[str, np.ndarray]


def sampler_core() -> ModuleType:
    """Return nutpie's compiled module.

    Raises
    ------
    SamplingError : nutpie is not installed.
    """
    if CORE in sys.modules:
        return sys.modules[CORE]
    package = importlib.util.find_spec("nutpie")
    folders = None if package is None else package.submodule_search_locations
    spec = None if folders is None else PathFinder.find_spec(CORE, list(folders))
    if spec is None or spec.loader is None:
        raise SamplingError("engine nuts needs the package nutpie, which is not installed; use engine laplace")
    module = importlib.util.module_from_spec(spec)
    sys.modules[CORE] = module
    spec.loader.exec_module(module)
    return module


class Visitor:
    """A log density as the sampler's own thread calls it, with Python's record of that thread kept between calls.

    Python makes such a record when a thread that it did not start comes in, and throws it away when the thread
    leaves: 9 microseconds for each evaluation, as long as the evaluation itself. One more ``PyGILState_Ensure``, given
    back with the last draw, keeps it; numpy's error state, which belongs to the thread, then also lasts.

    Parameters
    ----------
    density : log density and gradient.
    iterations : draws that the sampler will hand over, warm-up included.
    size : of a point.
    """

    def __init__(self, density: LogDensity, iterations: int, size: int) -> None:
        self.density = density
        self.points, self.stored = np.empty((iterations, size)), 0
        self.held: int | None = None
        self.given_back = self.stopped = False

    def evaluate(self, point: FloatArray) -> tuple[float, FloatArray]:
        """Return log density and gradient."""
        if self.stopped:
            self.release()
            return -math.inf, np.zeros(point.shape)
        if self.held is None:
            self.held = ctypes.pythonapi.PyGILState_Ensure()
            # Far from the posterior numbers overflow; the sampler rejects a density that is not finite.
            np.seterr(over="ignore", invalid="ignore", divide="ignore")
        return self.density(point)

    def keep(self, point: FloatArray) -> dict[str, FloatArray]:
        """Store a draw; return what the sampler itself shall store of it, which is nothing of use."""
        self.points[self.stored] = point
        self.stored += 1
        if self.stored == len(self.points):
            self.release()
        return NOTHING

    def release(self) -> None:
        """Give Python's lock back."""
        if self.held is not None and not self.given_back:
            self.given_back = True
            ctypes.pythonapi.PyGILState_Release(self.held)


def run_chain(
    density: LogDensity,
    start: Callable[[int], FloatArray],
    *,
    size: int,
    draws: int,
    tune: int,
    target_accept: float,
    seed: int,
    watch: Watch,
) -> Chain:
    """Run one chain.

    Parameters
    ----------
    density : log density and gradient at a point (size,).
    start : a starting point from a seed.
    draws, tune : iterations kept, and of warm-up before them.
    target_accept : higher is slower and safer.
    seed : the same seed gives the same chain.
    watch : called now and then, on another thread, with iterations done and divergences.

    Raises
    ------
    SamplingError : no starting point has a finite density.
    """
    core = sampler_core()
    settings = core.PyNutsSettings.Diag(seed)
    settings.update({"num_tune": tune, "num_draws": draws, "num_chains": 1, "target_accept": target_accept})
    visitor = Visitor(density, draws + tune, size)
    model = core.PyModel(
        lambda: visitor.evaluate,
        lambda *_: visitor.keep,
        core.PyVariable.new_variables(list(NOTHING), ["float64"], [()], {}, {}),
        size,
        dim_sizes={},
        coords={},
        init_point_func=start,
        transform_adapter=None,
    )

    def progress(chains: list[Any]) -> None:
        watch(sum(chain.finished_draws for chain in chains), sum(chain.divergences for chain in chains))

    try:
        sampler = core.PySampler.from_pyfunc(
            settings, 1, model, core.ProgressType.none(), progress, REPORT_EVERY_MS, core.PyStorage.arrow()
        )
        _, (stats,) = finished(sampler, visitor).get_arrow_trace()
    except RuntimeError as error:
        raise SamplingError(f"the sampler could not start ({str(error).splitlines()[0]})") from None
    kept = {name: np.array(stats.column(name))[-draws:] for name in STATS}
    return Chain(visitor.points[-draws:], kept)


def finished(sampler: Any, visitor: Visitor) -> Any:
    """Wait for a sampler and return its trace; stop it when interrupted.

    Its thread gives Python's lock back first: one that ended with it would end the whole process at exit.
    """
    try:
        sampler.wait(None)
    except BaseException:
        visitor.stopped = True
        for end in (lambda: sampler.wait(PATIENCE), sampler.abort):
            with suppress(Exception):
                end()
        raise
    return sampler.take_results()
