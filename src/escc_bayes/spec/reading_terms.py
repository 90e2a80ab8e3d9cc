"""TOML to what the likelihood has besides patients with their months: visits, other sources, background mortality."""

from collections.abc import Mapping
from pathlib import Path

from escc_bayes.foundation import checks
from escc_bayes.foundation.errors import SpecError
from escc_bayes.foundation.sentence import counted
from escc_bayes.spec.background import Background
from escc_bayes.spec.external import External, studies_of
from escc_bayes.spec.life_table import COLUMNS, read_life_table
from escc_bayes.spec.request import Outcome
from escc_bayes.spec.visits import Visits, count_of

VISIT_KEYS = ("every", "deaths", "late")
BACKGROUND_KEYS = ("table", "age", "sex", "year")
EXTERNAL_KEYS = ("start", "stop", "at_risk", "alive", "group", "source", "study", "sd")
EVERY_FORM = "every = [[from, to, step], ..] in months, such as [[0, 12, 1], [12, 24, 3]]"


def visits_from(raw: Mapping[str, object], where: str, outcome: Outcome) -> Visits | None:
    """Read ``[visits]``, if it is there."""
    if "visits" not in raw:
        return None
    at = f"{where}, [visits]"
    body = checks.table(raw["visits"], at)
    checks.refuse_unknown_keys(body, VISIT_KEYS, at)
    if outcome.states is not None:
        raise SpecError(f"{at}: makes intervals of the events of one endpoint, and the outcome has several; remove it")
    if "every" not in body:
        raise SpecError(f"{at}: 'every' is missing; write {EVERY_FORM}")
    if "deaths" not in body:
        raise SpecError(
            f"{at}: 'deaths' is missing: a death is seen without a visit; write deaths = \"os\", the endpoint whose "
            'event in the same month makes an event a death, or deaths = "none" if every event is found at a visit'
        )
    late = checks.number(body.get("late", 0.0), f"{at}, late", least=0.0)
    return Visits(schedule_from(body["every"], f"{at}, every"), checks.text(body["deaths"], f"{at}, deaths"), late)


def schedule_from(value: object, at: str) -> tuple[tuple[float, float, float], ...]:
    """Read stretches of planned visits, which follow one another from month 0."""
    if not isinstance(value, list) or not value:
        raise SpecError(f"{at}: write {EVERY_FORM}; was given {checks.shown(value)}")
    found: list[tuple[float, float, float]] = []
    for stretch in value:
        if not isinstance(stretch, list) or len(stretch) != 3:
            raise SpecError(f"{at}: write {EVERY_FORM}; was given {checks.shown(stretch)}")
        begin, end, step = (checks.number(one, at, least=0.0) for one in stretch)
        before = found[-1][1] if found else 0.0
        if begin != before:
            raise SpecError(
                f"{at}: {checks.shown(stretch)} starts at {counted(begin, 'month')}, must start at {before:g}"
            )
        if not (0.0 < step <= end - begin):
            raise SpecError(f"{at}: {checks.shown(stretch)} has a step of {step:g} in {counted(end - begin, 'month')}")
        if abs(count_of(begin, end, step) * step - (end - begin)) > 1e-6:
            raise SpecError(
                f"{at}: steps of {step:g} from {begin:g} do not reach {counted(end, 'month')}; let a stretch "
                "end at a visit"
            )
        if (end - begin) / step > checks.MOST_NUMBERS:
            raise SpecError(f"{at}: {checks.shown(stretch)} plans more than {checks.MOST_NUMBERS} visits")
        found.append((begin, end, step))
    return tuple(found)


def external_from(raw: Mapping[str, object], where: str) -> tuple[External, ...]:
    """Read every ``[[external]]``."""
    value = raw.get("external", [])
    if not isinstance(value, list):
        raise SpecError(f"{where}: write each count of survivors as [[external]] with double brackets")
    return tuple(one_external(body, f"{where}, [[external]] {place}") for place, body in enumerate(value, start=1))


def refuse_two_drifts(external: tuple[External, ...], where: str) -> None:
    """Raise where the entries of one study state SDs that differ."""
    named = [study for study, _ in studies_of(external)]
    twice = next((study for study in named if named.count(study) > 1), "")
    if twice:
        sds = ", ".join(f"{one.sd:g}" for one in external if one.study == twice)
        raise SpecError(f"{where}, [[external]]: study '{twice}' has one drift and states its sd as {sds}; write one")


def one_external(value: object, at: str) -> External:
    """Read one count of survivors."""
    body = checks.table(value, at)
    checks.refuse_unknown_keys(body, EXTERNAL_KEYS, at)
    for key in ("start", "stop", "at_risk", "alive"):
        if key not in body:
            raise SpecError(
                f"{at}: '{key}' is missing; write start and stop in months, at_risk (alive at start), alive (at stop)"
            )
    if ("study" in body) != ("sd" in body):
        raise SpecError(
            f"{at}: 'study' and 'sd' belong together: the study whose hazards may drift from ours, and the SD of its "
            "log hazard over ours, such as 0.3; state both or neither"
        )
    start = checks.number(body["start"], f"{at}, start", least=0.0)
    at_risk = checks.whole_number(body["at_risk"], f"{at}, at_risk", least=1)
    return External(
        start=start,
        stop=checks.number(body["stop"], f"{at}, stop", above=start),
        at_risk=at_risk,
        alive=checks.whole_number(body["alive"], f"{at}, alive", least=0, most=at_risk),
        group=tuple(
            (name, checks.text(level, f"{at}, group, {name}"))
            for name, level in checks.table(body.get("group", {}), f"{at}, group").items()
        ),
        source=checks.text(body["source"], f"{at}, source") if "source" in body else "",
        study=checks.text(body["study"], f"{at}, study") if "study" in body else "",
        sd=checks.number(body["sd"], f"{at}, sd", above=0.0, below=10.0) if "sd" in body else 0.0,
    )


def background_from(raw: Mapping[str, object], where: str, folder: Path) -> Background | None:
    """Read ``[background]``, if it is there, with its life table; a path is relative to ``folder``."""
    if "background" not in raw:
        return None
    at = f"{where}, [background]"
    body = checks.table(raw["background"], at)
    checks.refuse_unknown_keys(body, BACKGROUND_KEYS, at)
    for key in BACKGROUND_KEYS[:3]:
        if key not in body:
            raise SpecError(
                f"{at}: '{key}' is missing; write table = \"life_table.csv\", and which covariates of the schema are "
                'the patients\' age = "..", sex = ".." and year = ".." at time zero'
            )
    if "external" in raw or "external_arm" in raw:
        raise SpecError(f"{at}: is not worked out beside [[external]], whose survivors are of all causes; keep one")
    path = folder / checks.text(body["table"], f"{at}, table")
    if not path.is_file():
        raise SpecError(f"{at}, table: no file {path}; give a CSV file, relative to the model file, with {COLUMNS}")
    table = read_life_table(path)
    named = {key: checks.text(body[key], f"{at}, {key}") for key in BACKGROUND_KEYS[1:] if key in body}
    if table.by_year != ("year" in named):
        there = "has calendar years: add" if table.by_year else "has no column 'year': leave out"
        raise SpecError(f'{at}: {table.file} {there} year = "..", a covariate that is the calendar year of time zero')
    if len(set(named.values())) < len(named):
        raise SpecError(f"{at}: {' and '.join(named)} must be different covariates, were given {list(named.values())}")
    return Background(table, **named)
