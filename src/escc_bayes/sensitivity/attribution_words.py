"""Why Cox and the posterior differ, in a sentence a contrast: the steps that move the hazard ratio most."""

import math

from escc_bayes.sensitivity.part import Row, Rows, by_contrast, number

# Steps named in a sentence, the largest first, and what is too small to name.
NAMED, SMALL = 3, 0.02
NONE = (
    "not computed: no one way leads from Cox to this model: effects change over time, with a second covariate or are "
    "shrunk together, or there are strata, several transitions or endpoints, several rows of a patient, a "
    "trajectory, or events between two months"
)
WORDS = {
    "dropped_rows": "leaving out patients without the other covariates",
    "likelihood_form": "the form of the likelihood",
    "small_sample_bias": "small-sample bias (Firth)",
    "smoothing": "smoothing of the baseline",
    "confounding": "confounding by the other covariates",
    "non_collapsibility": "non-collapsibility (the same effect among patients alike)",
    "centres": "centres",
    "baseline_prior": "the prior on the baseline",
    "effect_prior": "the priors on effects",
    "shrinkage": "shrinkage between levels",
    "coding": "the coding (levels in order)",
    "mode_to_mean": "taking the mean, not the mode",
    "other_sources": "the survivors of other sources",
    "background_mortality": "taking the excess hazard, not that of all causes",
    "cure_fraction": "taking the hazard of those not cured, not of all",
}


def attribution_words(rows: Rows) -> tuple[str, ...]:
    """Return a sentence for each contrast; where there are none, why."""
    if not rows:
        return (NONE,)
    order = list(WORDS)
    # A step that the first reconstruction lacks comes last among pooled rows.
    ways = (sorted(way, key=lambda row: order.index(str(row["step"]))) for way in by_contrast(rows))
    return tuple(way_words(way) for way in ways)


def way_words(way: list[Row]) -> str:
    """Say where the way begins and ends, and what moves it most."""
    begin, end = number(way[0], "hr_before"), number(way[-1], "hr_after")
    start = "no finite estimate" if math.isnan(begin) else f"HR {begin:.2f}"
    moved = [(number(row, "difference"), row) for row in way if not math.isnan(number(row, "difference"))]
    most = sorted(moved, key=lambda pair: -abs(pair[0]))[:NAMED]
    named = "; ".join(factor_words(row) for size, row in most if abs(size) >= SMALL)
    why = f": {named}" if named else ", and no step moves it much"
    return f"{way[0]['term']} {way[0]['contrast']}: univariable Cox {start}, posterior mean HR {end:.2f}{why}."


def factor_words(row: Row) -> str:
    """Say by which factor a step moves a hazard ratio, and over which range where its place among the steps matters."""
    size, low, high = (number(row, name) for name in ("difference", "low", "high"))
    span = "" if high - low < SMALL else f" ({math.exp(low):.2f} to {math.exp(high):.2f} by order)"
    return f"{WORDS[str(row['step'])]} x {math.exp(size):.2f}{span}"
