"""The difference from other studies of ICI with radiotherapy, and what selection and stage could make of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from escc_bayes.foundation.seeds import stream
from escc_bayes.foundation.sentence import capital
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.plots.words import percent, probability
from escc_bayes.study.beside import Beside, alive_at, pooled_arms, survival_draws
from escc_bayes.study.counted import HEAD, Counted, by_group, counted
from escc_bayes.study.ici_crt.coding import coded
from escc_bayes.study.middle import Middle
from escc_bayes.study.of_draws import of_draws
from escc_bayes.study.part import Row, StudyTable, table_of
from escc_bayes.study.subject import Subject
from escc_bayes.study.whole_model import fitted, whole_spec

# What kind of treatment an arm of another study had.
WITH_ICI, WITHOUT = "ICI with radiotherapy", "radiotherapy without ICI"
# Months at which survival stands beside that of others.
MONTHS = (12.0, 24.0, 36.0)
# Four cycles of three weeks in months: whoever had them lived so long.
GUARANTEED = 4 * 21 / 30.4375
DRAWS = 20_000
# Columns of the page, and quantities of the file.
COLUMNS = (
    "",
    f"Here, {HEAD[:1].lower()}{HEAD[1:]}",
    "Other arms (patients)",
    "Here, %",
    "Others: mean, %",
    "Others: a new study, %",
    "Difference, points",
    "P(higher here)",
    "A new study of those who lived through four cycles, %",
    "Here, all stage IV, %",
    "Here, none stage IV, %",
)
QUANTITIES = ("here", "mean", "new_study", "selected", "all_stage_iv", "no_stage_iv", "difference")


@dataclass(frozen=True, slots=True)
class Difference:
    """This cohort against the arms with ICI, at one month of one endpoint; survival as fractions.

    Attributes
    ----------
    arms, patients : of others.
    here : posterior of this cohort.
    mean, new : the others' mean, and what a new study of their kind would have.
    apart : here minus a new study.
    higher : probability that survival here is higher.
    selected : a new study whose patients all lived as long as four cycles take.
    mild, severe : this cohort with everybody in stage II or III, and in stage IV; NaN without stage.
    """

    endpoint: str
    month: float
    arms: int
    patients: int
    here: Middle
    mean: Middle
    new: Middle
    apart: Middle
    higher: float
    selected: Middle
    mild: Middle
    severe: Middle


def differences_of(subject: Subject, endpoint: str, found: Sequence[Beside]) -> list[Difference]:
    """Return the differences of one endpoint, at the months to which the cohort is followed."""
    posterior = fitted(subject, whole_spec(subject, endpoint, (), "piecewise", f"{endpoint}_all_patients"), ())
    last = min(float(data.time[data.present].max()) for data in subject.followed(endpoint))
    asked = np.array([month for month in MONTHS if month <= last])
    here, by_stage = posterior.survival(asked), stage_draws(subject, endpoint, asked)
    differences = []
    for place, month in enumerate(asked.tolist()):
        arms = [o for o in found if o.endpoint == endpoint.upper() and o.month == month and o.arm.kind == WITH_ICI]
        pools = pooled_arms(arms, subject.level)
        if pools is None:
            continue
        seed = stream(subject.seed, "others", endpoint, f"{month:g}")
        mean, new = (
            survival_draws(pool, DRAWS, stream(seed, word)) for pool, word in zip(pools, ("mean", "new"), strict=True)
        )
        own = np.resize(np.random.default_rng(stream(seed, "own")).permutation(here[:, place]), DRAWS)
        level, selected = subject.level, alive_at(new, month, GUARANTEED)
        differences.append(
            Difference(
                endpoint=endpoint,
                month=month,
                arms=len(arms),
                patients=sum(arm.n for arm in arms),
                here=of_draws(own, level),
                mean=of_draws(mean, level),
                new=of_draws(new, level),
                apart=of_draws(own - new, level),
                higher=float((own > new).mean()),
                selected=of_draws(selected, level),
                mild=of_draws(by_stage[0][:, place], level),
                severe=of_draws(by_stage[1][:, place], level),
            )
        )
    return differences


def stage_draws(subject: Subject, endpoint: str, months: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return survival with everybody in stage II or III, and in stage IV, (draws, months); NaN without stage."""
    stage = coded(subject, "stage") if subject.has("stage") else None
    if stage is None:
        return (np.full((1, months.size), np.nan),) * 2
    posterior = fitted(subject, whole_spec(subject, endpoint, (stage,), "piecewise", f"{endpoint}_stage"), (stage,))
    lower, upper = (posterior.survival(months, term=stage.effect, group=group) for group in stage.groups)
    return lower, upper


def reading(subject: Subject, one: Difference) -> str:
    """Return one line: the difference at a year, and what selection and stage could make of it."""
    lift = 100.0 * (one.selected.value - one.new.value)
    words = subject.words(one.endpoint)
    stage = (
        ""
        if np.isnan(one.mild.value)
        else (
            f"; stage alone moves this cohort from {percent(one.severe.value)} % (all stage IV) to "
            f"{percent(one.mild.value)} % (none)"
        )
    )
    return (
        f"{capital(words)} at {one.month:g} months: {percent(one.here.value)} % here, "
        f"{one.new.words(percent)} % expected of a new study like the {one.arms} other arms of ICI with radiotherapy; "
        f"difference {points(one.apart)} points, P(higher here) {probability(one.higher)}. Counting only patients who "
        f"lived through four cycles would lift the others by {lift:.1f} points{stage}."
    )


def points(found: Middle) -> str:
    """Print a difference of survival in percentage points."""
    return found.words(lambda x: f"{100 * x:+.1f}")


def difference_table(subject: Subject, differences: Sequence[Difference]) -> StudyTable:
    """Return the differences, and what selection and stage could make of them."""
    held = [(one, counted(subject, one.endpoint)) for one in differences]
    rows = [row for one, of in held for row in difference_rows(subject, one, of)]
    cells = [difference_cells(one, of) for one, of in held]
    note = (
        f"Posterior medians with {100 * subject.level:g} % credible intervals. Others: arms of ICI with radiotherapy, "
        "log cumulative hazards pooled with a half-normal prior of 0.35 on the drift between studies. Difference: this "
        f"cohort minus a new study. Four cycles of three weeks guarantee {GUARANTEED:.1f} months; the hazard of the "
        "others is taken as constant until the month. Stage: a model of stage alone, everybody set to it. With two "
        "arms the drift rests on its prior."
    )
    return table_of("others_difference", "difference to other studies", rows, COLUMNS, cells, note=note)


def difference_cells(one: Difference, of: Counted) -> tuple[str, ...]:
    """Return what the page prints of one difference."""
    percents = (one.here, one.mean, one.new, one.selected, one.severe, one.mild)
    here, mean, new, selected, severe, mild = (number.words(percent) for number in percents)
    return (
        f"{one.endpoint.upper()}, {one.month:g} months",
        of.words,
        f"{one.arms} ({one.patients})",
        here,
        mean,
        new,
        points(one.apart),
        probability(one.higher),
        selected,
        severe,
        mild,
    )


def difference_rows(subject: Subject, one: Difference, of: Counted) -> Iterator[Row]:
    """Yield the numbers of one difference, each with its limits and what it rests on."""
    behind = rests_on(subject, one, of)
    found = (one.here, one.mean, one.new, one.selected, one.severe, one.mild, one.apart)
    for what, number in zip(QUANTITIES, found, strict=True):
        yield {
            "endpoint": one.endpoint,
            "time": one.month,
            "arms": one.arms,
            "quantity": what,
            **behind[what],
            "value": number.value,
            "lower": number.lower,
            "upper": number.upper,
            "level": subject.level,
            "prob_higher": one.higher if what == "difference" else np.nan,
        }


def rests_on(subject: Subject, one: Difference, here: Counted) -> dict[str, dict[str, float]]:
    """Return patients and events behind each quantity; events of other studies are seldom printed, and NaN."""
    stage = coded(subject, "stage") if subject.has("stage") else None
    mild, severe = (
        (here, here) if stage is None else by_group(subject, one.endpoint, stage.groups, stage.values).values()
    )
    others = {"n": float(one.patients), "events": np.nan}
    return {
        "here": here.row,
        "difference": here.row,
        "all_stage_iv": severe.row,
        "no_stage_iv": mild.row,
        **dict.fromkeys(("mean", "new_study", "selected"), others),
    }
