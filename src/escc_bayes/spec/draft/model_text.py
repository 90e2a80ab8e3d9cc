"""A draft of a model as text: piecewise exponential, weakly informative priors in clinical words, a sceptic."""

import math
from collections.abc import Sequence

from escc_bayes.spec.draft.covariates import Guess
from escc_bayes.spec.draft.endpoints import Endpoint
from escc_bayes.spec.prior import Z975
from escc_bayes.spec.structures.registry import usual_structure
from escc_bayes.spec.usual import (
    CHANGING_LOG_RATE,
    CHANGING_PIECES,
    LEVELS_SD,
    LEVELS_UPPER,
    NUMBER_UPPER,
    STEP_SD,
    usual_cuts,
    usual_survival,
)

# Events for each coefficient below which a model leaves covariates to be added by hand.
EVENTS_PER_COEFFICIENT = 3
# Patients outside the commonest level below which a covariate says nothing.
FEWEST = 5
LANDMARK = "# The clock restarts when {late} is known; patients whose follow-up ends before are left out and counted.\n"
HEAD = """\
# A draft: one model for {endpoint}. The priors are weakly informative, in clinical words; change what you know better.
# All words of a model: models/README.md.
schema = 1
name = "{name}"

[outcome]
endpoint = "{endpoint}"
{landmark}
"""
SMOOTH = """\
[baseline]
family = "piecewise_exponential"
cuts = [{cuts}]   # months{after}
at = "mean"
smoothing = "random_walk"
steps = "length"
sd = {{ halfnormal = {step} }}

[priors]
# CHECK: survival at {at:g} months that you expected before these data: its median, and its 2.5 % point
baseline_survival = {{ at = {at:g}, median = {median:.2f}, lower = {lower:.2f} }}
"""
CHANGING = """\
[baseline]
family = "piecewise_exponential"
pieces = {pieces}   # cut at quantiles of the events and of the months at which values change
at = "mean"
smoothing = "independent"   # a smooth baseline would give covariates that change a part of its own slope

[priors]
# CHECK: log of the events a month in each piece, that you expected before these data: its mean and SD; 95 % of the
# prior lie from {low:.5f} to {high:.2g} events a month
baseline_log_rate = {{ normal = [{mean:.1f}, {sd:.1f}] }}
"""


def model_text(endpoint: Endpoint, guesses: Sequence[Guess], events: int, last: float) -> str:
    """Return a model.

    Parameters
    ----------
    guesses : the covariates.
    events, last : of the endpoint; months of the longest follow-up.
    """
    poor = {name: [guess for guess in guesses if tells(guess)] for name, tells in POOR.items()}
    carried = [guess for guess in guesses if not any(guess in held for held in poor.values())]
    chosen, others = affordable(carried, events)
    landmark = max((guess.known_at for guess in chosen if guess.known_at is not None), default=0.0)
    late = ", ".join(guess.name for guess in chosen if guess.known_at)
    text = HEAD.format(
        endpoint=endpoint.name,
        name=f"{endpoint.name}_draft",
        landmark=f"{LANDMARK.format(late=late)}landmark = {landmark:g}   # CHECK: not before {late} is known\n"
        if landmark
        else "",
    )
    baseline = baseline_text(endpoint, last, landmark)
    parts = [text + baseline, *(effect_text(guess) for guess in chosen), variant_text(chosen)]
    reasons = {f"{events} events carry few coefficients": others, **poor}
    parts += [
        f"# Left out, since {why}: {', '.join(guess.name for guess in held)}.\n"
        for why, held in reasons.items()
        if held
    ]
    return "\n".join(parts)


def baseline_text(endpoint: Endpoint, last: float, landmark: float) -> str:
    """Return baseline and its prior: cut where values change in a file of several rows a patient, else smooth."""
    if endpoint.begins:
        prior = CHANGING_LOG_RATE
        low, high = (math.exp(prior.mean + side * Z975 * prior.sd) for side in (-1.0, 1.0))
        return CHANGING.format(pieces=CHANGING_PIECES, mean=prior.mean, sd=prior.sd, low=low, high=high)
    survival = usual_survival(last - landmark)
    return SMOOTH.format(
        cuts=", ".join(f"{cut:g}" for cut in usual_cuts(last - landmark)),
        after=" after the landmark" if landmark else "",
        at=survival.at,
        median=survival.median,
        lower=survival.lower,
        step=STEP_SD,
    )


def nearly_alike(guess: Guess) -> bool:
    """Whether hardly anybody is outside one level."""
    counts = guess.column.counts
    return bool(guess.levels) and sum(counts.values()) - max(counts.values()) < FEWEST


def mostly_missing(guess: Guess) -> bool:
    """Whether a model would lose a third of the patients or more for lack of the value."""
    return 3 * guess.column.missing >= len(guess.column.values)


POOR = {
    f"fewer than {FEWEST} patients are outside one level": nearly_alike,
    "a third of the patients or more lack them": mostly_missing,
}


def affordable(guesses: Sequence[Guess], events: int) -> tuple[list[Guess], list[Guess]]:
    """Return covariates whose coefficients the events can carry, those known at time zero first, and the others."""
    chosen: list[Guess] = []
    spent = 0
    for guess in sorted(guesses, key=lambda guess: guess.known_at is not None):
        cost = max(1, len(guess.levels) - 1)
        if not chosen or (spent + cost) * EVENTS_PER_COEFFICIENT <= events:
            chosen.append(guess)
            spent += cost
    return [guess for guess in guesses if guess in chosen], [guess for guess in guesses if guess not in chosen]


def effect_text(guess: Guess) -> str:
    """Return the table of one effect, of the structure that is usual for its kind."""
    structure = usual_structure(guess.kind)
    lines = ["[[effect]]", f'covariate = "{guess.name}"', f'structure = "{structure.WORD}"']
    if guess.kind == "continuous":
        lines.append(f"prior = {{ hr_median = 1.0, hr_upper = {NUMBER_UPPER} }}   # per {guess.scale:g}")
    elif "sd" in structure.KEYS:
        lines.append(f"sd = {{ halfnormal = {LEVELS_SD} }}   # levels are shrunk towards each other")
    else:
        who, far = f"{guess.levels[-1]} over {guess.levels[0]}", f"{LEVELS_UPPER:g}"
        remark = f"{who}: above {far} or below 1/{far} would surprise"
        lines.append(f"prior = {{ hr_median = 1.0, hr_upper = {LEVELS_UPPER} }}   # {remark}")
    return "\n".join([*lines, ""])


def variant_text(chosen: Sequence[Guess]) -> str:
    """Return the sceptical variant: hazard ratios rarely beyond 1.8."""
    lines = ["[variants.sceptical]"]
    for guess in chosen:
        if "sd" in usual_structure(guess.kind).KEYS:
            lines.append(f"effect.{guess.name}.sd = {{ halfnormal = 0.2 }}")
        else:
            upper = 1.4 if guess.kind == "continuous" else 1.8
            lines.append(f"effect.{guess.name}.prior = {{ hr_median = 1.0, hr_upper = {upper} }}")
    return "\n".join([*lines, ""])
