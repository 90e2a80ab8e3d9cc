"""Does the arithmetic of a paper hold? Every rule runs on every study. See ``docs/methods/audit.md``."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from escc_bayes.data.study import Study, read_prints
from escc_bayes.evidence.finding import SEVERITIES, Finding, most_serious
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

RULES: tuple[Rule, ...] = (
    impossible_prints,
    values_against_quotes,
    counts_that_sum,
    one_label_two_counts,
    one_arm_two_counts,
    group_sizes,
    percentages_against_counts,
    rates_before_censoring,
    chi_square_and_p,
    one_statistic_two_p,
    repeated_measure_df,
    claims_against_p,
    interval_symmetry,
    p_against_interval,
    implied_events,
    monotone_survival,
    progression_before_death,
    events_against_failures,
    medians_against_ratio,
    rmst_within_horizon,
    t_against_moments,
    nested_covariate,
    ratio_against_curves,
    ratio_against_words,
    one_sided_side,
    percentages_of_the_other_group,
    tables_against_tests,
    intervals_of_rates,
    events_against_rate,
    numbers_at_risk,
    means_of_whole_numbers,
    values_within_ranges,
    follow_up_and_dates,
    differences_against_rates,
    baseline_p_values,
    little_information,
)


@dataclass(frozen=True, slots=True)
class AuditedStudy:
    """One study's audit: its findings, the most serious first, how many checks were made, and what was not checked."""

    study: str
    findings: tuple[Finding, ...]
    checks: int
    not_checked: tuple[NotChecked, ...]

    @property
    def words(self) -> str:
        """The result in one line.

        Examples
        --------
        >>> AuditedStudy("orient15", (), 42, ()).words
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
    found = [finding for rule in RULES for finding in rule(quoted, book)]
    return AuditedStudy(study.id, most_serious(found), book.checks, tuple(book.left))


@careful
def audit(study: Study) -> tuple[Finding, ...]:
    """Return the findings of all rules, the most serious first."""
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
