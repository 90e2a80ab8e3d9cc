"""A layout drafted from what a study prints of one group of patients: counts that add up to it are covariates.

``stage_II_n``, ``stage_III_n`` and ``stage_IV_n`` of 79 patients are the covariate ``stage`` if they sum to 79. An
effect of that name, or of words that name it and two of its levels, is a contrast; whose hazard it is of, its own words
must say. What is not said is left out: nothing is guessed.
"""

import re
from collections.abc import Iterator, Sequence

from escc_bayes.data.published import PublishedEstimate, Study
from escc_bayes.evidence.endpoints import SURVIVAL, endpoint
from escc_bayes.evidence.reconstruction.automatic import BOUNDED, column_name, tokens
from escc_bayes.evidence.reconstruction.layout import (
    ArmLayout,
    Contrast,
    CovariateLayout,
    EndpointLayout,
    Layout,
    ReconstructionError,
)

COUNT = re.compile(r"(?P<name>\w+)_n")
OF_ARM = re.compile(r"_arm_|^elsewhere_")
COMPARED = re.compile(
    r"^(?P<what>.*?)[,:]? ?\(?(?P<first>[^,:()]+?) (?:vs?\.?|versus|over|against) (?P<second>[^()]+)\)?$"
)


def drafted_layout(study: Study) -> Layout:
    """Return the layout of a study of one group of patients.

    Raises
    ------
    ReconstructionError : the number of patients is not printed, no endpoint is, or no effect of a counted covariate.
    """
    where = f"study {study.id}, drafted layout"
    if study.n is None:
        raise ReconstructionError(f"{where}: the number of patients is not printed")
    covariates = tuple(counted(study, study.n))
    contrasts = tuple(one for covariate in covariates for one in contrasts_of(covariate, study))
    if not contrasts:
        raise ReconstructionError(
            f"{where}: no printed effect is of a covariate whose counts add up to {study.n} patients and that its "
            "words say the direction of"
        )
    endpoints = endpoints_of(study)
    if not endpoints:
        raise ReconstructionError(f"{where}: no curve and no effect is of a survival endpoint")
    used = {contrast.covariate for contrast in contrasts}
    named = {e.word: e.name for e in endpoints}
    arms = tuple(arm for covariate in covariates for arm in curves_of(covariate, study, named))
    kept = tuple(c for c in covariates if c.name in used or c.name in {arm.covariate for arm in arms})
    return Layout(where, study.id, study.n, endpoints, kept, arms=arms, contrasts=contrasts)


def counted(study: Study, n: int) -> Iterator[CovariateLayout]:
    """Yield the covariates whose levels' counts add up to ``n``; the longest common name first, each count once."""
    counts = {
        found["name"]: number
        for number in study.numbers
        if (found := COUNT.fullmatch(number.name)) and not OF_ARM.search(number.name)
    }
    prefixes = {name.rsplit("_", k)[0] for name in counts for k in range(1, name.count("_") + 1)}
    taken: set[str] = set()
    for prefix in sorted(prefixes, key=lambda word: (-word.count("_"), word)):
        names = [name for name in counts if name.startswith(f"{prefix}_") and name not in taken]
        if len(names) < 2 or sum(int(counts[name].value) for name in names) != n:
            continue
        taken.update(names)
        levels = tuple(name.removeprefix(f"{prefix}_") for name in names)
        yield CovariateLayout(column_name(prefix), levels, tuple(f"{name}_n" for name in names))


def endpoints_of(study: Study) -> tuple[EndpointLayout, ...]:
    """Return the survival endpoints of the printed curves and effects; one that bounds another comes first."""
    printed = [c.endpoint for c in study.survivals] + [e.endpoint for e in study.estimates]
    words = dict.fromkeys(word for word in printed if endpoint(word) in SURVIVAL)
    ordered = sorted(words, key=lambda word: word in BOUNDED)
    return tuple(
        EndpointLayout(
            name := column_name(word),
            word,
            f"{name}_months",
            f"{name}_event",
            within=column_name(BOUNDED[word]) if BOUNDED.get(word) in words else "",
        )
        for word in ordered
    )


def contrasts_of(covariate: CovariateLayout, study: Study) -> Iterator[Contrast]:
    """Yield the effects of one covariate, each name once."""
    done: set[str] = set()
    for estimate in study.estimates:
        if estimate.measure not in ("HR", "logrank") or estimate.subgroup or estimate.effect in done:
            continue
        groups = groups_of(estimate, covariate)
        if groups:
            done.add(estimate.effect)
            yield Contrast(estimate.effect, covariate.name, groups, hazard_ratio=any_ratio(estimate.effect, study))


def any_ratio(effect: str, study: Study) -> bool:
    """Whether a hazard ratio of this effect is printed."""
    return any(e.effect == effect and e.measure == "HR" and e.value is not None for e in study.estimates)


def groups_of(estimate: PublishedEstimate, covariate: CovariateLayout) -> tuple[tuple[str, ...], ...]:
    """Return the levels that an effect compares, reference first; nothing where its words do not say them.

    Examples
    --------
    >>> stage = CovariateLayout("stage", ("III", "IV"), (40, 39))
    >>> groups_of(PublishedEstimate("estimate 1", "Stage, IV vs III", "OS", "HR", ""), stage)
    (('III',), ('IV',))
    """
    effect = estimate.effect
    if column_name(effect) != covariate.name and not tokens(covariate.name.replace("_", " ")) <= tokens(effect):
        return ()
    sides = COMPARED.match(effect)
    words = (sides["second"], sides["first"]) if sides else (estimate.versus, estimate.hazard_of)
    found = [level_of(side, covariate.levels) for side in words]
    if all(found) and found[0] != found[1]:
        return (found[0],), (found[1],)
    overall = estimate.measure == "logrank" and estimate.groups in (None, len(covariate.levels))
    return tuple((level,) for level in covariate.levels) if overall else ()


def level_of(words: str, levels: Sequence[str]) -> str:
    """Return the one level whose words all stand in some words; the longest of several; empty where none do."""
    said = tokens(words)
    found = sorted((level for level in levels if tokens(level.replace("_", " ")) <= said), key=len)
    return found[-1] if found else ""


def curves_of(covariate: CovariateLayout, study: Study, named: dict[str, str]) -> Iterator[ArmLayout]:
    """Yield the curves that are of one level of a covariate."""
    for curve in study.survivals:
        level = level_of(curve.arm, covariate.levels)
        own = tokens(level.replace("_", " ")) | tokens(covariate.name.replace("_", " "))
        if level and curve.endpoint in named and tokens(curve.arm) <= own:
            yield ArmLayout(curve.arm, curve.endpoint, named[curve.endpoint], covariate.name, (level,))
