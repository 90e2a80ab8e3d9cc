"""Which of the classical hazard ratios is Cox's with the columns and the strata of the model itself."""

from collections.abc import Iterable

from escc_bayes.estimand.estimate import Estimate


def own_cox(estimates: Iterable[Estimate]) -> tuple[Estimate, ...]:
    """Return posteriors' hazard ratios, and Cox's as the model has it.

    A model whose baseline has strata has a stratified Cox and no other; a model with a random intercept has both, and
    the one stratified by centre is another model.
    """
    given = tuple(estimates)
    unstratified = {e.model for e in given if e.method == "cox"}
    return tuple(
        e
        for e in given
        if e.interval_kind == "credible" or e.method == ("cox" if e.model in unstratified else "cox_stratified")
    )
