"""What a reader of a matched analysis must know first: who is compared, whose effect it is, what is not balanced."""

import math
from collections.abc import Sequence

from escc_bayes.data.cohort import Cohort
from escc_bayes.foundation.errors import some_of
from escc_bayes.foundation.sentence import counted
from escc_bayes.matching.as_read import column_read, covariate_read, covariates_read
from escc_bayes.matching.balance import DISTANCE, Balance
from escc_bayes.matching.design import Design, controls_short
from escc_bayes.matching.immortal import start_words
from escc_bayes.matching.patients import Patients
from escc_bayes.matching.request import Request
from escc_bayes.time_zero.run import TimeZero

# Standardised differences beyond this are called an imbalance (Austin 2009).
BALANCED = 0.1
# A group whose effective size is below this share of its patients rests on few of them.
THIN = 0.3
METHODS = {
    "nearest": "nearest neighbours, largest score first, without replacement",
    "optimal": "pairs of least total distance",
    "full": "full matching",
    "exact": "exact matching",
    "cem": "coarsened exact matching",
    "overlap": "overlap weights",
    "iptw": "stabilised inverse-probability weights",
    "entropy": "entropy balancing",
    "none": "none, patients as they are",
}


def sentences(
    cohort: Cohort,
    asked: Request,
    patients: Patients,
    design: Design,
    balance: Sequence[Balance],
    of_score: Sequence[str],
    started: TimeZero | None,
) -> tuple[str, ...]:
    """Return the sentences of a run, provenance first."""
    said = (
        head(cohort, asked, patients),
        *patients.notes,
        *of_score,
        design_words(asked, patients, design),
        whose_words(patients, design),
        controls_short(patients, asked),
        thin_words(patients, design),
        cluster_words(patients, design),
        balance_words(balance, cohort),
        unmeasured(asked, cohort),
        *start_words(cohort, asked, started),
    )
    return tuple(one for one in said if one)


def head(cohort: Cohort, asked: Request, patients: Patients) -> str:
    """Say who is compared on what."""
    own = patients.cohort.endpoint(asked.endpoint)
    groups = "; ".join(
        f"{word}: {counted(int((patients.treated == code).sum()), 'patient')}, "
        f"{counted(int(own.event[patients.treated == code].sum()), 'event')}"
        for code, word in ((True, patients.read[1]), (False, patients.read[0]))
    )
    return (
        f"{cohort.provenance.upper()}: {cohort.name}, {asked.endpoint}: {covariate_read(cohort, asked.treatment)}, "
        f"{patients.read[1]} vs {patients.read[0]} ({groups}){made_alike(asked, cohort)}."
    )


def made_alike(asked: Request, cohort: Cohort) -> str:
    """Say on what groups are made alike."""
    return "" if asked.method == "none" else f", made alike on {', '.join(covariates_read(cohort, asked.on))}"


def design_words(asked: Request, patients: Patients, design: Design) -> str:
    """Say what the design is and who stays."""
    kept, treated = design.weight > 0.0, patients.treated
    caliper = "" if asked.caliper is None else f", caliper {asked.caliper:g} SD of the score"
    ratio = f", up to {asked.ratio} controls for each" if asked.ratio > 1 else ""
    cut = f", truncated at {100 * asked.truncate:g} % of each end" if asked.truncate else ""
    sets = f"; {design.sets} matched set{'' if design.sets == 1 else 's'}" if design.sets else ""
    return (
        f"Design: {METHODS[design.method]}{caliper}{ratio}{cut}{sets}. {int((kept & treated).sum())} of "
        f"{int(treated.sum())} patients with {patients.read[1]} and {int((kept & ~treated).sum())} of "
        f"{int((~treated).sum())} with {patients.read[0]} stay, worth {design.effective(treated):.1f} and "
        f"{design.effective(~treated):.1f} unweighted ones."
    )


def whose_words(patients: Patients, design: Design) -> str:
    """Say whose effect it is."""
    level = patients.read[1]
    return {
        "att": f"Effect in those who had {level} (att).",
        "given": "Compared as they are: the effect of the treatment only if they were randomised, or matched before.",
        "ate": "Effect in all patients (ate).",
        "ato": "Effect in patients who might have had either, most of all those at a score of one half (ato).",
        "atm": f"Effect in the matched alone (atm): neither in all patients nor in all who had {level}.",
    }[design.estimand]


def thin_words(patients: Patients, design: Design) -> str:
    """Say that few patients carry a group."""
    kept = design.weight > 0.0
    thin = [
        f"{word} ({design.effective(inside):.1f} of {int((kept & inside).sum())})"
        for inside, word in ((patients.treated, patients.read[1]), (~patients.treated, patients.read[0]))
        if design.effective(inside) < THIN * int((kept & inside).sum())
    ]
    return f"Few patients carry most of the weight of {' and of '.join(thin)}." if thin else ""


def cluster_words(patients: Patients, design: Design) -> str:
    """Say that pairs, and not the cohort's clusters, are taken as independent."""
    column = patients.cohort.schema.cluster
    if column is None or design.pairs is None:
        return ""
    return f"Errors take matched sets as independent; that patients of one '{column}' may be alike is not counted."


def balance_words(balance: Sequence[Balance], cohort: Cohort) -> str:
    """Say which covariates remain apart."""
    if not balance:
        return ""
    apart = [one for one in balance if one.covariate != DISTANCE and not abs(one.smd_after) <= BALANCED]
    if not apart:
        return "Balance: every standardised difference is 0.1 or less in the end."
    worst = sorted(apart, key=lambda one: -math.inf if math.isnan(one.smd_after) else -abs(one.smd_after))
    named = some_of([f"{column_read(cohort, one.covariate)} {apart_words(one.smd_after)}" for one in worst], most=6)
    return f"NOT BALANCED: standardised differences beyond 0.1 remain in {named}."


def apart_words(smd: float) -> str:
    """Print a standardised difference; infinite where all treated are alike and the controls are not like them."""
    return "infinite" if math.isinf(smd) else f"{smd:+.2f}"


def unmeasured(asked: Request, cohort: Cohort) -> str:
    """Say what the design cannot do."""
    if not asked.on:
        return ""
    named = some_of(covariates_read(cohort, asked.on), most=12)
    return f"Patients alike in {named} are taken to be alike in all else that matters; nothing here can show it."
