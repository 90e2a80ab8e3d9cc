"""The verb ``compare``: one question, every method's answer in a row of its own; nothing is averaged."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.classical.fit import ClassicalFit
from escc_bayes.compare.lifelines_fits import Adopted, LifelinesFit, adopted
from escc_bayes.data.level_labels import NO_LABELS, LevelLabels
from escc_bayes.data.weights import SAMPLING
from escc_bayes.estimand.as_read import estimates_as_read, levels_in
from escc_bayes.estimand.estimand import Estimand
from escc_bayes.estimand.estimate import Estimate, joined_notes, limit_words, p_words
from escc_bayes.estimand.evaluate import NAMES
from escc_bayes.estimand.tables import comparison_rows, tidy_rows
from escc_bayes.foundation.careful import careful, careful_class
from escc_bayes.foundation.checks import suggestion
from escc_bayes.foundation.errors import EstimandError
from escc_bayes.foundation.kinds import LEVEL
from escc_bayes.foundation.labels import numbered
from escc_bayes.foundation.notebook import shown
from escc_bayes.foundation.sentence import counted
from escc_bayes.spec.same_patients import other_data

if TYPE_CHECKING:
    import pandas as pd

FIT = Posterior | ClassicalFit
ANY_FIT = FIT | LifelinesFit
METHOD = FIT | Adopted


@careful_class
@dataclass(frozen=True, slots=True)
class Comparison:
    """Estimates of the same estimands by several methods, in the order asked."""

    estimates: tuple[Estimate, ...]
    levels: LevelLabels = NO_LABELS

    @property
    def frame(self) -> "pd.DataFrame":
        """The rows of ``comparison.csv`` as a data frame."""
        import pandas as pd

        return pd.DataFrame(comparison_rows(self.estimates))

    @careful
    def table(self) -> "pd.DataFrame":
        """Return a data frame of few columns: what was asked, method, model, value, limits and their kind."""
        import pandas as pd

        return pd.DataFrame(tidy_rows(self.estimates))

    def _repr_html_(self) -> str:
        return shown(self.origins, tidy_rows(estimates_as_read(self.estimates, self.levels)))

    @property
    def origins(self) -> list[str]:
        """Provenance, endpoint and clock of the estimates, a line each."""
        return sorted({f"{e.record.provenance.upper()}: {e.endpoint} from {e.clock}" for e in self.estimates})

    @careful
    def of(self, estimand: str) -> tuple[Estimate, ...]:
        """Return the estimates of one kind: hazard_ratio, survival, median, rmst_difference.

        Raises
        ------
        EstimandError : no such kind.
        """
        if estimand not in NAMES.values():
            raise EstimandError(f"Comparison: no kind of estimand '{estimand}'; {suggestion(estimand, NAMES.values())}")
        return tuple(e for e in self.estimates if e.estimand == estimand)

    def __repr__(self) -> str:
        lines = self.origins
        # What is true of every line of a question stands once, beside it.
        read = estimates_as_read(self.estimates, self.levels)
        weights = {question(e): part for e in read for part in e.note.split("; ") if of_weights(part)}
        asked = ""
        for e in read:
            if question(e) != asked:
                asked = question(e)
                lines.append(joined_notes(asked, weights.get(asked, "")))
            lines.append(line(e))
        return "\n".join(lines)


def question(e: Estimate) -> str:
    """Say what was asked: the estimand, the groups and the month."""
    when = "" if np.isnan(e.time) else f" at {counted(e.time, 'month')}"
    return f"{e.estimand.replace('_', ' ')} {e.term} {e.contrast_in}".strip() + when


def of_weights(part: str) -> bool:
    """Whether a part of a note is about the weights of the patients behind a number."""
    return part.startswith(f"{SAMPLING}:")


def line(e: Estimate) -> str:
    """Return one estimate as an indented line with its method and kind of interval."""
    remark = "; ".join(part for part in e.remark.split("; ") if not of_weights(part))
    who = f"{e.method} ({e.model}{', ' + e.population if e.population else ''})"
    if np.isnan(e.value):
        return f"  {who:<44} {e.note or 'not reached'}{'; ' + e.centres if e.centres else ''}"
    lower, upper = limit_words(e, ".2f")
    words = f"{e.value:7.2f}  ({100 * e.level:g} % {e.interval_kind} interval {lower} to {upper})"
    if not np.isnan(e.p_value) and e.estimand == "rmst_difference":
        words += f"; {p_words(e.p_value)}"
    warned = "" if e.verdict == "ok" else f"  {e.verdict}"
    return f"  {who:<44} {words}{'; ' + remark if remark else ''}{warned}"


@careful
def compare(asked: Sequence[Estimand], *fits: ANY_FIT, level: float = LEVEL) -> Comparison:
    """Answer each estimand with every fit.

    Parameters
    ----------
    asked : estimands.
    fits : posteriors and classical fits, of the same endpoint, clock and patients, and beside them fitted models of
        lifelines (``KaplanMeierFitter``, ``CoxPHFitter``, ``WeibullFitter``) on the same months and events. One given
        twice counts once; different fits that share a name are numbered.
    level : of all intervals.

    Returns
    -------
    Comparison: for each estimand one row per method; credible and confidence intervals are named and kept apart.

    Raises
    ------
    EstimandError : no fits, or fits of other patients or other data of theirs.
    """
    given = own_first(fits)
    once = list({identity(fit): fit for fit in given}.values())
    by_fit = [answers_of(fit, asked, level) for fit in once]
    names = dict(zip([identity(fit) for fit in once], labels(once), strict=True))
    found = [
        replace(answer, model=names[identity(fit)])
        for place in range(len(asked))
        for fit, answers in zip(once, by_fit, strict=True)
        for answer in answers[place]
    ]
    return Comparison(tuple(found), levels_in(once[0].plan.rows))


def own_first(fits: Sequence[ANY_FIT]) -> list[METHOD]:
    """Return every fit as a method of the rows that our own fits share; those of lifelines stand beside the first."""
    own = [fit for fit in fits if isinstance(fit, FIT)]
    if fits and not own:  # Whose rows they are, lifelines does not say.
        raise EstimandError("compare needs a posterior or a classical fit beside those of lifelines; add one")
    refuse_other_patients(own)
    first = own[0]
    return [fit if isinstance(fit, FIT) else adopted(fit, first.plan, first.record) for fit in fits]


def identity(fit: METHOD) -> tuple[object, ...]:
    """Return what tells a fit from every other: model, data, engine, seed and settings."""
    record = fit.record
    if isinstance(fit, Adopted):
        return ("lifelines", id(fit.fit))
    return (fit.plan.spec.name, record.spec_digest, record.data_digest, record.engine, record.seed, record.settings)


def labels(fits: Sequence[METHOD]) -> tuple[str, ...]:
    """Return a name for each fit; different models of one name are numbered, and so are repeated fits of one model.

    The posterior and the classical fit of one model share its label.
    """
    by_model = numbered([fit.plan.spec.name for fit in fits], [fit.record.spec_digest for fit in fits])
    methods = ["classical" if isinstance(fit, ClassicalFit) else fit.method for fit in fits]
    again = numbered([f"{m}\n{n}" for m, n in zip(methods, by_model, strict=True)], [identity(fit) for fit in fits])
    return tuple(label.partition("\n")[2] for label in again)


def answers_of(fit: METHOD, asked: Sequence[Estimand], level: float) -> list[tuple[Estimate, ...]]:
    """Return what one fit says to each question: one answer of a posterior, one of each method of a classical fit."""
    if isinstance(fit, Posterior):
        return [(answer,) for answer in fit.estimates(asked, level=level)]
    answers = (fit.estimate(question, level=level) for question in asked)
    return [found if isinstance(found, tuple) else (found,) for found in answers]


def refuse_other_patients(fits: Sequence[FIT]) -> None:
    """Raise unless every fit answers for the same endpoint, clock and patients, with the same data of theirs."""
    if not fits:
        raise EstimandError("compare needs at least one fit")
    for fit in fits[1:]:
        differ = other_data(fits[0].plan.rows, fit.plan.rows)
        if differ:
            held = "; ".join(f"{f.plan.spec.name}: {f.plan.rows.sentence()}" for f in (fits[0], fit))
            raise EstimandError(
                f"compare needs fits of the same endpoint, clock and patients, was given {differ}; fit both to one "
                f"cohort ({held})"
            )
