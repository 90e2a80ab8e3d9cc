"""``[missing]`` of a model file: complete cases, or imputation compatible with the hazard. docs/methods/missing.md."""

from collections.abc import Mapping
from dataclasses import dataclass

from escc_bayes.foundation import checks
from escc_bayes.foundation.errors import SpecError

METHODS = ("complete_cases", "imputation")
KEYS = ("method", "completed", "covariates")
COMPLETED, FEWEST, MOST = 20, 2, 500


@dataclass(frozen=True, slots=True)
class Missing:
    """Missing covariates are imputed.

    Attributes
    ----------
    completed : how many completed cohorts.
    covariates : which are imputed; empty: every one of the model's effects with a missing value.
    """

    completed: int = COMPLETED
    covariates: tuple[str, ...] = ()


def missing_from(raw: Mapping[str, object], where: str) -> Missing | None:
    """Read ``[missing]``; None: complete cases."""
    at = f"{where}, [missing]"
    checks.refuse_unknown_keys(raw, KEYS, at)
    if "method" not in raw:
        raise SpecError(f"{at}: 'method' is missing; one of {', '.join(METHODS)}")
    method = checks.one_of(raw["method"], METHODS, f"{at}, method")
    if method == "complete_cases":
        beside = [key for key in KEYS[1:] if key in raw]
        if beside:
            raise SpecError(f"{at}: '{beside[0]}' belongs to method = \"imputation\"; remove it or change method")
        return None
    return Missing(
        completed=checks.whole_number(raw.get("completed", COMPLETED), f"{at}, completed", least=FEWEST, most=MOST),
        covariates=checks.words(raw["covariates"], f"{at}, covariates") if "covariates" in raw else (),
    )


def refuse_unused(missing: Missing | None, acting: tuple[str, ...], strata: str, where: str) -> None:
    """Raise where ``covariates`` names what no effect of the model has."""
    for name in () if missing is None else missing.covariates:
        if name == strata:
            raise SpecError(
                f"{where}, [missing], covariates: '{name}' makes strata, whose baselines say nothing of one who is in "
                "none of them; patients without it are left out and named"
            )
        if name not in acting:
            raise SpecError(
                f"{where}, [missing], covariates: no effect of the model has '{name}'; "
                f"{checks.suggestion(name, acting)}"
            )
