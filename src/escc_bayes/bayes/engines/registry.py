"""Which engines there are, and the one place that chooses among them.

An engine is a class that follows ``Sampler``, in one file, and its line here; from outside the package,
``register_sampler``. The file of an engine is imported when the engine is first used: PyMC takes seconds.
"""

from importlib import import_module

from escc_bayes.bayes.sampling.sampler import Sampler
from escc_bayes.bayes.sampling.settings import RunSettings
from escc_bayes.foundation.checks import suggestion
from escc_bayes.foundation.errors import SpecError

# By engine and backend: module and class, or the class. The first backend of an engine is its default.
SHIPPED: dict[tuple[str, str], tuple[str, str]] = {
    ("nuts", "native"): ("escc_bayes.bayes.engines.native", "Native"),
    ("nuts", "pymc"): ("escc_bayes.bayes.engines.pymc", "Pymc"),
    ("laplace", ""): ("escc_bayes.bayes.engines.laplace", "Laplace"),
}
_known: dict[tuple[str, str], tuple[str, str] | type[Sampler]] = {**SHIPPED}


def register_sampler[S: Sampler](sampler: type[S]) -> type[S]:
    """Make an engine, or one more backend of one, known to ``fit``; serves as a decorator.

    Parameters
    ----------
    sampler : a class that follows ``Sampler``.

    Raises
    ------
    SpecError : another engine has these words.
    """
    words = (sampler.ENGINE, sampler.BACKEND)
    if _known.get(words, sampler) is not sampler:
        backend = f", backend '{sampler.BACKEND}'," if sampler.BACKEND else ""
        raise SpecError(f"engine '{sampler.ENGINE}'{backend} exists already; give yours another word")
    _known[words] = sampler
    return sampler


def backends(engine: str) -> tuple[str, ...]:
    """Return the backends of an engine, the default first; none where there is no such engine."""
    return tuple(backend for one, backend in _known if one == engine)


def check_engine(settings: RunSettings) -> None:
    """Raise ``SpecError`` with the known words if engine or backend is none, or the engine has no backends."""
    engine, backend = settings.engine, settings.backend
    if not backends(engine):
        known = tuple(dict.fromkeys(one for one, _ in _known))
        raise SpecError(f"engine '{engine}' is not possible; {suggestion(engine, known)}")
    if backend is None or backend in backends(engine):
        return
    whose = {word: one for one, word in _known if word}
    if backend not in whose:
        raise SpecError(f"backend '{backend}' is not possible; {suggestion(backend, tuple(whose))}")
    raise SpecError(f"backend '{backend}' belongs to engine {whose[backend]}, not to engine {engine}; leave it out")


def sampler_for(settings: RunSettings) -> Sampler:
    """Return the engine that the settings name.

    Raises
    ------
    SpecError : there is none.
    """
    check_engine(settings)
    backend = backends(settings.engine)[0] if settings.backend is None else settings.backend
    home = _known[settings.engine, backend]
    found: type[Sampler] = getattr(import_module(home[0]), home[1]) if isinstance(home, tuple) else home
    return found()
