"""What the tail of a curve rests on: who is still followed at each year, and what other sources add to numbers beyond.

docs/methods/external_information.md.
"""

from escc_bayes.compare.other_analyses import WITH, WITHOUT, Analysis, at_risk
from escc_bayes.estimand.estimate import Estimate
from escc_bayes.foundation.sentence import counted
from escc_bayes.plots.words import estimate_words
from escc_bayes.report.page.view import Table
from escc_bayes.spec.plan import ModelPlan

# A step of a curve is one event of those at risk: with fewer it is more than a tenth of what is left.
FEW = 10
SURVIVAL, MEAN = "survival", "rmst"
# Restricted means that are told in words.
TOLD = (36.0, 60.0)


def tail_table(analyses: tuple[Analysis, ...], caption: str, plan: ModelPlan) -> Table:
    """Return a row for each year: at risk, events still to come, survival and restricted mean with and without."""
    read = {(a.name, e.estimand, e.time): e for a in analyses for e in a.estimates if not e.term}
    months = sorted({time for name, kind, time in read if kind == SURVIVAL and name == WITH and time % 12.0 == 0.0})
    rows = tuple(
        (
            f"{month:g}",
            str(at_risk(plan, month)),
            str(events_after(plan, month)),
            *(estimate_words(read[name, kind, month]) for kind in (SURVIVAL, MEAN) for name in (WITH, WITHOUT)),
        )
        for month in months
    )
    columns = ("Month", "At risk", "Events later", "Survival with", "without", "Mean months to it with", "without")
    note = f"At risk: still followed. Posterior median and credible interval. Clock: {plan.rows.clock}."
    return Table(caption, columns, rows, note)


def events_after(plan: ModelPlan, month: float) -> int:
    """Return how many events come after a month."""
    rows = plan.rows.one_each
    return int(((rows.event == 1.0) & (rows.time > month)).sum())


def tail_sentences(analyses: tuple[Analysis, ...], plan: ModelPlan) -> tuple[str, ...]:
    """Say from when fewer than ten are followed, and how much narrower other sources make restricted means."""
    rows = plan.rows.one_each
    last = float(rows.time.max())
    few = sorted(rows.time, reverse=True)[FEW - 1] if rows.n >= FEW else 0.0
    head = (
        f"Beyond {few:.1f} months fewer than {FEW} of {rows.n} patients are followed, beyond {last:.1f} nobody: there "
        "the curve is the model's form, and other sources where they speak of these months"
    )
    read = {(a.name, e.time): e for a in analyses for e in a.estimates if e.estimand == MEAN and not e.term}
    told = [mean_words(read[WITH, month], read[WITHOUT, month]) for month in TOLD if (WITH, month) in read]
    return (f"{head}.", *told)


def mean_words(with_sources: Estimate, without: Estimate) -> str:
    """Say a restricted mean with and without other sources, and how much of its interval they take away."""
    wide, narrow = without.upper - without.lower, with_sources.upper - with_sources.lower
    change = (
        f"{100 * abs(1.0 - narrow / wide):.0f} % {'narrower' if narrow < wide else 'wider'}"
        if wide > 0.0
        else "as wide"
    )
    return (
        f"Mean survival to {counted(with_sources.time, 'month')}: {number_words(with_sources)} with other sources, "
        f"{number_words(without)} without; the interval is {change} with them."
    )


def number_words(e: Estimate) -> str:
    """Return a number of months with its limits."""
    return f"{e.value:.1f} ({e.lower:.1f} to {e.upper:.1f})"
