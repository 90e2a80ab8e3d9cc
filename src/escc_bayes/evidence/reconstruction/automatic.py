"""The layout of a study, and how its words name arms, data cuts and endpoints.

What cannot be read from the numbers alone (which count is which level, which cut a paper used) needs a layout file;
what is printed of the arms of a trial does not (``evidence/arm_level``).
"""

import re
from dataclasses import replace
from pathlib import Path

from escc_bayes.data.published import Study
from escc_bayes.data.shipped import find_schema, models_folder
from escc_bayes.evidence.reconstruction.layout import Layout, ReconstructionError, layout_path
from escc_bayes.evidence.reconstruction.read_layout import read_layout
from escc_bayes.foundation.checks import suggestion

# An endpoint that another one bounds: no patient progresses after death.
BOUNDED = {"PFS": "OS"}
LATEST = ("final", "latest")
CONTROL = frozenset({"placebo", "control", "no", "alone", "observation"})


def layout_for(study: Study, path: str | None, endpoints: tuple[str, ...], cutoff: str | None = None) -> Layout:
    """Return the layout named, or the bundled one of the study.

    Parameters
    ----------
    path : of a layout file, or None. endpoints : to keep, by name or by the study's word; none: all.
    cutoff : words of the data cut to use, such as ``interim``.

    Raises
    ------
    ReconstructionError : the layout belongs to another study, the study has none, or prints nothing of the data cut.
    """
    bundled = layout_path(study.id, models_folder())
    if path is not None:
        layout = read_layout(Path(path))
    elif bundled is not None:
        layout = read_layout(bundled)
    else:
        raise ReconstructionError(f"study {study.id}: no layout is bundled; write one (models/README.md) and name it")
    if layout.study != study.id:
        raise ReconstructionError(f"{layout.where}: is the layout of study '{layout.study}', not of '{study.id}'")
    layout = replace(layout, cutoff=cutoff if cutoff is not None else layout.cutoff)
    check_cutoff(study, layout)
    schema_of(layout)
    return only(layout, endpoints)


def schema_of(layout: Layout) -> Path | None:
    """Return the schema of the cohorts: a bundled one by name, or a file beside the layout; None where none is named.

    Raises
    ------
    ReconstructionError : the file is not there.
    """
    if not layout.cohort.endswith(".toml"):
        return find_schema(layout.cohort) if layout.cohort else None
    beside = Path(layout.where).parent / layout.cohort
    if not beside.is_file():
        raise ReconstructionError(
            f"{layout.where}, cohort: there is no file {layout.cohort} beside the layout; correct the name, or leave "
            "it out: the cohorts then come without a schema"
        )
    return beside


def check_cutoff(study: Study, layout: Layout) -> None:
    """Refuse words of a data cut that no printed survival and no printed effect has."""
    cuts = {curve.cutoff for curve in study.survivals} | {estimate.cutoff for estimate in study.estimates}
    known = sorted(cuts - {""})
    if layout.cutoff and not any(layout.cutoff in cut for cut in known):
        remedy = suggestion(layout.cutoff, known) if known else "it prints one data cut only: leave the cut out"
        raise ReconstructionError(f"study {study.id}: nothing is printed of a data cut '{layout.cutoff}'; {remedy}")


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


def latest(study: Study) -> str:
    """Return the word of the latest data cut; empty where there is only one."""
    cuts = [c.cutoff for c in study.survivals if c.cutoff]
    for word in LATEST:
        if any(word in cut for cut in cuts):
            return word
    return ""


def column_name(word: str) -> str:
    """Return a word as a column name."""
    return re.sub(r"\W+", "_", word.casefold()).strip("_")


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
    best = max(scores, default=0.0)
    return arms[scores.index(best)] if best > 0.0 and scores.count(best) == 1 else ""


def tokens(words: str) -> set[str]:
    """Return the words of a name; ``ICI + chemo`` and ``chemo`` differ."""
    return set(re.findall(r"[a-z0-9]+", words.casefold()))
