"""Models that ask much of few events: limits wider than tenfold, and few events for each covariate. Notices only.

Events per variable: below 10 estimates and coverage begin to suffer (Peduzzi et al. 1995, J Clin Epidemiol 48:1503;
relaxed to 5 to 9 by Vittinghoff & McCulloch 2007, Am J Epidemiol 165:710).
"""

from collections.abc import Iterator

from escc_bayes.data.published import PublishedEstimate
from escc_bayes.data.study import Study
from escc_bayes.evidence.endpoints import endpoint
from escc_bayes.evidence.finding import Finding
from escc_bayes.evidence.ledger import Ledger
from escc_bayes.evidence.rules.implied_events import events_given
from escc_bayes.evidence.rules.wald import own_hazard_ratio
from escc_bayes.foundation.sentence import counted

RULE = "precision"
WIDE, ENOUGH = 10.0, 10.0


def little_information(study: Study, ledger: Ledger | None = None) -> Iterator[Finding]:
    """Note ratios whose limits differ more than tenfold, and models with fewer than ten events a covariate."""
    book = ledger or Ledger()
    for estimate in study.estimates:
        low, high = estimate.ci_low, estimate.ci_high
        if low is None or high is None or not 0 < low <= high or not own_hazard_ratio(estimate):
            continue
        book.made()
        if float(high) > WIDE * float(low):
            yield Finding(
                study.id,
                RULE,
                "notice",
                f"{estimate.effect}, {estimate.endpoint}: the limits {low} and {high} differ "
                f"{float(high / low):.0f}-fold; the ratio says little about the size of the effect.",
                f"{high} / {low} = {float(high / low):.1f}",
                estimate.place,
            )
    yield from few_events(study, book)


def few_events(study: Study, book: Ledger) -> Iterator[Finding]:
    """Note models with many covariates for their events; what is adjusted alike for one endpoint is one model."""
    models: dict[tuple[str, str, str], list[PublishedEstimate]] = {}
    for estimate in study.estimates:
        if estimate.adjusted is True and own_hazard_ratio(estimate):
            key = (endpoint(estimate.endpoint), estimate.adjustment, f"{estimate.subgroup} {estimate.cutoff}")
            models.setdefault(key, []).append(estimate)
    for (name, *_), members in models.items():
        covariates = {estimate.effect for estimate in members}
        counts = [events for estimate in members if (events := events_given(study, estimate)) is not None]
        if len(covariates) < 2 or not counts:
            continue
        book.made()
        each = max(counts) / len(covariates)
        if each < ENOUGH:
            yield Finding(
                study.id,
                RULE,
                "notice",
                f"{name}: {max(counts)} events for at least {counted(len(covariates), 'covariate')} of one model, "
                f"{each:.1f} each.",
                f"{max(counts)} / {len(covariates)} = {each:.1f} < {ENOUGH:g}: {', '.join(sorted(covariates))}",
                ", ".join(estimate.place for estimate in members),
            )
