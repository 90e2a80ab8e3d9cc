"""The section and the figures that say what all reconstructions of a print say together."""

from collections.abc import Sequence

from escc_bayes.estimand.estimate import Estimate
from escc_bayes.plots.members import MemberLane, lanes_height, members_forest
from escc_bayes.plots.words import estimate_words, interval_words, probability, ratio
from escc_bayes.report.document.provenance import provenance_first
from escc_bayes.report.document.sheet import Sheet, drawn
from escc_bayes.report.page.bundle import Bundle
from escc_bayes.report.page.outcomes import Outcome, term_labels
from escc_bayes.report.page.reconstructions import PooledRatio, Reconstructions
from escc_bayes.report.page.tables import COUNTS, counts_words
from escc_bayes.report.page.view import Block, Picture, Section, Table
from escc_bayes.spec.transitions import heading

NAME, TITLE = "reconstructions", "All reconstructions: what the print leaves open"
INTRO = (
    "One reconstruction is one guess. The headline models were fitted to every cohort that gives back the printed "
    "numbers, and the posteriors pooled with equal weights. The share between reconstructions is the part of the "
    "posterior variance of the log hazard ratio that comes from what was never printed."
)
LANE_MM = 3.4


def reconstruction_section(
    bundle: Bundle, found: Sequence[Outcome], pictures: dict[str, tuple[Picture, ...]]
) -> Section:
    """Return the section; ``pictures`` by outcome."""
    held = bundle.reconstructions
    assert held is not None
    blocks = tuple(
        Block(
            f"{o.title}: {o.key}, model {headline(o)}",
            sentences=(held.pooled[headline(o)].sentence(),),
            tables=(pooled_table(o, bundle, held),),
            pictures=pictures.get(o.key, ()),
            folded=True,
        )
        for o in found
        if held.ratios[headline(o)]
    )
    return Section(NAME, TITLE, INTRO, blocks, "Reconstructions", ("ensembles", "reconstruction"))


def headline(outcome: Outcome) -> str:
    """Return the name of the first model of an outcome."""
    return outcome.posteriors[0].plan.spec.name


def pooled_table(outcome: Outcome, bundle: Bundle, held: Reconstructions) -> Table:
    """Return each contrast over all reconstructions, beside the one shown."""
    labels = term_labels(bundle.cohort)
    shown = shown_estimates(outcome)
    rows = []
    for r in held.ratios[headline(outcome)]:
        e = r.pooled
        rows.append(
            (
                f"{heading(labels.get(e.term, e.term), e.transition)}: {e.contrast}",
                counts_words(e),
                estimate_words(e),
                probability(e.prob_gt_1),
                f"{100.0 * r.share:.0f} %",
                f"{ratio(float(r.medians.min()))} to {ratio(float(r.medians.max()))}",
                estimate_words(shown[e.term, e.contrast_in]),
            )
        )
    kind = interval_words(held.ratios[headline(outcome)][0].pooled)
    head = (
        *("Contrast", COUNTS, f"All reconstructions: HR ({kind})", "P(HR > 1 | data)", "Share between reconstructions"),
        *("Medians of single reconstructions", f"The one shown: HR ({kind})"),
    )
    words = f"{outcome.title}: hazard ratios over {len(held.ensemble)} reconstructions; {outcome.key}"
    return Table(provenance_first(bundle.cohort.provenance, words), head, tuple(rows))


def shown_estimates(outcome: Outcome) -> dict[tuple[str, str], Estimate]:
    """Return the hazard ratios of the outcome's first model on the cohort shown, by term and contrast."""
    return {
        (e.term, e.contrast_in): e
        for e in outcome.comparison.of("hazard_ratio")
        if e.model == headline(outcome) and e.interval_kind == "credible"
    }


def pooled_words(r: PooledRatio) -> str:
    """Say a pooled hazard ratio beside that of the cohort shown."""
    e = r.pooled
    limits = f"{ratio(e.lower)} to {ratio(e.upper)}"
    return (
        f"over {r.medians.size} reconstructions {ratio(e.value)} ({limits}), {100.0 * r.share:.0f} % of the variance "
        "between them"
    )


def members_sheet(outcome: Outcome, held: Reconstructions, labels: dict[str, str]) -> Sheet:
    """Return every contrast of an outcome's first model over all reconstructions."""
    shown = shown_estimates(outcome)
    lanes = [
        MemberLane(r.pooled, shown[r.pooled.term, r.pooled.contrast_in], r.medians, r.share)
        for r in held.ratios[headline(outcome)]
    ]
    return drawn(
        lambda figure: members_forest(lanes, headings=labels, ax=figure.subplots()),
        name=f"{outcome.name}_reconstructions",
        section=NAME,
        outcome=outcome.key,
        title=f"{outcome.title}: hazard ratios over {len(held.ensemble)} reconstructions",
        about=held.pooled[headline(outcome)].sentence(),
        words=f"Model {headline(outcome)}. At the right: the pooled hazard ratio, and the share of the variance of its "
        "logarithm that lies between reconstructions.",
        clock=outcome.clock,
        provenance=outcome.posteriors[0].record.provenance,
        height_mm=LANE_MM * lanes_height(lanes) + 40.0,
    )
