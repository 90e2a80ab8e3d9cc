"""Papers that the audit has not seen: true ones stay clean, and each planted error is found by the rule it breaks.

The truth comes from simulated patients (papers.py), the errors are those that referees report: a count changed, a
percentage or a digit swapped, a P of other degrees of freedom, limits off their estimate, too few events.
"""

import copy

import pytest

from escc_bayes.evidence.audit import audit
from tests.unit.evidence.papers import PAPERS, paper
from tests.unit.evidence.studies import study_of

SEEDS = range(4)


def contradictions(**parts):
    return [str(f) for f in audit(study_of(**parts)) if f.grave]


@pytest.mark.parametrize("name", PAPERS)
def test_true_paper_is_not_called_contradictory(name):
    for seed in SEEDS:
        assert contradictions(**paper(name, seed)) == []


def changed(parts, kind, where, **new):
    """Return the paper with one entry changed; values may be functions of the old value."""
    parts = copy.deepcopy(parts)
    found = [entry for entry in parts[kind] if all(entry.get(key) == value for key, value in where.items())]
    assert found, where
    for key, value in new.items():
        found[0][key] = value(found[0].get(key)) if callable(value) else value
        if found[0][key] is None:
            del found[0][key]
    return parts


def more(by):
    """Add to a printed number, keeping its digits."""
    return lambda old: f"{float(old) + by:.{len(str(old).partition('.')[2])}f}" if isinstance(old, str) else old + by


def number(name, value, **new):
    return "numbers", {"name": name}, {"value": value, **new}


def estimate(where, **new):
    return "estimates", where, new


def survival(where, **new):
    return "survivals", where, new


OS, DOCETAXEL = {"endpoint": "OS"}, {"arm": "docetaxel", "endpoint": "overall survival"}
PLANTED = {
    "two sexes miss the whole": ("two_arms", *number("women_n", more(-4)), "counts"),
    "two sexes exceed the whole": ("two_arms", *number("women_n", more(6)), "counts"),
    "performance status exceeds the whole": (
        "two_arms",
        *number("ecog_1", more(5), quote="x had", unit="patients"),
        "counts",
    ),
    "randomised arms miss the whole": ("two_arms", *number("n_arm_b", more(-3)), "counts"),
    "three arms exceed the whole": ("three_arms", *number("arm_b_n", more(5)), "counts"),
    "three allocated arms miss the whole": ("three_arms", *number("arm_c_n", more(-5)), "counts"),
    "cases and controls miss the whole": ("case_control", *number("controls_n", more(-10)), "counts"),
    "men of one arm": ("baseline_table", *number("male_arm_a_n", more(7)), "counts"),
    "responses exceed the patients": ("single_arm", *number("sd_n", more(4)), "counts"),
    "percentage with turned digits": ("two_arms", *number("men_percent", "91"), "percentages"),
    "percentage of the other arm": ("baseline_table", *number("stage_II_arm_b_percent", more(9.3)), "percentages"),
    "response rate with its own fraction": ("single_arm", *number("orr", 1, quote="ORR 51.9% (22/43)"), "percentages"),
    "P of other degrees of freedom": (
        "degrees_of_freedom",
        *estimate({"effect": "factor_of_4"}, chi2="7.81", p="0.020", p_text=None),
        "chi-square",
    ),
    "P of no degrees of freedom": (
        "degrees_of_freedom",
        *estimate({"effect": "factor_of_2"}, chi2="4.91", p="0.207", p_text=None),
        "chi-square",
    ),
    "P of three arms on one df": ("three_arms", *estimate({"effect": "arm"}, chi2="6.10", p="0.014"), "chi-square"),
    "case-control P": (
        "case_control",
        *estimate({"effect": "smoking"}, chi2="3.10", p="0.008", p_text=None),
        "chi-square",
    ),
    "limits off the estimate": (
        "two_arms",
        *estimate(OS, ci_low="0.20", value="0.62", ci_high="0.81"),
        "interval shape",
    ),
    "limits off at another level": (
        "interim_and_final",
        *estimate({"cutoff": "interim"}, value="0.72", ci_low="0.51", ci_high="0.86"),
        "interval shape",
    ),
    "P that the limits exclude": (
        "two_arms",
        *estimate(OS, value="0.80", ci_low="0.62", ci_high="1.03", p="0.003", p_text=None),
        "P and interval",
    ),
    "one-sided P that the 90 % limits exclude": (
        "phase_two",
        *estimate({"effect": "drug"}, value="0.70", ci_low="0.50", ci_high="0.98", p="0.300", p_text=None),
        "P and interval",
    ),
    "precision beyond the events": (
        "two_arms",
        *estimate(
            OS,
            value="0.62",
            ci_low="0.52",
            ci_high="0.74",
            p=None,
            p_text="<0.001",
            events_hazard_of=40,
            events_versus=52,
        ),
        "implied events",
    ),
    "P beyond the events": (
        "three_arms",
        *estimate(
            {"effect": "arm_A_vs_C"},
            value="0.80",
            ci_low=None,
            ci_high=None,
            p="0.004",
            p_text=None,
            events_hazard_of=30,
            events_versus=34,
        ),
        "implied events",
    ),
    "median PFS above median OS": (
        "two_arms",
        *survival({"arm": "docetaxel", "endpoint": "progression-free survival (IRC)"}, median="29.4", landmarks=[]),
        "PFS and OS",
    ),
    "DFS above OS": (
        "competing",
        *survival({"endpoint": "DFS"}, landmarks=[{"t": 24, "s": "0.940"}], median=None, median_reached=None),
        "PFS and OS",
    ),
    "survival rises": (
        "two_arms",
        *survival(
            DOCETAXEL, landmarks=[{"t": 12, "s": "0.512"}, {"t": 24, "s": "0.521"}], median=None, median_reached=None
        ),
        "monotone survival",
    ),
    "survival on the wrong side of its median": ("two_arms", *survival(DOCETAXEL, median="31.0"), "monotone survival"),
    "rate of no whole number of patients": (
        "single_arm",
        *survival({"arm": "all"}, landmarks=[{"t": 6, "s": "0.871"}]),
        "uncensored rates",
    ),
    "rate that the events cannot give": ("two_arms", *survival(DOCETAXEL, events=20), "event balance"),
    "median not reached by most events": (
        "competing",
        *survival({"endpoint": "OS"}, events=120, median=None, median_reached=False, landmarks=[]),
        "event balance",
    ),
    "relapses far below DFS events": (
        "competing",
        *number("relapses_n", 1, quote="1 patient relapsed"),
        "event balance",
    ),
    "RMST beyond its horizon": ("restricted_means", *number("rmst_surgery", "26.1"), "rmst"),
    "RMST that the curve excludes": ("restricted_means", *number("rmst_control", "9.0"), "rmst"),
    "difference of RMST": ("restricted_means", *number("rmst_difference", more(1.5)), "rmst"),
    "t of two arms": ("means", *number("t_age", "4.91", quote="t test"), "t tests"),
    "P of t": ("means", *number("t_age", more(0), quote="t = 2.31, P = 0.21"), "t tests"),
    "claim of significance": (
        "words_of_caution",
        *estimate({"effect": "e0"}, quote="OS was significantly longer (P = 0.071)"),
        "claims",
    ),
    "denial of significance": (
        "words_of_caution",
        *estimate({"effect": "e7"}, quote="failed to reach significance (P = 0.01)"),
        "claims",
    ),
    "nested covariate": (
        "nested",
        *estimate({"effect": "bulky"}, value="1.60", ci_low="1.20", ci_high="2.13", p="0.001", p_text=None),
        "nesting",
    ),
    "more patients compared than studied": ("two_arms", *estimate(OS, n_hazard_of=170), "group sizes"),
    "one count printed twice": ("two_arms", "numbers", {"name": "women_n"}, {"name": "men_n"}, "repeated"),
}


@pytest.mark.parametrize("what", PLANTED)
def test_planted_error_is_found(what):
    name, kind, where, new, rule = PLANTED[what]
    for seed in SEEDS:
        parts = changed(paper(name, seed), kind, where, **new)
        rules = {f.rule for f in audit(study_of(**parts)) if f.grave}
        assert rule in rules, (seed, rules)
