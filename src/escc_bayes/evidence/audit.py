"""Does the arithmetic of a paper hold? Every rule runs on every study. See ``docs/methods/audit.md``."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from escc_bayes.data.study import Study, read_study
from escc_bayes.evidence.finding import SEVERITIES, Finding
from escc_bayes.evidence.rules.arm_counts import one_arm_two_counts
from escc_bayes.evidence.rules.chi_square import chi_square_and_p, one_statistic_two_p, repeated_measure_df
from escc_bayes.evidence.rules.claims import claims_against_p
from escc_bayes.evidence.rules.counts import counts_that_sum
from escc_bayes.evidence.rules.endpoint_order import progression_before_death
from escc_bayes.evidence.rules.event_balance import events_against_failures
from escc_bayes.evidence.rules.group_sizes import group_sizes
from escc_bayes.evidence.rules.implied_events import implied_events
from escc_bayes.evidence.rules.interval_shape import interval_symmetry
from escc_bayes.evidence.rules.medians import medians_against_ratio
from escc_bayes.evidence.rules.monotone import monotone_survival
from escc_bayes.evidence.rules.nesting import nested_covariate
from escc_bayes.evidence.rules.p_interval import p_against_interval
from escc_bayes.evidence.rules.percentages import percentages_against_counts
from escc_bayes.evidence.rules.repeated_counts import one_label_two_counts
from escc_bayes.evidence.rules.rmst import rmst_within_horizon
from escc_bayes.evidence.rules.t_tests import t_against_moments
from escc_bayes.evidence.rules.uncensored_rates import rates_before_censoring
from escc_bayes.foundation.errors import InputError

type Rule = Callable[[Study], Iterator[Finding]]

RULES: tuple[Rule, ...] = (
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
)


def audit(study: Study) -> tuple[Finding, ...]:
    """Return the findings of all rules, contradictions first."""
    found = [finding for rule in RULES for finding in rule(study)]
    return tuple(sorted(found, key=lambda finding: SEVERITIES.index(finding.severity)))


def audit_files(paths: Iterable[str | Path]) -> tuple[tuple[Finding, ...], tuple[InputError, ...]]:
    """Audit study files; one that cannot be read is a problem and does not stop the others."""
    findings: list[Finding] = []
    problems: list[InputError] = []
    for path in paths:
        try:
            findings.extend(audit(read_study(path)))
        except InputError as error:
            problems.append(error)
    return tuple(findings), tuple(problems)
