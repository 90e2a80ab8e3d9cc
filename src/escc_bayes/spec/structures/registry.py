"""Which structures there are, by their word."""

from collections.abc import Mapping
from types import MappingProxyType

from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.foundation.errors import SpecError
from escc_bayes.foundation.kinds import told
from escc_bayes.spec.prior import NEUTRAL
from escc_bayes.spec.structures.across_transitions import AcrossTransitions as AcrossTransitions
from escc_bayes.spec.structures.changepoint import Changepoint as Changepoint
from escc_bayes.spec.structures.exchangeable import Exchangeable as Exchangeable
from escc_bayes.spec.structures.fixed import Fixed as Fixed
from escc_bayes.spec.structures.fixed import plain
from escc_bayes.spec.structures.horseshoe import Horseshoe as Horseshoe
from escc_bayes.spec.structures.interaction import Interaction as Interaction
from escc_bayes.spec.structures.linear import Linear as Linear
from escc_bayes.spec.structures.monotone import Monotone as Monotone
from escc_bayes.spec.structures.ordered import Ordered as Ordered
from escc_bayes.spec.structures.per_doubling import PerDoubling as PerDoubling
from escc_bayes.spec.structures.pooled import Pooled as Pooled
from escc_bayes.spec.structures.protocol import Structure
from escc_bayes.spec.structures.random_intercept import RandomIntercept as RandomIntercept
from escc_bayes.spec.structures.spline import Spline as Spline
from escc_bayes.spec.structures.subgroup import Subgroup as Subgroup
from escc_bayes.spec.structures.time_varying import TimeVarying as TimeVarying
from escc_bayes.spec.structures.trajectory import Trajectory as Trajectory

SHIPPED: tuple[type[Structure], ...] = (
    Fixed,
    Linear,
    Ordered,
    Exchangeable,
    Pooled,
    RandomIntercept,
    TimeVarying,
    Spline,
    Changepoint,
    Monotone,
    AcrossTransitions,
    Subgroup,
    Interaction,
    Horseshoe,
    PerDoubling,
    Trajectory,
)
# What lets patients of one centre, or of another cluster, differ together.
FOR_CLUSTERS = RandomIntercept.WORD
# What takes the last value measured in place of a trajectory.
LAST_VALUE = PerDoubling.WORD
# What a first model takes for a covariate of each kind.
USUAL: Mapping[str, type[Structure]] = MappingProxyType(
    {"continuous": Linear, "ordered": Ordered, "nominal": Exchangeable, "binary": Fixed}
)
_known: dict[str, type[Structure]] = {one.WORD: one for one in SHIPPED}


def structures() -> Mapping[str, type[Structure]]:
    """Return every structure by its word."""
    return MappingProxyType(_known)


def register_structure[S: Structure](structure: type[S]) -> type[S]:
    """Make a structure known to specifications; serves as a decorator.

    Raises
    ------
    SpecError : it is no structure, or another structure has that word.
    """
    missing = [name for name in ("WORD", "KINDS", "KEYS") if not hasattr(structure, name)]
    if missing or not isinstance(structure, type):
        raise SpecError(
            f"register_structure: {told(structure)} is no structure (it lacks {', '.join(missing)}); give a class as "
            "CONTRIBUTING.md describes it"
        )
    if _known.get(structure.WORD, structure) is not structure:
        raise SpecError(f"structure '{structure.WORD}' exists already; give yours another WORD")
    _known[structure.WORD] = structure
    return structure


def plain_effect(schema: CovariateSchema) -> Structure:
    """Return the effect of a covariate as it is, for methods in which a prior plays no part."""
    return plain(schema.name) if schema.categorical else Linear(schema.name, (schema.name,), NEUTRAL)


def words_for(kind: str) -> tuple[str, ...]:
    """Return the words of structures that take a kind of covariate."""
    return tuple(word for word, structure in _known.items() if kind in structure.KINDS)


def keys() -> tuple[str, ...]:
    """Return every key that some structure has, beside those that all have."""
    return tuple(dict.fromkeys(key for structure in _known.values() for key in structure.KEYS))


def usual_structure(kind: str) -> type[Structure]:
    """Return the structure that a first model gives to a covariate of a kind.

    Examples
    --------
    >>> usual_structure("nominal").WORD
    'exchangeable'
    """
    return USUAL[kind]
