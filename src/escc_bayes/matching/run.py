"""The verb ``match``: a design, its balance, and the treatment's effect under it."""

from collections.abc import Sequence
from dataclasses import dataclass

from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.data.cohort import Cohort
from escc_bayes.data.level_labels import LevelLabels, level_labels
from escc_bayes.estimand.tables import Row
from escc_bayes.foundation.careful import careful
from escc_bayes.foundation.kinds import LEVEL, SEED
from escc_bayes.foundation.record import Record, digest, seed_label, versions
from escc_bayes.foundation.seeds import Seed
from escc_bayes.matching import posterior as posteriors
from escc_bayes.matching.answer import Answer
from escc_bayes.matching.balance import Balance, balance_of
from escc_bayes.matching.contrast_row import Rows
from escc_bayes.matching.contrasts import contrast_rows, probabilities_of
from escc_bayes.matching.design import Design, design_of, scores_of
from escc_bayes.matching.effect import classical_answers
from escc_bayes.matching.followed import followed
from escc_bayes.matching.immortal import as_if_known, beside_naive
from escc_bayes.matching.matched_cohort import matched_cohort
from escc_bayes.matching.patients import Patients, patients_of
from escc_bayes.matching.request import EstimandWord, Method, Request, ScoreWord
from escc_bayes.matching.sentences import sentences
from escc_bayes.matching.subgroups import subgroup_rows
from escc_bayes.time_zero.run import TimeZero


@dataclass(frozen=True)
class Match:
    """Two groups made alike, and what the treatment does then.

    Attributes
    ----------
    asked : the request.
    patients : who was matched, before.
    design : who stays, with which weight, in which matched set.
    balance : of the score and each covariate.
    answers : hazard ratios, one for each method.
    contrasts : rows of ``contrasts.csv``: over time, months lived, milestones, probabilities.
    subgroups : rows of ``subgroups.csv``; none where none are asked for.
    time_zero : analyses of a treatment that starts during follow-up; None where it does not.
    sentences : who is compared, whose effect it is, what a reader must know.
    record : of the run.
    posterior : the weighted piecewise posterior; None where there is none.
    """

    asked: Request
    patients: Patients
    design: Design
    balance: tuple[Balance, ...]
    answers: tuple[Answer, ...]
    contrasts: tuple[Row, ...]
    subgroups: tuple[Row, ...]
    time_zero: TimeZero | None
    sentences: tuple[str, ...]
    record: Record
    posterior: Posterior | None

    @property
    def levels(self) -> LevelLabels:
        """What people read for levels of covariates."""
        return level_labels(self.patients.cohort.covariates)

    @property
    def cohort(self) -> Cohort:
        """The matched or weighted patients as a cohort, which ``fit`` takes."""
        return matched_cohort(self.patients, self.asked.treatment, self.design, sampling=False)

    def answer(self, method: str) -> Answer:
        """Return the row of a method, such as ``cox``."""
        return next(one for one in self.answers if one.method == method)

    def __repr__(self) -> str:
        lines = [
            f"{one.method}: HR {one.hr:.2f} ({one.lower:.2f} to {one.upper:.2f})"
            if one.hr == one.hr
            else f"no {one.method}: {one.note}"
            for one in self.answers
        ]
        return "\n  ".join([*self.sentences, *lines])


@careful
def match(
    cohort: Cohort,
    endpoint: str,
    treatment: str,
    on: Sequence[str] = (),
    *,
    method: str = "nearest",
    caliper: float | None = None,
    ratio: int = 1,
    estimand: str | None = None,
    score: str = "logistic",
    truncate: float = 0.0,
    designs: int = 100,
    landmarks: Sequence[float] = (),
    grace: float | None = None,
    subgroups: Sequence[str] = (),
    cuts: Sequence[float] | None = None,
    level: float = LEVEL,
    seed: Seed = SEED,
) -> Match:
    """Make two groups alike by a propensity score, and compare them.

    Parameters
    ----------
    cohort : one row for each patient.
    endpoint, treatment : of the cohort; the treatment has two levels, the second is the treated.
    on : covariates known at time zero that the treatment may have depended on.
    method : nearest | optimal | full | exact | cem | overlap | iptw | entropy; none: patients as they are.
    caliper : largest distance of a pair, in standard deviations of the score over all patients.
    ratio : controls for each treated patient.
    estimand : att | ate | ato; None: as the method has it.
    score : logistic (maximum likelihood) | bayes (posterior mean under weak priors).
    truncate : share of each group's inverse-probability weights cut off at either end.
    designs : how many, one for each draw of the score, are behind the row ``bayes_design``; 0: none.
    landmarks, grace : months, of a treatment that starts during follow-up; as for ``time-zero``.
    cuts : months at which periods of the hazard ratio end; None: 6, 12 and 24, where there are events enough.
    subgroups : covariates within whose levels the effect is looked at, unshrunk and shrunk.
    level, seed : of intervals; of everything random.

    Returns
    -------
    Match.

    Raises
    ------
    InputError : what is asked does not go together.
    CohortError : the treatment has not two levels, the groups do not overlap, or nobody can be matched.

    Examples
    --------
    >>> import escc_bayes as eb
    >>> found = eb.match(
    ...     eb.example_cohort("escc79"), "os", "coverage", ["stage"], method="exact", designs=0)
    >>> found.answer("cox").design, found.design.estimand
    ('exact', 'att')
    """
    asked = Request(
        endpoint=endpoint,
        treatment=treatment,
        on=tuple(on),
        method=as_method(method),
        caliper=caliper,
        ratio=ratio,
        estimand=as_estimand(estimand),
        score=as_score(score),
        truncate=truncate,
        designs=designs,
        landmarks=tuple(sorted(set(landmarks))),
        grace=grace,
        subgroups=tuple(subgroups),
        cuts=None if cuts is None else tuple(cuts),
        level=level,
        seed=seed,
    )
    return matched(cohort, asked)


def as_method(word: str) -> Method:
    """Return a word as a method; ``Request`` refuses others."""
    return word  # type: ignore[return-value]


def as_estimand(word: str | None) -> EstimandWord | None:
    """Return a word as an estimand; ``Request`` refuses others."""
    return word  # type: ignore[return-value]


def as_score(word: str) -> ScoreWord:
    """Return a word as a score; ``Request`` refuses others."""
    return word  # type: ignore[return-value]


def matched(cohort: Cohort, asked: Request) -> Match:
    """Return what a request asks of a cohort."""
    patients = patients_of(as_if_known(cohort, asked.treatment), asked)
    scores = scores_of(patients, asked)
    design = design_of(patients, asked, scores.score)
    balance = balance_of(patients, design)
    if asked.extent == "classical":
        return without_posterior(asked, patients, design, balance)
    subgroups = tuple(subgroup_rows(patients, design, asked))
    piecewise = posteriors.piecewise(patients, design, asked)
    answers = (
        *classical_answers(patients, design, asked),
        piecewise.answer,
        posteriors.weibull(patients, design, asked).answer,
        posteriors.frailty(patients, design, asked),
        posteriors.over_designs(patients, design, asked, scores.posterior),
    )
    rows = Rows(patients, design, asked, followed(patients, asked.endpoint, design))
    contrasts = (
        *contrast_rows(patients, design, asked, piecewise.posterior),
        *probabilities_of(answers, rows),
    )
    started = beside_naive(cohort, asked) if asked.extent == "whole" else None
    said = sentences(cohort, asked, patients, design, balance, scores.notes, started)
    return Match(
        asked=asked,
        patients=patients,
        design=design,
        balance=balance,
        answers=answers,
        contrasts=contrasts,
        subgroups=subgroups,
        time_zero=started,
        sentences=tuple(map(level_labels(patients.cohort.covariates).said, said)),
        record=record_of(patients, asked),
        posterior=piecewise.posterior,
    )


def without_posterior(asked: Request, patients: Patients, design: Design, balance: tuple[Balance, ...]) -> Match:
    """Return the design, its balance and the ratios of Cox and Weibull alone."""
    return Match(
        asked=asked,
        patients=patients,
        design=design,
        balance=balance,
        answers=tuple(classical_answers(patients, design, asked)),
        contrasts=(),
        subgroups=(),
        time_zero=None,
        sentences=(),
        record=record_of(patients, asked),
        posterior=None,
    )


def record_of(patients: Patients, asked: Request) -> Record:
    """Return what the run remembers."""
    settings: tuple[tuple[str, float | int | str], ...] = (
        ("method", asked.method),
        ("treatment", asked.treatment),
        ("on", ", ".join(asked.on)),
        ("score", asked.score),
        ("ratio", asked.ratio),
        ("truncate", asked.truncate),
        ("designs", asked.designs),
        ("level", asked.level),
        *((("caliper", asked.caliper),) if asked.caliper is not None else ()),
    )
    cohort = patients.cohort
    own = digest({"request": dict(settings), "endpoint": asked.endpoint})
    return Record(own, cohort.digest, seed_label(asked.seed), cohort.provenance, "match", settings, versions())
