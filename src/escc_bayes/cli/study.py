"""What `report --study PAPER` asks of the chapters of papers."""

from typing import TYPE_CHECKING

from escc_bayes.cli.inputs import default_models, open_specs
from escc_bayes.foundation.errors import SpecError

if TYPE_CHECKING:
    from escc_bayes.data.cohort import Cohort
    from escc_bayes.spec.model import ModelSpec


def cohort_of_paper(study: str | None, cohort: str, schema: str | None, default: str) -> str:
    """Return the cohort asked for; where none was, that of the paper.

    Raises
    ------
    InputError : the paper has no chapter.
    """
    if study is None:
        return cohort
    from escc_bayes.study.run import bundled_cohort

    own = bundled_cohort(study)
    return own if cohort == default and schema is None else cohort


def specs_of_report(names: list[str] | None, cohort: "Cohort", study: str | None) -> tuple["ModelSpec", ...]:
    """Return the models named, the shipped ones that fit, or with a paper those of its factors that the cohort has.

    Raises
    ------
    CohortError : a paper is named whose tables cannot be made of these rows.
    SpecError : no model is named, and none fits.
    """
    if study is not None:
        from escc_bayes.study.run import refuse_other_rows

        refuse_other_rows(cohort)
    if names:
        return open_specs(names)
    try:
        return open_specs(default_models(cohort))
    except SpecError:
        if study is None:
            raise
    from escc_bayes.study.run import models_of

    return models_of(study, cohort)
