"""What `report` is told of one treatment: which covariate it is, and what it depended on."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from escc_bayes.cli.match import names_in
from escc_bayes.foundation.errors import InputError, SpecError

if TYPE_CHECKING:
    from escc_bayes.data.cohort import Cohort
    from escc_bayes.spec.model import ModelSpec
    from escc_bayes.study.treatment.asked import TreatmentAsked

# Papers on one treatment, with the covariate that it is in their bundled cohort.
PAPERS = {"seed2_cui2025": ("cui156", "radiotherapy")}


@dataclass(frozen=True, slots=True)
class TreatmentOptions:
    """Options of the chapter on one treatment; `cli/fields.py` makes options of the fields."""

    treatment: Annotated[
        str | None,
        typer.Option(
            help="A covariate of two levels, the second the treated: a chapter on its effect. Default: as the schema "
            "says, [treatment]."
        ),
    ] = None
    on: Annotated[
        str | None,
        typer.Option(
            help="With --treatment: covariates known at time zero that it depended on: a,b,c. Default: as the schema "
            "says."
        ),
    ] = None
    caliper: Annotated[
        float,
        typer.Option(min=0.01, max=100.0, help="With --on: largest distance of a pair, in SDs of the score."),
    ] = 0.2

    def asked(self, cohort: "Cohort", study: str | None) -> "TreatmentAsked | None":
        """Return what the chapter is asked for, on the command line or by the schema; None: there is none.

        Raises
        ------
        InputError : ``--on`` without a treatment, or a paper on one treatment without its name in this cohort.
        """
        own = study if study in PAPERS else None
        names = names_in(self.on or "")
        if self.on is not None and not names:
            raise InputError(f"--on {self.on}: write covariates separated by commas, such as age,sex,stage")
        named = self.treatment or (treatment_of_paper(own, cohort) if own is not None else None)
        if named is None and cohort.schema.treatment is None:
            if self.on is not None:
                raise InputError("--on names what a treatment depended on; say which one with --treatment NAME")
            return None
        from escc_bayes.study.treatment.asked import asked_of

        return asked_of(cohort, named, None if self.on is None else names, caliper=self.caliper, study=own or "")


def treatment_of_paper(study: str, cohort: "Cohort") -> str | None:
    """Return the covariate of a cohort that is a paper's treatment; None: the schema says which.

    Raises
    ------
    InputError : the cohort has no covariate of that name, and its schema names none.
    """
    _, column = PAPERS[study]
    if cohort.schema.treatment is not None:
        return None
    if column not in cohort.covariates:
        raise InputError(
            f"--study {study}: the cohort has no covariate '{column}' (covariates: {', '.join(cohort.covariates)}); "
            "say which one is the treatment with --treatment NAME"
        )
    return column


def own_models(asked: "TreatmentAsked", cohort: "Cohort") -> "tuple[ModelSpec, ...]":
    """Return a model of each endpoint with the treatment and what it depended on, where no shipped one fits.

    Raises
    ------
    SpecError : no endpoint takes such a model.
    """
    from escc_bayes.spec.formula import model

    terms = " + ".join((asked.treatment, *asked.on))
    found = [model(f"{endpoint} ~ {terms}", cohort) for endpoint in cohort.endpoints]
    if not found:
        raise SpecError(f"{cohort.source}: has no endpoint")
    return tuple(found)
