"""Effects whose structure does not fit their covariates, refused."""

from escc_bayes.foundation.errors import SpecError
from escc_bayes.spec.evidence_prior import EvidencePrior
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.structures.coding import present_levels
from escc_bayes.spec.structures.protocol import Coding, Structure
from escc_bayes.spec.structures.registry import words_for


def refuse_kinds(effect: Structure, rows: AnalysisRows) -> None:
    """Raise if a structure does not fit the kind of a covariate; name those that do."""
    for name in effect.covariates:
        kind = rows.covariates[name].schema.kind
        if kind in effect.KINDS:
            continue
        fitting = " or ".join(f'"{word}"' for word in words_for(kind))
        cut = ", or cut it into classes in the schema" if kind == "continuous" else ""
        raise SpecError(
            f"effect '{name}': structure '{effect.WORD}' takes a covariate that is {' or '.join(effect.KINDS)}, but "
            f"'{name}' is {kind}; use structure = {fitting}{cut}"
        )


def refuse_crossed(effect: Structure, coding: Coding, within: tuple[str, ...]) -> None:
    """Raise where an effect that differs with a second covariate acts in transitions: states do not know of it."""
    if within and coding.crossing is not None:
        raise SpecError(
            f"effect '{effect.name}': an effect that differs with '{coding.crossing.modifier}' is not fitted in "
            "several transitions or causes; fit one endpoint, or give each covariate an effect of its own"
        )


def refuse_evidence(effect: Structure, coding: Coding, rows: AnalysisRows) -> None:
    """Raise unless an effect with a prior from evidence is one hazard ratio of two groups, as the evidence is."""
    of_evidence = [free for free in effect.free(coding) if isinstance(free.prior, EvidencePrior)]
    covariate = rows.covariates[effect.covariates[0]]
    levels = present_levels(covariate)[0] if covariate.schema.categorical else ()
    several = any(free.size > 1 for free in of_evidence) or (coding.numeric and len(levels) != 2)
    if not of_evidence or not several:
        return
    held = f"has the levels {', '.join(levels)}" if levels else "is a number, and its effect is per unit"
    raise SpecError(
        f"effect '{effect.name}': published evidence is of one hazard ratio between two groups, but "
        f"'{covariate.schema.name}' {held}; use a covariate of two levels, a structure whose prior is on the last "
        "level against the first, or { normal = [mean, sd] }"
    )
