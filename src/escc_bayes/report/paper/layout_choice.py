"""How the prints become cohorts: by an edited layout, the bundled one, arm by arm, or by a layout drafted here."""

from dataclasses import dataclass
from pathlib import Path

from escc_bayes.data.published import Study
from escc_bayes.data.shipped import models_folder
from escc_bayes.evidence.arm_level.published import ArmPrint, read_arms
from escc_bayes.evidence.reconstruction.automatic import layout_for
from escc_bayes.evidence.reconstruction.columns import refuse_counts
from escc_bayes.evidence.reconstruction.drafted_layout import drafted_layout
from escc_bayes.evidence.reconstruction.layout import Layout, ReconstructionError, layout_path
from escc_bayes.evidence.reconstruction.write_layout import layout_toml


@dataclass(frozen=True, slots=True)
class LayoutChoice:
    """A layout, its text, and how it came about; ``arms`` where cohorts are built from the arms, not searched."""

    layout: Layout
    text: str
    how: str
    arms: ArmPrint | None = None


def layout_choice(study: Study, given: Path | None, *, typed: bool) -> LayoutChoice:
    """Return how the prints of a study become cohorts.

    Parameters
    ----------
    typed : the study is a study file, to whose numbers a bundled layout of its name refers.

    Raises
    ------
    ReconstructionError : the layout given does not fit, or too little is printed, with what is missing.
    """
    bundled = layout_path(study.id, models_folder()) if typed else None
    path = given or bundled
    if path is not None:
        layout = layout_for(study, str(path), (), None)
        refuse_counts(layout, study)
        how = "as edited" if given else "the one that comes with the package"
        return LayoutChoice(layout, path.read_text(encoding="utf-8"), how)
    arms, why_not = arms_of(study)
    if arms is not None and len(arms.arms) > 1:
        return of_arms(arms)
    try:
        layout = drafted_layout(study)
    except ReconstructionError as error:
        if arms is None:
            raise ReconstructionError(f"{why_not}; {error}") from None
        return of_arms(arms)
    refuse_counts(layout, study)
    return LayoutChoice(layout, layout_toml(layout), "drafted from the counts and effects of the study")


def arms_of(study: Study) -> tuple[ArmPrint | None, str]:
    """Return what a study prints of its arms, or why that is too little."""
    try:
        return read_arms(study, None, ()), ""
    except ReconstructionError as error:
        return None, str(error)


def of_arms(arms: ArmPrint) -> LayoutChoice:
    """Return the choice to build the cohorts from the arms."""
    layout = arms.layout()
    how = "drafted from the arms: their curves, sizes and hazard ratio"
    return LayoutChoice(layout, layout_toml(layout), how, arms)
