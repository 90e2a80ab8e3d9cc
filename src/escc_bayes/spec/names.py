"""Models that stand in one table or one folder need names that tell them apart."""

import re
from collections.abc import Sequence

from escc_bayes.foundation.errors import SpecError
from escc_bayes.spec.model import ModelSpec


def refuse_same_names(specs: Sequence[ModelSpec]) -> None:
    """Raise where two models share a name, or names that would be one file.

    Raises
    ------
    SpecError : names both.
    """
    # A report writes a headline model's second posterior as NAME.nuts.
    taken = {f"{spec.name}.nuts".casefold(): spec for spec in specs}
    seen: dict[str, ModelSpec] = {}
    for spec in specs:
        word = re.sub(r"[^a-z0-9@]+", "_", spec.name.casefold())
        other = taken.get(spec.name.casefold()) or seen.get(word)
        seen[word] = spec
        if other is None:
            continue
        if spec.name != other.name:
            raise SpecError(
                f"two models are called '{other.name}' and '{spec.name}', which would be one file; change one name"
            )
        same = "the same model" if spec.digest == other.digest else "different models"
        raise SpecError(
            f"two models are called '{spec.name}' ({same}: digests {other.digest} and {spec.digest}); name each model "
            "once, or change its name"
        )
