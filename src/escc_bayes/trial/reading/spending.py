"""Read how a log-rank test shares its alpha over looks: spending functions, classical shapes, thresholds by look."""

from collections.abc import Mapping
from itertools import pairwise

from scipy.special import ndtri

from escc_bayes.foundation import checks
from escc_bayes.trial.errors import DesignError
from escc_bayes.trial.significance.alpha_spending import (
    BY_LOOK,
    CLASSICAL,
    FAMILIES,
    HAYBITTLE_PETO,
    NOMINAL,
    AlphaSpending,
)
from escc_bayes.trial.significance.spending_functions import SPENDING

SPENDING_FORMS = (
    f"{', '.join(SPENDING)}, {{ hwang_shih_decani = -4.0 }}, {{ kim_demets = 2.0 }} or "
    "{ by_look = [0.001, 0.01, 0.025] }"
)
BOUNDARY_FORMS = (
    f"{', '.join(CLASSICAL)}, {{ wang_tsiatis = 0.25 }}, {{ haybittle_peto = 3.0 }}, {{ z = [3.0, 2.5, 2.0] }} or "
    "{ p = [0.001, 0.01, 0.022] }"
)
# Least and largest parameter of each family; beyond, boundaries are those of the ends to all digits.
FAMILY_RANGES = {
    "hwang_shih_decani": (-40.0, 40.0),
    "kim_demets": (0.0, 20.0),
    "wang_tsiatis": (-1.0, 1.0),
    HAYBITTLE_PETO: (0.0, 8.0),
}
# Two ways to write one alpha differ by no more.
SAME_ALPHA = 1e-9


def spending_from(raw: Mapping[str, object], at: str, looks: int, alpha: float | None) -> AlphaSpending | None:
    """Read ``spending`` or ``boundaries``; None where neither is stated. ``alpha``: of the rule's log-rank test."""
    if "spending" in raw and "boundaries" in raw:
        raise DesignError(f"{at}: 'spending' and 'boundaries' exclude each other; keep one")
    if "boundaries" in raw:
        return boundaries_from(raw["boundaries"], f"{at}, boundaries", looks)
    if "spending" not in raw:
        return None
    given = raw["spending"]
    if not isinstance(given, dict):
        return AlphaSpending(checks.one_of(given, tuple(SPENDING), f"{at}, spending"))
    if BY_LOOK in given:
        return by_look_from(given, f"{at}, spending", looks, alpha)
    return family_from(given, f"{at}, spending", tuple(FAMILIES))


def boundaries_from(value: object, at: str, looks: int) -> AlphaSpending:
    """Read a classical shape, or thresholds stated by look on Z or as one-sided P."""
    if not isinstance(value, dict):
        return AlphaSpending(checks.one_of(value, tuple(CLASSICAL), at), classical=True)
    for key, low, high in ((NOMINAL, -8.0, 8.0), ("p", 0.0, 1.0)):
        if key in value:
            checks.refuse_unknown_keys(value, (key,), at)
            given = for_every_look(value[key], f"{at}, {key}", looks, above=low, below=high)
            values = given if key == NOMINAL else tuple(-float(ndtri(p)) for p in given)
            return AlphaSpending(NOMINAL, classical=True, values=values)
    return family_from(value, at, ("wang_tsiatis", HAYBITTLE_PETO), classical=True)


def by_look_from(raw: Mapping[str, object], at: str, looks: int, alpha: float | None) -> AlphaSpending:
    """Read the type I error spent by each look; the last is all of the test's alpha."""
    checks.refuse_unknown_keys(raw, (BY_LOOK,), at)
    where = f"{at}, {BY_LOOK}"
    values = for_every_look(raw[BY_LOOK], where, looks, least=0.0, below=1.0)
    if any(later < earlier for earlier, later in pairwise(values)):
        raise DesignError(
            f"{where}: {list(values)} falls; state the type I error spent by then, all looks so far added up"
        )
    if alpha is not None and abs(values[-1] - alpha) > SAME_ALPHA:
        raise DesignError(
            f"{where}: {values[-1]:g} is spent by the final look, and the test has {alpha:g}; the last is all of it"
        )
    return AlphaSpending(BY_LOOK, values=values)


def for_every_look(
    value: object,
    at: str,
    looks: int,
    *,
    above: float | None = None,
    below: float | None = None,
    least: float | None = None,
) -> tuple[float, ...]:
    """Read one number for each look."""
    if not isinstance(value, list) or len(value) != looks:
        raise DesignError(f"{at}: expected one number for each of {looks} looks, was given {value!r}")
    return tuple(checks.number(one, at, above=above, below=below, least=least) for one in value)


def family_from(
    raw: Mapping[str, object], at: str, families: tuple[str, ...], *, classical: bool = False
) -> AlphaSpending:
    """Read one of a family of spending functions or shapes by its parameter, such as ``{ kim_demets = 2.0 }``."""
    checks.refuse_unknown_keys(raw, families, at)
    if len(raw) != 1:
        raise DesignError(f"{at}: state one of {', '.join(families)} with its parameter, was given {list(raw)}")
    ((name, value),) = raw.items()
    low, high = FAMILY_RANGES[name]
    parameter = checks.number(value, f"{at}, {name}", above=low, below=high)
    if name == "hwang_shih_decani" and parameter == 0.0:
        raise DesignError(f"{at}: Hwang-Shih-DeCani takes a gamma other than 0, such as -4.0 or 1.0")
    return AlphaSpending(name, classical, parameter)
