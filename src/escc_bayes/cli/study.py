"""What `report --study PAPER` asks of the chapters of papers."""

from typing import TYPE_CHECKING

from escc_bayes.cli.inputs import default_models, open_specs
from escc_bayes.cli.treatment import PAPERS, own_models
from escc_bayes.foundation.errors import InputError, SpecError

if TYPE_CHECKING:
    from escc_bayes.data.cohort import Cohort
    from escc_bayes.spec.model import ModelSpec
    from escc_bayes.study.treatment.asked import TreatmentAsked


def cohort_of_paper(study: str | None, cohort: str, schema: str | None, default: str) -> str:
    """Return the cohort asked for; where none was, that of the paper.

    Raises
    ------
    InputError : the paper has no chapter.
    """
    if study is None:
        return cohort
    own = PAPERS[study][0] if study in PAPERS else bundled(study)
    return own if cohort == default and schema is None else cohort


def bundled(study: str) -> str:
    """Return the bundled cohort of a paper whose tables are told one by one."""
    from escc_bayes.foundation.checks import suggestion
    from escc_bayes.study.run import PAPERS as TOLD
    from escc_bayes.study.run import bundled_cohort

    if study not in TOLD:
        raise InputError(f"--study {study}: no chapter for this paper; {suggestion(study, (*TOLD, *PAPERS))}")
    return bundled_cohort(study)


def specs_of_report(
    names: list[str] | None, cohort: "Cohort", study: str | None, asked: "TreatmentAsked | None" = None
) -> tuple["ModelSpec", ...]:
    """Return the models named, the shipped ones that fit, or of a treatment or paper those of what the cohort has.

    Raises
    ------
    CohortError : a paper is named whose tables, or a treatment whose chapter, cannot be made of these rows.
    SpecError : no model is named, and none fits.
    """
    if asked is not None:
        from escc_bayes.study.treatment.gather import refuse_treatment

        refuse_treatment(cohort, asked)
    if study is not None and study not in PAPERS:
        from escc_bayes.study.run import refuse_other_rows

        refuse_other_rows(cohort)
    if names:
        return open_specs(names)
    try:
        return open_specs(default_models(cohort))
    except SpecError:
        if asked is not None:
            return own_models(asked, cohort)
        if study is None or study in PAPERS:
            raise
    from escc_bayes.study.run import models_of

    return models_of(study, cohort)
