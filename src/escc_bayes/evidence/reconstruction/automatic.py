"""The layout of a study that brings none: arms with printed curves, and the effect that compares them.

What cannot be read from the numbers alone (which count is which level, which cut a paper used) needs a layout file.
"""

import re
from dataclasses import replace
from pathlib import Path

from escc_bayes.data.bundled import models_folder
from escc_bayes.data.published import PublishedSurvival, Study
from escc_bayes.evidence.reconstruction.layout import (
    ArmLayout,
    Contrast,
    CovariateLayout,
    EndpointLayout,
    Layout,
    ReconstructionError,
    layout_path,
)
from escc_bayes.evidence.reconstruction.read_layout import read_layout
from escc_bayes.foundation.checks import suggestion

# An endpoint that another one bounds: no patient progresses after death.
BOUNDED = {"PFS": "OS"}
LATEST = ("final", "latest")
CONTROL = frozenset({"placebo", "control", "no", "alone", "observation"})


def layout_for(study: Study, path: str | None, endpoints: tuple[str, ...], cutoff: str | None = None) -> Layout:
    """Return the layout named, the bundled one of the study, or one read from its arms.

    Parameters
    ----------
    path : of a layout file, or None. endpoints : to keep, by name or by the study's word; none: all.
    cutoff : words of the data cut to use, such as ``interim``.

    Raises
    ------
    ReconstructionError : the layout belongs to another study, or the arms cannot be read.
    """
    bundled = layout_path(study.id, models_folder())
    if path is not None:
        layout = read_layout(Path(path))
    elif bundled is not None:
        layout = read_layout(bundled)
    else:
        layout = from_arms(study, cutoff)
    if layout.study != study.id:
        raise ReconstructionError(f"{layout.where}: is the layout of study '{layout.study}', not of '{study.id}'")
    return only(replace(layout, cutoff=cutoff or layout.cutoff), endpoints)


def only(layout: Layout, endpoints: tuple[str, ...]) -> Layout:
    """Return the layout of some endpoints; none named keeps all."""
    if not endpoints:
        return layout
    known = {e.name: e for e in layout.endpoints} | {e.word: e for e in layout.endpoints}
    for name in endpoints:
        if name not in known:
            raise ReconstructionError(f"{layout.where}: no endpoint '{name}'; {suggestion(name, known)}")
    kept = tuple(e for e in layout.endpoints if e in [known[name] for name in endpoints])
    names = [e.name for e in kept]
    return replace(
        layout,
        endpoints=tuple(e if e.within in names else replace(e, within="", failures="") for e in kept),
        arms=tuple(a for a in layout.arms if not a.of or a.of in names),
        rules=tuple(r for r in layout.rules if r.endpoint in names),
    )


def from_arms(study: Study, cutoff: str | None) -> Layout:
    """Return the layout that the printed curves of a study's arms give.

    Raises
    ------
    ReconstructionError : no curve has a number of patients, or an effect's groups are not two of the arms.
    """
    curves = usable_curves(study, cutoff)
    if not curves:
        raise ReconstructionError(
            f"study {study.id}: no printed curve has a number of patients and a median or a rate; nothing to "
            "reconstruct (or write a layout: models/README.md)"
        )
    words = list(dict.fromkeys(c.endpoint for c in curves))
    endpoints = tuple(endpoint_named(word, words) for word in words)
    sizes = arms_of(curves)
    where = f"study {study.id}, its arms"
    if len(sizes) == 1:
        return Layout(where, study.id, next(iter(sizes.values())), endpoints, ())
    covariate = CovariateLayout("arm", tuple(sizes), tuple(sizes.values()))
    arms = tuple(ArmLayout(name, "", "", "arm", (name,)) for name in sizes)
    return Layout(
        where,
        study.id,
        sum(sizes.values()),
        endpoints,
        (covariate,),
        cutoff=cutoff or latest(study),
        arms=arms,
        contrasts=contrasts_of(study, tuple(sizes)),
    )


def usable_curves(study: Study, cutoff: str | None) -> list[PublishedSurvival]:
    """Return the curves of one data cut that name their size and have a median or a rate."""
    wanted = cutoff or latest(study)
    return [
        c
        for c in study.survivals
        if c.n and (c.median is not None or c.landmarks) and (not wanted or not c.cutoff or wanted in c.cutoff)
    ]


def latest(study: Study) -> str:
    """Return the word of the latest data cut; empty where there is only one."""
    cuts = [c.cutoff for c in study.survivals if c.cutoff]
    for word in LATEST:
        if any(word in cut for cut in cuts):
            return word
    return ""


def endpoint_named(word: str, words: list[str]) -> EndpointLayout:
    """Return an endpoint with columns named after the study's word."""
    name = column_name(word)
    bound = BOUNDED.get(word, "")
    return EndpointLayout(
        name, word, f"{name}_months", f"{name}_event", within=column_name(bound) if bound in words else ""
    )


def column_name(word: str) -> str:
    """Return a word as a column name."""
    return re.sub(r"\W+", "_", word.casefold()).strip("_")


def arms_of(curves: list[PublishedSurvival]) -> dict[str, int]:
    """Return the size of each arm of the first endpoint."""
    first = curves[0].endpoint
    return {c.arm: c.n for c in curves if c.endpoint == first and c.n is not None}


def contrasts_of(study: Study, arms: tuple[str, ...]) -> tuple[Contrast, ...]:
    """Return the effects whose two groups are arms."""
    found = {}
    for estimate in study.estimates:
        if estimate.subgroup or not estimate.hazard_of or not estimate.versus:
            continue
        treated, reference = nearest(estimate.hazard_of, arms), nearest(estimate.versus, arms)
        if not (treated and reference and treated != reference):
            treated, reference = by_control(estimate.hazard_of, estimate.versus, arms)
        if treated and reference and treated != reference:
            found[estimate.effect] = Contrast(estimate.effect, "arm", ((reference,), (treated,)), hazard_ratio=True)
    return tuple(found.values())


def by_control(hazard_of: str, versus: str, arms: tuple[str, ...]) -> tuple[str, str]:
    """Return treated and control of two arms of which one is named as a control; empty where that is not so."""
    controls = [arm for arm in arms if tokens(arm) & CONTROL]
    if len(arms) != 2 or len(controls) != 1 or not tokens(versus) < tokens(hazard_of) | CONTROL:
        return "", ""
    return next(arm for arm in arms if arm not in controls), controls[0]


def nearest(words: str, arms: tuple[str, ...]) -> str:
    """Return the arm that shares most words with a group's name; empty where none or several do."""
    asked = tokens(words)
    scores = [len(asked & tokens(arm)) / len(asked | tokens(arm)) for arm in arms]
    best = max(scores)
    return arms[scores.index(best)] if best > 0.0 and scores.count(best) == 1 else ""


def tokens(words: str) -> set[str]:
    """Return the words of a name; ``ICI + chemo`` and ``chemo`` differ."""
    return set(re.findall(r"[a-z0-9]+", words.casefold()))
