"""Beside other studies: survival, response and fistula; the difference, and what could make it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from escc_bayes.classical.proportions import share
from escc_bayes.data.study import read_study
from escc_bayes.foundation.seeds import stream
from escc_bayes.foundation.sentence import capital
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.plots.words import percent, probability
from escc_bayes.study import middle as km
from escc_bayes.study.beside import (
    IMPLIED,
    Arm,
    Beside,
    alive_at,
    pooled_arms,
    printed_survival,
    survival_draws,
)
from escc_bayes.study.counted import HEAD, Counted, by_group, counted
from escc_bayes.study.ici_crt.coding import coded
from escc_bayes.study.middle import Middle
from escc_bayes.study.of_draws import of_draws
from escc_bayes.study.part import Part, Row, StudyDots, StudyFigure, StudyTable, table_of
from escc_bayes.study.subject import Subject
from escc_bayes.study.whole_model import fitted, whole_spec

TITLE = "Beside other studies"
WITH_ICI, WITHOUT = "ICI with radiotherapy", "radiotherapy without ICI"
ARMS = (
    *(
        Arm(study, arm, WITH_ICI)
        for study, arm in (
            ("chenh2026_44", "induction + CRT + ICI"),
            ("ec_crt_001", "toripalimab + dCRT"),
            ("ec_crt_002", "A (16 cycles)"),
            ("ec_crt_002", "B (4 cycles)"),
            ("guangxi2024_101", "CCRT + ICI"),
            ("induction_ict_rt66", "ICIs + RT"),
            ("park_durva_treme", "CRT + durvalumab + tremelimumab"),
            ("rcit_oescc140", "RCIT (all)"),
            ("tenergy_epoc1802", "dCRT then atezolizumab"),
            ("yang2025_290", "dCRT + ICI"),
            ("zhangw2021_crt_camre", "CRT + camrelizumab"),
        )
    ),
    *(
        Arm(study, arm, WITHOUT)
        for study, arm in (
            ("ec_crt_002", "historical CRT"),
            ("guangxi2024_101", "CCRT"),
            ("induction_ict_rt66", "RT"),
        )
    ),
)
ENDPOINTS, MONTHS = ("os", "pfs"), (12.0, 24.0, 36.0)
# Four cycles of three weeks in months: whoever had them lived so long.
GUARANTEED = 4 * 21 / 30.4375
DRAWS = 20_000
CONCERNED = ("inclusion", "ici_cycles_min", "cited")


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


def others_part(subject: Subject) -> Part:
    """Return survival and response beside those of other studies."""
    held = [name for name in ENDPOINTS if subject.has(name)]
    lacking, findings = subject.lacking(*ENDPOINTS), subject.concerning(*CONCERNED)
    found = printed_survival(ARMS, [name.upper() for name in held], MONTHS, subject.level)
    differences = [one for name in held for one in differences_of(subject, name, found)]
    tables = [*([survival_table(subject, held, found)] if held else []), response_table(subject)]
    if differences:
        tables.insert(1, difference_table(subject, differences))
    figures = (figure(subject, held, found),) if held else ()
    said = tuple(reading(subject, one) for one in differences if one.month == MONTHS[0])
    return Part("", TITLE, said, tuple(tables), lacking, findings, figures)


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


def survival_table(subject: Subject, held: Sequence[str], found: Sequence[Beside]) -> StudyTable:
    """Return this cohort and every arm, a column for each endpoint and month."""
    columns = [(name, month) for name in held for month in MONTHS]
    own = {name: km.curves(subject.followed(name), subject.level) for name in held}
    here = [km.survival(own[name], month) for name, month in columns]
    of = {name: counted(subject, name) for name in held}
    rows: list[Row] = [
        row_of("this cohort", "this cohort", of[name].row, name, month, survival, "Kaplan-Meier", subject.level)
        for (name, month), survival in zip(columns, here, strict=True)
    ]
    cells: list[tuple[str, ...]] = []
    here_words = "; ".join(f"{name.upper()} {one.words}" for name, one in of.items())
    cells.append(("this cohort", here_words, *(one.words(percent) for one in here)))
    for kind in (WITH_ICI, WITHOUT):
        cells.append((capital(kind),))
        for arm in (arm for arm in ARMS if arm.kind == kind):
            each = {(one.endpoint.lower(), one.month): one for one in found if one.arm == arm}
            if not each:
                continue
            numbers = [each.get(column) for column in columns]
            cells.append(
                (
                    f"{arm.study}: {arm.arm}",
                    printed_counts(each.values()),
                    *("" if o is None else words_of(o) for o in numbers),
                )
            )
            rows += [
                row_of(
                    arm.study,
                    arm.arm,
                    {"n": o.n, "events": np.nan if o.events is None else o.events},
                    o.endpoint.lower(),
                    o.month,
                    Middle(o.value, o.lower, o.upper),
                    o.limits,
                    subject.level,
                )
                for o in numbers
                if o is not None
            ]
    head = ("Study: arm", HEAD, *(f"{name.upper()} at {month:g} months, %" for name, month in columns))
    note = (
        f"Limits ({100 * subject.level:g} %) in brackets; * implied by n as if all had been followed, and so too "
        "narrow. Events stand where they are printed. Studies start their clocks and choose their patients each in its "
        "own way."
    )
    return table_of("others", "survival beside other studies", rows, head, cells, note=note)


def words_of(one: Beside) -> str:
    """Print survival of an arm; a star where its limits are not printed."""
    star = "*" if one.limits == IMPLIED else ""
    return f"{percent(one.value)} ({percent(one.lower)} to {percent(one.upper)}){star}"


def printed_counts(each: Collection[Beside]) -> str:
    """Print the patients of an arm, with the events of each endpoint as far as they are printed."""
    events = {one.endpoint: one.events for one in each if one.events is not None}
    said = "; ".join(f"{endpoint} {count}" for endpoint, count in events.items())
    return f"{next(iter(each)).n}{f' ({said})' if said else ''}"


def row_of(
    study: str, arm: str, of: Mapping[str, float], endpoint: str, month: float, found: Middle, limits: str, level: float
) -> dict[str, object]:
    """Return the numbers of one arm at one month."""
    survival = {"survival": found.value, "lower": found.lower, "upper": found.upper, "level": level, "limits": limits}
    return {"study": study, "arm": arm, **of, "endpoint": endpoint, "time": month, **survival}


def difference_table(subject: Subject, differences: Sequence[Difference]) -> StudyTable:
    """Return the differences, and what selection and stage could make of them."""
    rows: list[Row] = []
    cells: list[tuple[str, ...]] = []
    for one in differences:
        numbers = (one.here, one.mean, one.new, one.selected, one.severe, one.mild)
        here, mean, new, selected, severe, mild = (number.words(percent) for number in numbers)
        name, of = f"{one.endpoint.upper()}, {one.month:g} months", counted(subject, one.endpoint)
        behind = rests_on(subject, one, of)
        cells.append(
            (
                name,
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
        )
        named = ("here", "mean", "new_study", "selected", "all_stage_iv", "no_stage_iv", "difference")
        rows += [
            {
                "endpoint": one.endpoint,
                "time": one.month,
                "arms": one.arms,
                "quantity": what,
                **behind[what],
                "value": found.value,
                "lower": found.lower,
                "upper": found.upper,
                "level": subject.level,
                "prob_higher": one.higher if what == "difference" else np.nan,
            }
            for what, found in zip(named, (*numbers, one.apart), strict=True)
        ]
    head = (
        *(
            "",
            f"Here, {HEAD[:1].lower()}{HEAD[1:]}",
            "Other arms (patients)",
            "Here, %",
            "Others: mean, %",
            "Others: a new study, %",
            "Difference, points",
            "P(higher here)",
        ),
        *("A new study of those who lived through four cycles, %", "Here, all stage IV, %", "Here, none stage IV, %"),
    )
    note = (
        f"Posterior medians with {100 * subject.level:g} % credible intervals. Others: arms of ICI with radiotherapy, "
        "log cumulative hazards pooled with a half-normal prior of 0.35 on the drift between studies. Difference: this "
        f"cohort minus a new study. Four cycles of three weeks guarantee {GUARANTEED:.1f} months; the hazard of the "
        "others is taken as constant until the month. Stage: a model of stage alone, everybody set to it. With two "
        "arms the drift rests on its prior."
    )
    return table_of("others_difference", "difference to other studies", rows, head, cells, note=note)


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


def response_table(subject: Subject) -> StudyTable:
    """Return complete response and fistula beside what other studies print."""
    own = subject.printed.count("n_total") or len(subject.first)
    lines = []
    if subject.has("response"):
        data = subject.column("response")
        known = data.values[~data.missing]
        if "CR" in data.schema.levels:
            lines.append(
                ("complete response", "this cohort", int((known == data.schema.levels.index("CR")).sum()), known.size)
            )
    trial = read_study("ec_crt_001")
    complete = next(int(number.value) for number in trial.numbers if number.name == "complete_response_n")
    lines.append(("complete response", trial.id, complete, int(trial.n or 0)))
    fistula = subject.printed.count("fistula_n")
    if fistula is not None:
        lines.append(("oesophageal fistula", "this paper", fistula, own))
    rows: list[Row] = []
    cells: list[tuple[str, ...]] = []
    for what, study, events, n in lines:
        found = share(events, n, level=subject.level)
        numbers = {"share": found.value, "lower_exact": found.lower, "upper_exact": found.upper, "level": subject.level}
        rows.append({"quantity": what, "study": study, "events": events, "n": n, **numbers})
        limits = f"{percent(found.value)} ({percent(found.lower)} to {percent(found.upper)})"
        cells.append((what.capitalize(), study, f"{events} of {n}", limits))
    head = ("", "Study", "n", f"% (exact {100 * subject.level:g} % confidence interval)")
    note = "No other bundled study prints fistulas, and none objective response in patients that can be counted."
    return table_of("others_response", "response and fistula beside other studies", rows, head, cells, note=note)


def short_name(arm: Arm) -> str:
    """Return the name of a study, with the arm where it has several here."""
    several = sum(other.study == arm.study for other in ARMS) > 1
    return f"{arm.study}, {arm.arm}" if several else arm.study


def figure(subject: Subject, held: Sequence[str], found: Sequence[Beside]) -> StudyFigure:
    """Return survival at one and two years of every arm, this cohort first."""
    panels = []
    for name in held:
        curves = km.curves(subject.followed(name), subject.level)
        for month in MONTHS[:2]:
            own = km.survival(curves, month)
            arms = [one for one in found if one.endpoint == name.upper() and one.month == month]
            lines = [("this cohort", own.value, own.lower, own.upper)]
            lines += [(short_name(o.arm), o.value, o.lower, o.upper) for o in arms]
            without = frozenset(k for k, o in enumerate(arms, start=1) if o.arm.kind == WITHOUT)
            panels.append(StudyDots(f"{name.upper()} at {month:g} months", tuple(lines), without, "Survival (%)"))
    return StudyFigure(
        "others",
        "Survival beside other studies",
        f"{subject.whose}.",
        f"Bars: {100 * subject.level:g} % limits, printed or implied by n. Filled: ICI with radiotherapy; hollow: "
        "radiotherapy without ICI; square: this cohort.",
        "as each study has it",
        tuple(panels),
    )
