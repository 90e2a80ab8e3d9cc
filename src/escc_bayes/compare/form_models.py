"""The forms of one number as models that differ in nothing else. docs/methods/covariate_forms.md."""

from dataclasses import replace

from escc_bayes.compare.form_columns import Measured
from escc_bayes.foundation.errors import NoContrastError, SpecError
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.model import ModelSpec
from escc_bayes.spec.structures.number_forms import FORM_WORDS, Statement, form_effects


def form_models(base: ModelSpec, found: Measured, entered: FloatArray, stated: Statement) -> dict[str, ModelSpec]:
    """Return the model of every form by its word.

    Parameters
    ----------
    base : its other effects, baseline and outcome are those of every model.
    found : the number; without cut points there is no such form.
    entered : of the patients analysed, less ``center`` and in units of ``scale``.
    """
    if not entered.size or entered.min() == entered.max():
        raise NoContrastError(
            f"'{found.name}' has one value in all {entered.size} patients analysed; it has no form", "name another"
        )
    kept = tuple(effect for effect in base.effects if found.name not in effect.covariates)
    forms = form_effects(found.column, found.cut_column if found.cuts else "", entered, stated)
    return {word: replace(base, name=word, title="", variants=(), effects=(*kept, *own)) for word, own in forms.items()}


def form_words(word: str, found: Measured) -> str:
    """Say a form in the words of a reader."""
    along = f"log2 {found.name}" if found.log else found.name
    return FORM_WORDS[word].format(name=found.name, along=along, cuts=", ".join(f"{cut:g}" for cut in found.cuts))


def refuse_unfit(base: ModelSpec, name: str) -> None:
    """Raise where forms cannot be compared in a model."""
    if base.outcome.states is not None:
        raise SpecError(f"model '{base.name}' has several transitions; forms are compared in a model of one endpoint")
    if base.strata == name:
        raise SpecError(f"model '{base.name}' has a baseline in each level of '{name}'; forms need an effect of it")
    for effect in base.effects:
        if name not in effect.covariates and name in (getattr(effect, key) for key in effect.KEYS):
            raise SpecError(
                f"model '{base.name}': the effect of '{effect.name}' differs with '{name}', whose form is asked for; "
                "leave that effect out"
            )


def left_out(base: ModelSpec, name: str) -> tuple[str, ...]:
    """Say which effects of the base give way to the forms."""
    found = []
    for effect in base.effects:
        if name in effect.covariates:
            others = ", ".join(other for other in effect.covariates if other != name)
            also = f", and with it {others}" if others else ""
            found.append(f"In place of '{effect.name}' ({effect.WORD}) of model {base.name}{also}.")
    return tuple(found)
