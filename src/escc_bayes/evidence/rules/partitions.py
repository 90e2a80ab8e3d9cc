"""Which counts are the classes of one covariate, and how many patients the classes divide.

Classes exclude each other by what their names are: two sexes, cases and controls, stages in Roman numerals, performance
status 0 to 4, arms A to C, responses. Names such as two side effects say nothing of the kind and are left alone.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from escc_bayes.data.published import PublishedNumber, Study
from escc_bayes.evidence.rules.number_names import subject, words

type Levels = dict[str, list[PublishedNumber]]
type Key = tuple[str, tuple[str, ...]]

SEPARATOR = ": "
SEX, CASES, ARMS, STAGES, RESPONSE = "sexes", "cases and controls", "arms", "stages", "responses"
SITES = "sites"
"""Places in the body: one patient may have two."""

TUMOUR = re.compile(r"tumou?r|differentiat|histolog|gleason|isup|nuclear|who_grade|patholog", flags=re.IGNORECASE)
OPPOSITES: tuple[tuple[str, dict[str, str]], ...] = tuple(
    (what, {word: level for level, group in groups.items() for word in group.split()})
    for what, groups in (
        (SEX, {"male": "male males man men boys", "female": "female females woman women girls"}),
        (CASES, {"case": "case cases", "control": "control controls"}),
        (RESPONSE, {"cr": "cr", "pr": "pr", "sd": "sd", "pd": "pd", "ne": "ne"}),
        ("classes", {"positive": "positive pos", "negative": "negative neg"}),
        ("classes", {"yes": "yes", "no": "no"}),
        ("classes", {"low": "low", "medium": "medium mid middle intermediate", "high": "high"}),
        (SITES, {"upper": "upper", "middle": "middle mid", "lower": "lower"}),
        ("classes", {"never": "never", "former": "former ex", "current": "current"}),
        ("classes", {"well": "well", "moderate": "moderate moderately", "poor": "poor poorly"}),
        ("classes", {"alive": "alive", "dead": "dead died"}),
        ("classes", {"exposed": "exposed", "unexposed": "unexposed nonexposed"}),
        (SITES, {"left": "left", "right": "right"}),
    )
)
ARM_NOUNS = frozenset({"arm", "group", "cohort"})
SCALES = frozenset(
    [
        "stage",
        "ecog",
        "ps",
        "who",
        "zubrod",
        "karnofsky",
        "kps",
        "class",
        "category",
        "grade",
        "tertile",
        "quartile",
        "quintile",
        "figo",
        "nyha",
        "asa",
        "isup",
        "type",
    ]
)
OWN_NOUNS: dict[str, frozenset[str]] = {
    SEX: frozenset({"sex", "gender"}),
    CASES: frozenset(),
    ARMS: ARM_NOUNS,
    RESPONSE: frozenset({"response", "best"}),
}
"""Words that may stand beside a class without narrowing whom it is about; for a scale, the scale."""
ONE_EACH = frozenset({"histology", "race", "ethnicity"})
"""Words after which a patient has one class only, whatever it is called."""

NOT_EXCLUSIVE = frozenset(
    [
        "ae",
        "aes",
        "adverse",
        "trae",
        "traes",
        "irae",
        "iraes",
        "toxicity",
        "tox",
        "event",
        "events",
        "risk",
        "line",
        "lines",
        "month",
    ]
)
ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
TOTALS = frozenset(
    [
        "total",
        "all",
        "overall",
        "patients",
        "randomised",
        "randomized",
        "enrolled",
        "evaluable",
        "screened",
        "analysed",
        "analyzed",
        "included",
        "eligible",
        "itt",
        "per",
        "protocol",
        "before",
        "after",
        "matching",
        "matched",
        "treated",
        "study",
        "whole",
        "cohort",
    ]
)


class Whole(NamedTuple):
    """Patients that the classes divide; ``certain`` if no class may be left out of the print."""

    n: int
    name: str
    place: str
    certain: bool


class Partition(NamedTuple):
    """Classes of one covariate, several prints of one class beside each other."""

    what: str
    levels: Levels
    whole: Whole


def partitions(study: Study, numbers: Iterable[PublishedNumber]) -> Iterator[Partition]:
    """Yield each covariate of which at least two classes are printed, with the patients that they divide."""
    counts = list(numbers)
    classes: dict[Key, Levels] = {}
    for number in counts:
        for key, level in () if overlapping(number) else memberships(subject(number)):
            classes.setdefault(key, {}).setdefault(level, []).append(number)
    classes |= labelled_arms(counts, classes)
    for (what, rest), levels in classes.items():
        levels = without_substages(levels) if what == STAGES else levels
        whole = whole_of(study, counts, what, rest, levels)
        if len(levels) > 1 and whole is not None:
            yield Partition(what.split(SEPARATOR)[0], levels, whole)


def overlapping(number: PublishedNumber) -> bool:
    """Whether one patient may be in several classes: grades, unless they are said to be of the tumour."""
    said = f"{number.name} {number.quote}"
    return "grade" in subject(number) and TUMOUR.search(said) is None


def memberships(named: tuple[str, ...]) -> Iterator[tuple[Key, str]]:
    """Yield the covariates of which a name is a class: what, the name with the class left empty, and the class."""
    if NOT_EXCLUSIVE & set(named):
        return
    if len(named) == 2 and named[0] in ONE_EACH:
        yield (named[0], (named[0], "")), named[1]
    for i, word in enumerate(named):
        rest, before = (*named[:i], "", *named[i + 1 :]), named[i - 1] if i else ""
        for what, levels in OPPOSITES:
            if word in levels:
                yield (f"{what}{SEPARATOR}{' '.join(levels.values())}", rest), levels[word]
        if re.fullmatch(r"(i{1,3}|iv)[abc]?", word) and before in SCALES:
            yield (STAGES if before == "stage" else before, rest), word
        elif (word.isdigit() and before in SCALES | ARM_NOUNS and len(word) == 1) or (
            re.fullmatch(r"[a-f]", word) and before in ARM_NOUNS | {"class", "pugh"}
        ):
            yield (ARMS if before in ARM_NOUNS else before, rest), word
        elif re.fullmatch(r"[tn]\d|m[01]", word) and (len(named) == 1 or ARM_NOUNS & set(named)):
            yield (f"{word[0].upper()} classes", rest), word


def labelled_arms(counts: list[PublishedNumber], known: dict[Key, Levels]) -> dict[Key, Levels]:
    """Return arms whose names carry a label each: ``group1_early_n``, ``group2_late_n``; one count an arm."""
    found: dict[Key, Levels] = {}
    for number in counts:
        named = subject(number)
        if len(named) > 2 and named[0] in ARM_NOUNS and re.fullmatch(r"\d|[a-f]", named[1]):
            found.setdefault((ARMS, (named[0], "")), {}).setdefault(named[1], []).append(number)
    return {
        key: levels
        for key, levels in found.items()
        if key not in known and all(len(prints) == 1 for prints in levels.values())
    }


def without_substages(levels: Levels) -> Levels:
    """Leave out substages that stand beside their stage."""
    return {level: prints for level, prints in levels.items() if level in ROMAN or level[:-1] not in levels}


def whole_of(
    study: Study, counts: list[PublishedNumber], what: str, rest: tuple[str, ...], levels: Levels
) -> Whole | None:
    """Return what the classes divide: the count or group that the rest of their names is about, else all patients."""
    members = {number.place for prints in levels.values() for number in prints}
    about, own = set(rest) - {""}, OWN_NOUNS.get(what.split(SEPARATOR)[0], SCALES | ONE_EACH)
    sized = [(subject(c), int(c.value), c.name, c.place) for c in counts if c.place not in members] + groups(study)
    parents = [parent for parent in sized if within(parent[0], rest)]
    if not parents:
        return None if study.n is None else Whole(study.n, "", "", certain=not about - own)
    named, n, name, place = max(parents, key=lambda parent: len(parent[0]))
    if len({size for other, size, *_ in parents if other == named}) > 1:
        return None
    return Whole(n, name, place, certain=not about - set(named) - own)


def within(part: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    """Whether the words of ``part`` stand side by side in ``whole``."""
    return bool(part) and any(whole[i : i + len(part)] == part for i in range(len(whole) - len(part) + 1))


def groups(study: Study) -> list[tuple[tuple[str, ...], int, str, str]]:
    """Return the groups whose sizes stand with curves: words, size, name, place."""
    return [
        (words(curve.arm), curve.n, curve.arm, curve.place)
        for curve in study.survivals
        if curve.n is not None and curve.n != study.n
    ]


def totals(study: Study, counts: Iterable[PublishedNumber]) -> set[int]:
    """Return every number of patients that may be a whole: of the study, screened, randomised, evaluable."""
    known = {int(c.value) for c in counts if set(subject(c)) <= TOTALS or c.name.startswith("n_")}
    return known if study.n is None else known | {study.n}
