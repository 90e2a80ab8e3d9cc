"""What a report groups by: models of one endpoint and clock, with words for titles and file names."""

import re
from dataclasses import dataclass

from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.compare.comparison import Comparison
from escc_bayes.data.cohort import Cohort
from escc_bayes.data.level_labels import LevelLabels, level_labels
from escc_bayes.foundation.sentence import small
from escc_bayes.report.page.bundle import Bundle
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.transitions import CompetingCauses, SeveralEndpoints

# Names of covariates that are no words of English.
NO_WORD = re.compile(r"_|^x\d+$")


@dataclass(frozen=True, slots=True)
class Outcome:
    """Models that answer the same questions on the same patients.

    Attributes
    ----------
    key : as in the bundle: ``os from the landmark at 3 months``.
    name : for file names: ``os``.
    title : for readers: ``Overall survival``.
    posteriors : in the order asked.
    comparison : every method's answers.
    """

    key: str
    name: str
    title: str
    posteriors: tuple[Posterior, ...]
    comparison: Comparison

    @property
    def clock(self) -> str:
        """Where time starts, in words."""
        return self.posteriors[0].plan.rows.clock

    @property
    def sentence(self) -> str:
        """Provenance, patients, clock and who was left out."""
        return self.posteriors[0].plan.rows.sentence()


def outcomes(bundle: Bundle) -> tuple[Outcome, ...]:
    """Return the outcomes of a bundle; a name is the endpoint, with its first model where that is not enough."""
    models = {key: models_of(comparison, bundle) for key, comparison in bundle.comparisons.items()}
    endpoints = [found[0].plan.rows.endpoint for found in models.values()]
    return tuple(
        Outcome(
            key=key,
            name=file_word(endpoint if endpoints.count(endpoint) == 1 else f"{endpoint}_{found[0].plan.spec.name}"),
            title=outcome_title(bundle.cohort, found[0].plan),
            posteriors=found,
            comparison=bundle.comparisons[key],
        )
        for endpoint, (key, found) in zip(endpoints, models.items(), strict=True)
    )


def models_of(comparison: Comparison, bundle: Bundle) -> tuple[Posterior, ...]:
    """Return the posteriors whose estimates stand in a comparison."""
    names = dict.fromkeys(e.model for e in comparison.estimates if e.interval_kind == "credible")
    return tuple(bundle.posteriors[name] for name in names)


def file_word(text: str) -> str:
    """Return text with everything but letters, digits, ``_`` and ``-`` replaced.

    Examples
    --------
    >>> file_word("os (2nd look)")
    'os_2nd_look'
    """
    return re.sub(r"[^A-Za-z0-9_-]+", "_", text).strip("_")


def endpoint_label(cohort: Cohort, endpoint: str) -> str:
    """Return the words of an endpoint."""
    return cohort.schema.endpoints[endpoint].label or endpoint


def outcome_title(cohort: Cohort, plan: ModelPlan) -> str:
    """Return the words of what a model is of: its endpoint, progression and death, or an endpoint by cause."""
    states = plan.spec.outcome.states
    if states is None:
        return endpoint_label(cohort, plan.rows.endpoint)
    if isinstance(states, SeveralEndpoints):
        first, *more = (endpoint_label(cohort, name) for name in states.endpoints)
        return " and ".join([first, *map(small, more)])
    if isinstance(states, CompetingCauses):
        return f"{endpoint_label(cohort, states.endpoint)} by cause"
    return "Progression and death"


def term_labels(cohort: Cohort) -> dict[str, str]:
    """Return the words of every covariate; numbers with their unit."""
    found = {}
    for name, schema in cohort.schema.covariates.items():
        unit = f" ({schema.unit})" if schema.unit and not schema.categorical else ""
        found[name] = (schema.label or name) + unit
    return found


def levels_of(bundle: Bundle) -> LevelLabels:
    """Return what people read for levels."""
    return level_labels(bundle.cohort.covariates)


def as_labelled(text: str, cohort: Cohort) -> str:
    """Return a sentence with the labels of covariates where it has their names: of reasons and of ordered effects."""
    for name, schema in cohort.schema.covariates.items():
        if schema.label and schema.label != name:
            text = text.replace(f"'{name}'", f"'{schema.label}'").replace(
                f"levels of {name} by", f"levels of {schema.label} by"
            )
    return text


def in_label_words(text: str, cohort: Cohort) -> str:
    """Return sentences on a model with the labels of covariates in place of their names.

    A name that is no word (``alc_mid``, ``x3``) is known wherever it stands, any other before a colon.
    """
    for name, schema in cohort.schema.covariates.items():
        if schema.label and schema.label != name:
            after = r"(?![\w./-]\w)" if NO_WORD.search(name) else r"(?=: )"
            called = schema.label.replace("\\", r"\\")
            text = re.sub(rf"(?<![\w./'-]){re.escape(name)}(?!\w){after}", called, text)
    return as_labelled(text, cohort)


def survival_of(title: str) -> str:
    """Return the label of an axis of survival: which survival, in per cent.

    Examples
    --------
    >>> survival_of("Progression-free survival")
    'Progression-free survival (%)'
    """
    return f"{title} (%)"


def months_from(clock: str) -> str:
    """Return the label of a time axis; the list of covariates of a NAIVE clock stands in the caption."""
    return f"Months from {clock.split(' (')[0]}"
