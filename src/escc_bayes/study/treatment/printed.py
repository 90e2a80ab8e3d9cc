"""What a study prints of its two groups, each number with a mark where its reconstructions do not give it back."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from scipy.special import ndtr

from escc_bayes.data.published import PublishedSurvival, Study
from escc_bayes.data.shipped import find_study, models_folder
from escc_bayes.data.study import read_study
from escc_bayes.evidence.audit import audit
from escc_bayes.evidence.finding import Finding
from escc_bayes.evidence.reconstruction.automatic import layout_for
from escc_bayes.evidence.reconstruction.layout import Layout
from escc_bayes.foundation.errors import InputError
from escc_bayes.study.treatment.grades import SEVERE_WORDS, Counted

# The control and the treated, as positions.
CONTROL, TREATED = 0, 1
NEAR, MISSED = "*", "†"


@dataclass(frozen=True, slots=True)
class Printed:
    """The print of a study of two groups.

    Attributes
    ----------
    study : its facts.
    endpoints : the study's word of each endpoint of the cohort.
    medians : months as printed, by endpoint and role.
    events : as printed, by endpoint and role; nothing of a group whose events are not printed.
    ratios : hazard ratio and P as printed, by endpoint.
    sizes : patients of the control and of the treated; before : patients before matching.
    severe : printed counts of grade 3 or more.
    findings : of the audit.
    remarks : what a mark means, a sentence each.
    marked : whether numbers carry marks: the cohort shown is reconstructed from this print.
    """

    study: Study
    endpoints: Mapping[str, str]
    medians: Mapping[tuple[str, int], str]
    events: Mapping[tuple[str, int], int]
    ratios: Mapping[str, str]
    sizes: tuple[str, str]
    before: str
    severe: tuple[Counted, ...]
    findings: tuple[Finding, ...]
    remarks: tuple[str, ...] = field(default=())
    marked: bool = False

    def said_of(self, endpoint: str, *rules: str) -> tuple[str, ...]:
        """Return the audit's findings on an endpoint, or by some rules, as sentences."""
        word = self.endpoints.get(endpoint, "")
        own = [f for f in self.findings if word and word in f"{f.statement} {f.where}"]
        return tuple(f"Audit ({f.severity}): {f.statement}" for f in own if not rules or f.rule in rules)


def printed_of(name: str, *, marked: bool, levels: tuple[str, str]) -> Printed:
    """Return the print of a bundled study whose layout has one contrast of two groups.

    Parameters
    ----------
    marked : whether the cohort shown is reconstructed from this print, so that numbers carry its marks.
    levels : words of the control and of the treated, for rows of counts.

    Raises
    ------
    InputError : the study has no such layout.
    """
    study = read_study(find_study(name))
    layout = layout_for(study, None, ())
    if len(layout.contrasts) != 1 or len(layout.contrasts[0].groups) != 2:
        raise InputError(f"study '{name}': its layout compares no two groups; its chapters are others")
    marks = Marks.of(study.id) if marked else Marks(())
    contrast = layout.contrasts[0]
    words = {e.name: e.word for e in layout.endpoints}
    arms = {a.levels: a.name for a in layout.arms}
    role = {arms[group]: place for place, group in enumerate(contrast.groups) if group in arms}
    medians = {
        (e, role[curve.arm]): median_words(curve) + marks.of_target(words[e], f"median, {curve.arm}")
        for e in words
        for curve in study.survivals
        if curve.endpoint == words[e] and curve.arm in role
    }
    events = {
        (e, role[curve.arm]): curve.events
        for e in words
        for curve in study.survivals
        if curve.endpoint == words[e] and curve.arm in role and curve.events is not None
    }
    ratios = {e: ratio_words(study, words[e], contrast.effect, marks) for e in words}
    return Printed(
        study=study,
        endpoints=words,
        medians=medians,
        events=events,
        ratios={e: text for e, text in ratios.items() if text},
        sizes=sizes_of(layout, study, contrast.groups, marks),
        before=before_of(layout, study, marks),
        severe=severe_of(study, levels),
        findings=tuple(audit(study)),
        remarks=marks.remarks(),
        marked=marked,
    )


@dataclass(frozen=True, slots=True)
class Marks:
    """What the bundled reconstructions of a study reach: rows of ``targets.csv``."""

    rows: tuple[Mapping[str, str], ...]

    @classmethod
    def of(cls, study: str) -> "Marks":
        """Read the targets of a study's bundled ensemble."""
        path = models_folder() / "ensembles" / study / "targets.csv"
        with path.open(encoding="utf-8", newline="") as table:
            return cls(tuple(csv.DictReader(table)))

    def of_target(self, endpoint: str, *targets: str) -> str:
        """Return the mark of the worst of some targets: none, near, or not reached."""
        found = [mark_of(row) for row in self.rows if row["endpoint"] == endpoint and row["target"] in targets]
        return MISSED if MISSED in found else NEAR if NEAR in found else ""

    def remarks(self) -> tuple[str, ...]:
        """Say of every marked target what the median reconstruction has."""
        said = []
        for row in self.rows:
            mark = mark_of(row)
            if mark:
                what = "not reached" if mark == MISSED else "not within rounding"
                where = f"{mark} {row['endpoint']} {row['printed']} is {what} by the reconstructions"
                said.append(f"{where}: {achieved_words(row)} in the median one.")
        return tuple(said)


def mark_of(row: Mapping[str, str]) -> str:
    """Return the mark of one target."""
    if row["matched"] != "True":
        return MISSED
    return "" if row["within_rounding"] == "True" else NEAR


def achieved_words(row: Mapping[str, str]) -> str:
    """Return what the median reconstruction has, in the words of the print.

    Examples
    --------
    >>> achieved_words({"printed": "P 0.32", "achieved_median": "-1.01191"})
    'P 0.312'
    """
    value = float(row["achieved_median"])
    return f"P {2.0 * float(ndtr(-abs(value))):.3f}" if row["printed"].startswith("P ") else f"{value:.3g}"


def median_words(curve: PublishedSurvival) -> str:
    """Return a printed median."""
    if curve.median is not None:
        return str(curve.median)
    return "not reached" if curve.median_reached is False else ""


def ratio_words(study: Study, endpoint: str, effect: str, marks: Marks) -> str:
    """Return a printed hazard ratio with what is printed beside it; empty where none is."""
    for e in study.estimates:
        if (e.effect, e.endpoint, e.measure) == (effect, endpoint, "HR") and e.value is not None:
            limits = f"{e.ci_low} to {e.ci_high}" if e.ci_low is not None and e.ci_high is not None else ""
            beside = [one for one in (limits, f"P {e.p}" if e.p is not None else "") if one]
            names = [f"{word}, {effect}, unadjusted" for word in ("log HR", "Wald z")]
            return f"{e.value} ({', '.join(beside)}){marks.of_target(endpoint, *names)}" if beside else str(e.value)
    return ""


def sizes_of(layout: Layout, study: Study, groups: Sequence[tuple[str, ...]], marks: Marks) -> tuple[str, str]:
    """Return the printed patients of both groups."""
    covariate = layout.covariate(layout.contrasts[0].covariate)
    numbers = {n.name: n.value for n in study.numbers}
    found = []
    for group in groups:
        counts = [covariate.counts[covariate.levels.index(level)] for level in group]
        total = sum(int(numbers[c]) if isinstance(c, str) else c for c in counts)
        names = [f"n, {covariate.name} {level}" for level in group]
        found.append(f"{total}{marks.of_target('', *names)}")
    return found[CONTROL], found[TREATED]


def before_of(layout: Layout, study: Study, marks: Marks) -> str:
    """Return the printed patients before matching; empty where none are printed."""
    if layout.outside is None:
        return ""
    total = layout.outside.total
    value = next(str(n.value) for n in study.numbers if n.name == total) if isinstance(total, str) else str(total)
    return value + marks.of_target("", "patients")


def severe_of(study: Study, levels: tuple[str, str]) -> tuple[Counted, ...]:
    """Return the printed count of pneumonitis of grade 3 or more, among the treated and among both groups."""
    numbers = [n for n in study.numbers if "pneumonitis" in n.name and "3" in n.name]
    arms = [e for e in study.estimates if e.n_hazard_of is not None and e.n_versus is not None]
    if not numbers or not arms:
        return ()
    count, treated, control = int(numbers[0].value), arms[0].n_hazard_of or 0, arms[0].n_versus or 0
    if count > 0:
        return (Counted("both groups", SEVERE_WORDS, count, treated + control, "printed"),)
    both = Counted("both groups", SEVERE_WORDS, 0, treated + control, "printed")
    return (Counted(levels[TREATED], SEVERE_WORDS, 0, treated, "printed"), both)
