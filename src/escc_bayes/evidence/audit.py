"""Does the arithmetic of a paper hold? Every rule runs on every study. See ``docs/methods/audit.md``."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from escc_bayes.data.study import Study, read_prints
from escc_bayes.evidence.finding import SEVERITIES, Finding, Findings, most_serious
from escc_bayes.evidence.ledger import Ledger, NotChecked
from escc_bayes.evidence.quotes.digits import as_quoted
from escc_bayes.evidence.rules.arm_counts import one_arm_two_counts
from escc_bayes.evidence.rules.baseline_p import baseline_p_values
from escc_bayes.evidence.rules.chi_square import chi_square_and_p, one_statistic_two_p, repeated_measure_df
from escc_bayes.evidence.rules.claims import claims_against_p
from escc_bayes.evidence.rules.counts import counts_that_sum
from escc_bayes.evidence.rules.direction import ratio_against_curves
from escc_bayes.evidence.rules.direction_words import ratio_against_words
from escc_bayes.evidence.rules.endpoint_order import progression_before_death
from escc_bayes.evidence.rules.event_balance import events_against_failures
from escc_bayes.evidence.rules.events_and_rate import events_against_rate
from escc_bayes.evidence.rules.follow_up import follow_up_and_dates
from escc_bayes.evidence.rules.group_sizes import group_sizes
from escc_bayes.evidence.rules.implied_events import implied_events
from escc_bayes.evidence.rules.impossible_prints import impossible_prints
from escc_bayes.evidence.rules.interval_shape import interval_symmetry
from escc_bayes.evidence.rules.medians import medians_against_ratio
from escc_bayes.evidence.rules.monotone import monotone_survival
from escc_bayes.evidence.rules.narrow_interval import intervals_of_rates
from escc_bayes.evidence.rules.nesting import nested_covariate
from escc_bayes.evidence.rules.numbers_at_risk import numbers_at_risk
from escc_bayes.evidence.rules.p_interval import p_against_interval
from escc_bayes.evidence.rules.p_side import one_sided_side
from escc_bayes.evidence.rules.percentages import percentages_against_counts
from escc_bayes.evidence.rules.precision import little_information
from escc_bayes.evidence.rules.quote_values import values_against_quotes
from escc_bayes.evidence.rules.ranges import values_within_ranges
from escc_bayes.evidence.rules.rate_differences import differences_against_rates
from escc_bayes.evidence.rules.repeated_counts import one_label_two_counts
from escc_bayes.evidence.rules.rmst import rmst_within_horizon
from escc_bayes.evidence.rules.swapped_groups import percentages_of_the_other_group
from escc_bayes.evidence.rules.t_tests import t_against_moments
from escc_bayes.evidence.rules.two_by_two import tables_against_tests
from escc_bayes.evidence.rules.uncensored_rates import rates_before_censoring
from escc_bayes.evidence.rules.whole_number_means import means_of_whole_numbers
from escc_bayes.foundation.careful import careful
from escc_bayes.foundation.errors import InputError

type Rule = Callable[[Study, Ledger], Iterator[Finding]]

RULES: Mapping[Rule, str] = {
    impossible_prints: "each number by itself: estimate within its interval, probabilities from 0 to 1",
    values_against_quotes: "each number with the sentence that prints it",
    counts_that_sum: "classes of one covariate with the patients they divide; parts with their whole",
    one_label_two_counts: "one quantity printed twice",
    one_arm_two_counts: "patients and events of one arm, wherever printed",
    group_sizes: "groups with the study, events with their groups",
    percentages_against_counts: "percentages with counts and group sizes",
    rates_before_censoring: "rates before the minimum follow-up with whole patients",
    chi_square_and_p: "chi-square with its P",
    one_statistic_two_p: "one statistic with its P values",
    repeated_measure_df: "degrees of freedom of one quantity",
    claims_against_p: "words of significance with P",
    interval_symmetry: "ratio with the middle of its limits",
    p_against_interval: "P with the interval beside it",
    implied_events: "precision of hazard ratios with the events",
    monotone_survival: "rates of one curve with one another and with its median",
    progression_before_death: "progression-free with overall survival",
    events_against_failures: "events with what the rates leave",
    medians_against_ratio: "hazard ratio with the ratio of medians",
    rmst_within_horizon: "restricted means with their horizon and rates",
    t_against_moments: "t with means, SDs, sizes and P",
    nested_covariate: "standard errors of nested covariates",
    ratio_against_curves: "hazard ratio with rates and medians of its groups",
    ratio_against_words: "hazard ratio with the words beside it",
    one_sided_side: "side of a one-sided P with that of the ratio",
    percentages_of_the_other_group: "percentages with the size of their own group",
    tables_against_tests: "2x2 tables with P, ratio and limits",
    intervals_of_rates: "intervals of rates with the patients",
    events_against_rate: "events of an arm with its rate and follow-up",
    numbers_at_risk: "numbers at risk with one another, with patients and with survival",
    means_of_whole_numbers: "means of whole numbers with the patients (GRIM)",
    values_within_ranges: "means, medians and SDs with their ranges",
    follow_up_and_dates: "follow-up with the study's dates and the times of rates",
    differences_against_rates: "differences of two rates with the rates",
    baseline_p_values: "P values of baseline characteristics with chance",
    little_information: "limits and events with what a model asks of them",
}
"""Every rule, and what it compares."""


class Checked(NamedTuple):
    """What one rule compared, how often, and how many findings it had."""

    what: str
    checks: int
    findings: int


@dataclass(frozen=True, slots=True)
class AuditedStudy:
    """One study's audit: its findings, the most serious first, how many checks were made, and what was not checked.

    ``by_rule`` says so of each rule; ``quotes`` has the printed words of each place.
    """

    study: str
    findings: Findings
    checks: int
    not_checked: tuple[NotChecked, ...]
    by_rule: tuple[Checked, ...] = ()
    quotes: Mapping[str, str] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """The result in one line.

        Examples
        --------
        >>> AuditedStudy("orient15", Findings(), 42, ()).words
        'orient15: 42 checks, nothing found'
        """
        counted = [(word, sum(f.severity == word for f in self.findings)) for word in SEVERITIES]
        plural = {"ask the authors": "to ask the authors", "notice": "notices"}
        found = ", ".join(
            f"{n} {word if n == 1 and word == 'notice' else plural.get(word, word)}" for word, n in counted if n
        )
        left = len(self.not_checked)
        checks = "1 check" if self.checks == 1 else f"{self.checks} checks"
        rest = f"; {left} could not be checked" if left else ""
        return f"{self.study}: {checks}, {found or 'nothing found'}{rest}"


def audited(study: Study) -> AuditedStudy:
    """Run all rules on a study, and keep the book of what they compared."""
    book, quoted = Ledger(), as_quoted(study)
    found: list[Finding] = []
    by_rule: list[Checked] = []
    for rule, what in RULES.items():
        before = book.checks
        own = list(rule(quoted, book))
        found += own
        by_rule.append(Checked(what, book.checks - before, len(own)))
    quotes = {estimate.place: estimate.quote for estimate in study.estimates}
    quotes |= {curve.place: curve.quote for curve in study.survivals}
    quotes |= {number.place: number.quote for number in study.numbers}
    return AuditedStudy(study.id, most_serious(found), book.checks, tuple(book.left), tuple(by_rule), quotes)


@careful
def audit(study: Study) -> Findings:
    """Hold what a paper prints against what its own numbers allow, by every rule (docs/methods/audit.md).

    Parameters
    ----------
    study : what the paper prints, from ``read_study``.

    Returns
    -------
    Findings : a tuple, the most serious first (``impossible``, ``very unlikely``, ..); each
        with its ``statement``, the ``arithmetic`` behind it and the ``place`` in the paper. Empty: nothing was found,
        which is no proof that nothing is wrong.

    Examples
    --------
    >>> import escc_bayes as eb
    >>> eb.audit(eb.read_study("seed1_scirep2025"))[0].statement
    'The stages sum to 69, but the study has 79 patients.'
    """
    return audited(study).findings


def audit_studies(paths: Iterable[str | Path]) -> tuple[tuple[AuditedStudy, ...], tuple[InputError, ...]]:
    """Audit study files; one that is no TOML is a problem and does not stop the others."""
    done: list[AuditedStudy] = []
    problems: list[InputError] = []
    for path in paths:
        try:
            done.append(audited(read_prints(path)))
        except InputError as error:
            problems.append(error)
    return tuple(done), tuple(problems)
