"""What would the next trial show? A design sketched from the pooled prior, else from the cohorts, and simulated."""

import math
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from escc_bayes.data.published import PublishedSurvival, Study
from escc_bayes.evidence.endpoints import endpoint
from escc_bayes.evidence.manuscript.between_arms import more_treated, treatments
from escc_bayes.evidence.published_names import slug
from escc_bayes.foundation.errors import InputError
from escc_bayes.foundation.scheduler import Serial
from escc_bayes.report.document.document import Block, Heading, Items, Paragraph, Picture
from escc_bayes.report.page.reconstructions import PooledRatio, Reconstructions
from escc_bayes.report.paper.part import Part
from escc_bayes.report.paper.pool_part import Pooled
from escc_bayes.report.paper.request import PaperRequest
from escc_bayes.report.paper.sketch import Sketch, design_toml
from escc_bayes.report.verbs.plan import write_plan_files
from escc_bayes.trial.reading.design import load_design
from escc_bayes.trial.requests.requested_analyses import requested_analyses
from escc_bayes.trial.simulation.operating_characteristics import operating_characteristics
from escc_bayes.trial.simulation.summary import summary

NAME, TITLE = "next_trial", "SIMULATED: what the next trial would show"
ASSIGNED = re.compile(r"added|_vs_", re.IGNORECASE)
"""Effects that a trial can assign: a treatment added, or one against another."""

ASSIGNABLE = re.compile(
    r"(?:^|_)(?:arm|treatment|therapy|radiotherapy|rt|crt|coverage|sequence|schedule|regimen|dose|surgery)(?:_|$)",
    re.IGNORECASE,
)
"""Covariates that a trial can assign; stage or a blood count it cannot."""

USUAL_MEDIAN = 12.0


def trial_part(asked: PaperRequest, folder: Path, pools: Sequence[Pooled], fitted: Reconstructions | None) -> Part:
    """Write the design and what it does.

    Raises
    ------
    InputError : nothing that a trial could assign has an effect to be found; with the reason for each.
    """
    sketch = first_possible([*of_pools(asked.study, pools), *of_fits(asked.study, fitted)])
    below = folder / NAME
    below.mkdir()
    (below / "design.toml").write_text(design_toml(sketch), encoding="utf-8")
    design = load_design(below / "design.toml")
    found = operating_characteristics(design, trials=asked.trials, seed=asked.seed)
    nothing_more = requested_analyses(design, trials=asked.trials, seed=asked.seed, scheduler=Serial())
    write_plan_files(below, found, nothing_more)
    said = [line for line in summary(found) if line]
    size = f"{sketch.events} events, {sketch.patients} patients"
    short = f"{sketch.treatment} v {sketch.control} on {sketch.endpoint}: {size}"
    picture = [Picture("power", "Power and assurance against events", f"{NAME}/")] if has_figure(below) else []
    blocks: tuple[Block, ...] = (
        Paragraph(
            f"A SKETCH: {short}. The effect comes from {sketch.source}; the control median of {sketch.median:g} "
            f"months: {sketch.median_from}. Accrual, dropout, looks and the effect worth having are clinical choices, "
            "marked CHECK in design.toml."
        ),
        *picture,
        Heading(f"What it does, by {asked.trials:,} simulated trials", 3),
        Items(tuple(said)),
    )
    files = (
        (f"{NAME}/design.toml", "the design, every clinical choice marked CHECK; then `escc-bayes plan design.toml`"),
        (f"{NAME}/operating_characteristics.csv", "power, assurance, type I error, expected size"),
        (f"{NAME}/summary.txt", "the same in sentences"),
    )
    return Part(NAME, TITLE, short, blocks, files)


def has_figure(folder: Path) -> bool:
    """Whether the power was drawn."""
    return (folder / "figures" / "power.svg").is_file()


def first_possible(sketches: Sequence[Sketch]) -> Sketch:
    """Return the first sketch whose effect a trial can find.

    Raises
    ------
    InputError : there is none.
    """
    reasons: list[str] = []
    for sketch in sketches:
        try:
            sketch.events  # noqa: B018 - raises where there is nothing to find
        except InputError as error:
            reasons.append(f"{error}.")
        else:
            return sketch
    raise InputError(
        " ".join(reasons)
        or "no effect of the paper is one that a trial could assign, with a pooled or fitted hazard ratio"
    )


def of_pools(study: Study, pools: Sequence[Pooled]) -> Iterator[Sketch]:
    """Yield a sketch for each pooled effect that a trial can assign, overall survival first."""
    for pool in sorted(pools, key=lambda one: one.endpoint != "OS"):
        prior = pool.found.prior
        if not ASSIGNED.search(pool.effect):
            continue
        median, source = control_median(study, pool.endpoint, prior.versus)
        yield Sketch(
            f"next_{pool.effect}",
            prior.versus,
            prior.hazard_of,
            pool.endpoint,
            math.exp(prior.mixture.quantile(0.5)),
            f'{{ evidence = "../{pool.folder}/prior.toml", endpoint = "{pool.endpoint}" }}',
            f"the pool of {len(prior.studies)} published studies of {pool.effect}",
            median,
            source,
        )


def of_fits(study: Study, fitted: Reconstructions | None) -> Iterator[Sketch]:
    """Yield a sketch for each fitted contrast that a trial can assign: those of two levels first, OS first."""
    if fitted is None:
        return
    ratios = [ratio for ratios in fitted.ratios.values() for ratio in ratios]
    able = [ratio for ratio in ratios if ASSIGNABLE.search(str(term_of(ratio)))]
    for ratio in sorted(able, key=lambda one: (one.pooled.endpoint != "os", levels(one, able) > 1)):
        yield of_fit(study, ratio)


def of_fit(study: Study, ratio: PooledRatio) -> Sketch:
    """Return the sketch of one fitted contrast; the treatment is the group given more, else the one of lower hazard."""
    estimate = ratio.pooled
    first, _, second = estimate.contrast.partition(" vs ")
    mean, sd = estimate.log_mean, estimate.log_sd
    treated = more_treated((first, second)) or (first if mean < 0.0 else second)
    treatment, control, belief = (first, second, mean) if treated == first else (second, first, -mean)
    word = estimate.endpoint.upper()
    median, source = control_median(study, word, control)
    return Sketch(
        f"next_{slug(term_of(ratio))}",
        control,
        treatment,
        word,
        math.exp(belief),
        f"{{ normal = [{belief:.4f}, {sd:.4f}] }}",
        f"the RECONSTRUCTED cohorts' {term_of(ratio)} alone, observational, no other study pooled",
        median,
        source,
    )


def term_of(ratio: PooledRatio) -> str:
    """Return the covariate of a fitted ratio."""
    return str(ratio.pooled.term)


def levels(ratio: PooledRatio, others: Sequence[PooledRatio]) -> int:
    """Return how many contrasts of one endpoint the covariate has."""
    return sum(term_of(one) == term_of(ratio) and one.pooled.endpoint == ratio.pooled.endpoint for one in others)


def control_median(study: Study, word: str, control: str) -> tuple[float, str]:
    """Return the median of the control arm, as printed: of that arm, else of all patients, else a usual one."""
    curves = [c for c in study.survivals if endpoint(c.endpoint) == word and (c.median is not None or c.landmarks)]
    arms = {c.arm for c in curves}
    alike = [c for c in curves if len(arms) > 1 and treatments(c.arm) == treatments(control) != set()]
    own = [c for c in curves if c.arm == control] or alike
    whole = curves if len(arms) == 1 else []
    for found, whose in ((own, "that arm"), (whole, "all patients")):
        if found:
            median, how = median_of(found[-1])
            return median, f"{how} for {whose}, {found[-1].arm}"
    return USUAL_MEDIAN, "assumed, nothing is printed of such patients"


def median_of(curve: PublishedSurvival) -> tuple[float, str]:
    """Return the printed median, else that of a constant hazard through the last printed rate.

    Examples
    --------
    >>> from decimal import Decimal
    >>> from escc_bayes.data.published import Landmark
    >>> rate = Landmark(Decimal(36), Decimal("0.562"))
    >>> median_of(PublishedSurvival("", "all", "OS", "", landmarks=(rate,)))
    (43.3, 'from S(36) = 0.562 by a constant hazard')
    """
    if curve.median is not None:
        return float(curve.median), "printed"
    last = max(curve.landmarks, key=lambda mark: mark.t)
    if not 0 < last.s < 1:
        return USUAL_MEDIAN, "assumed, S is printed as 0 or 1,"
    months = math.log(2.0) * float(last.t) / -math.log(float(last.s))
    return round(months, 1), f"from S({last.t}) = {last.s} by a constant hazard"
