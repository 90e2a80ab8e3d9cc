"""The audit as a whole: what is wrong in the two target studies is found, and nothing is cried at the others."""

import dataclasses
import inspect

import pytest

from escc_bayes.data.shipped import models_folder
from escc_bayes.data.study import StudyError, read_study
from escc_bayes.evidence.audit import RULES, audit, audit_studies, audited
from escc_bayes.evidence.finding import SEVERITIES, Finding
from tests.unit.evidence.studies import counts, study_of

STUDIES = sorted((models_folder() / "studies").glob("*.toml"))
ACCUSED = {"seed1_scirep2025", "seed2_cui2025"}

# Each by hand: sums and fractions; chi-square from tables; t = difference / sqrt((s1^2 + s2^2) / 79);
# events 79 x (1 - 0.302) = 55, deaths 79 x (1 - 0.562) = 35, after failure 37 x (1 - 0.243) = 28, rounded down 27.
CHEMORADIOTHERAPY_79 = [
    ("counts", "14 + 36 + 19 = 69, not 79"),
    ("counts", "23 > 19"),
    ("counts", "7 + 12 = 19, not 29"),
    ("repeated", "stage_IV_n is printed as 19 and as 29"),
    ("repeated", "trae_ge2_n is printed as 29 and as 12"),
    ("percentages", "7/79 = 8.86 %, printed 8.05 to 8.15"),
    ("chi-square", "chi2 = 7.045 stands with P = 0.008 and with P = 0.030"),
    ("chi-square", "gives P = 0.455, printed 0.445 (one digit differs)"),
    ("chi-square", "alc, OS: alc_baseline was tested on 1 df, alc_mid and alc_post on 2 df"),
    ("chi-square", "alc, PFS: alc_baseline was tested on 1 df, alc_mid and alc_post on 2 df"),
    ("claims", "called not significant with P = 0.019, while sequence_g2_vs_g3 with the larger P = 0.041"),
    ("claims", "rt_coverage, PFS: called significant with P = 0.609"),
    ("t tests", "t_baseline_vs_mid = 4.006, but the printed means and SDs of 79 patients give t = 4.309"),
    ("t tests", "printed t needs 62 a time"),
    ("t tests", "give t = 1.373"),
    ("event balance", "37 treatment failures, but PFS implies about 55 events by 24 months"),
    ("event balance", "37 x (1 - 0.243) = 27 > 17"),
    ("nesting", "50/6/23 patients and 35 events"),
]


@pytest.fixture(scope="module")
def found():
    return {path.stem: audit(read_study(path)) for path in STUDIES}


@pytest.mark.parametrize(("rule", "words"), CHEMORADIOTHERAPY_79)
def test_audit_of_the_79_patients_finds(rule, words, found):
    texts = [str(f) for f in found["seed1_scirep2025"] if f.rule == rule and f.grave]
    assert any(words in text for text in texts), texts


def test_audit_of_the_79_patients_finds_nothing_else_impossible(found):
    grave = [f for f in found["seed1_scirep2025"] if f.grave]
    assert len(grave) == len(CHEMORADIOTHERAPY_79)


def test_audit_of_the_matched_pairs_finds(found):
    texts = [(f.rule, f.severity, str(f)) for f in found["seed2_cui2025"]]
    assert [(rule, severity) for rule, severity, _ in texts] == [
        ("PFS and OS", "very unlikely"),
        ("implied events", "notice"),
        ("medians", "notice"),
    ]
    # Medians: 13.7 / 38 = 0.36; SE = 0.3567 / 0.9945 = 0.3587, so 0.7 x exp(-+ 1.96 x 0.3587) = 0.35 to 1.41.
    assert "median PFS is not reached, but median OS is 38 months" in texts[0][2]
    assert "about 0.35 to 1.41, which holds 1" in texts[1][2]
    assert "hazard ratio of 0.36" in texts[2][2]


def test_no_other_bundled_study_is_accused(found):
    accused = {study for study, findings in found.items() if any(f.grave for f in findings)}
    assert accused == ACCUSED


def test_notices_of_other_studies_are_those_verified_by_hand(found):
    notices = {study: [f.rule for f in fs] for study, fs in found.items() if fs and study not in ACCUSED}
    assert notices == {
        "checkmate648": ["group sizes"],  # three arms; n is that of two
        "keynote590": ["group sizes", "group sizes"],  # all histologies beside the squamous subgroup
        "rationale306": ["P and interval"],  # one-sided P of a subgroup; the other one is flagged so in the file
        "skyscraper08": ["medians"],  # PFS curves that separate late
    }


def test_study_whose_numbers_hold_stays_clean():
    """One simulated cohort printed correctly: 40 + 60 patients, exponential, checked by hand."""
    study = study_of(
        n=100,
        population="stage II-IV",
        estimates=[
            {
                "value": "0.65",
                "ci_low": "0.42",
                "ci_high": "1.01",
                "ci_level": "0.95",
                "p": "0.054",
                "n_hazard_of": 40,
                "n_versus": 60,
                "events": 80,
                "quote": "no significant difference (P = 0.054)",
            },
            {"measure": "logrank", "chi2": "3.84", "p": "0.050", "groups": 2},
            {"measure": "logrank", "effect": "stage", "chi2": "9.21", "p": "0.010", "groups": 3},
        ],
        survivals=[
            {"n": 100, "median": "14.2", "landmarks": [{"t": 12, "s": "0.561"}, {"t": 24, "s": "0.300"}]},
            {
                "endpoint": "PFS",
                "n": 100,
                "median": "9.0",
                "landmarks": [{"t": 12, "s": "0.402"}, {"t": 24, "s": "0.15"}],
            },
        ],
        numbers=[
            *counts(stage_II_n=20, stage_III_n=50, stage_IV_n=30, cr_n=10, pr_n=60, sd_n=20, pd_n=10),
            {"name": "male_n", "value": 73, "quote": "73 patients (73.0%)"},
            {"name": "orr_percent", "value": "70.0", "quote": "ORR was 70.0% (70/100)"},
        ],
    )
    assert audit(study) == ()


@pytest.mark.parametrize("p", [0, 1, "0.000", "1.000", "0.05", "0.9999"])
@pytest.mark.parametrize("value", ["1.00", 1, "0.01", "250.0", "0.30"])
@pytest.mark.parametrize("limits", [{}, {"ci_low": "0.01", "ci_high": "250.0"}, {"ci_level": 0}, {"events": 0}])
def test_extreme_prints_are_audited_without_an_error(p, value, limits):
    extreme = {"value": value, "p": p, "chi2": 0, "groups": 1, "n_hazard_of": 0, "n_versus": 0, **limits}
    curves = [
        {"endpoint": e, "n": 0, "median": 1, "landmarks": [{"t": 0, "s": 1}, {"t": 9, "s": 0}]} for e in ("OS", "PFS")
    ]
    numbers = counts(failures_n=0, a_n=0, a_percent=0, x_mean=0, x_sd=0, y_mean=1, y_sd=0, t_x_vs_y=0, followup_min=99)
    study = study_of(n=0, estimates=[extreme, extreme], survivals=curves, numbers=numbers)
    assert all(isinstance(finding, Finding) for finding in audit(study))


def test_a_file_that_is_no_toml_does_not_stop_the_others(tmp_path):
    bad = tmp_path / "bad.toml"
    bad.write_text("id = [")
    good = models_folder() / "studies" / "seed2_cui2025.toml"
    done, problems = audit_studies([bad, good, tmp_path / "missing.toml"])
    assert [one.study for one in done] == ["seed2_cui2025"]
    assert len(problems) == 2
    assert isinstance(problems[0], StudyError)
    assert str(problems[0]).startswith(str(bad))
    assert "is not valid TOML" in str(problems[0])


HEAD = 'schema_version = 1\nid = "x"\ncitation = "c"\n'
RATIO = '[[estimate]]\neffect = "a"\nendpoint = "OS"\nmeasure = "HR"\nquote = "q"\n'
NUMBER = '[[number]]\nname = "crp_variance"\nquote = "q"\n'
# What stands beside each is a sum that does not hold: 60 + 30 = 90 of 80 patients.
WRONG_SUM = """
[[number]]
name = "male_n"
value = 60
quote = "60 men"
[[number]]
name = "female_n"
value = 30
quote = "30 women"
"""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("n = 80\n" + NUMBER + "valu = 3", "unknown key 'valu'; did you mean 'value'"),
        (HEAD + "n = 80\n" + NUMBER + 'value = "many"', "expected a number with its printed digits"),
        (HEAD.replace("1", "2", 1) + "n = 80\n", "schema_version = 1 is needed"),
        (HEAD + "n = 80\nauthors = 3\n", "unknown key 'authors'"),
        (HEAD + "n = 80\n" + RATIO.replace('"HR"', '"Youden"') + "value = 0.4", "'Youden' is no measure"),
        (HEAD + "n = 80\n[[survival]]\narm = 3\n", "expected text, was given 3"),
        (HEAD + "n = 80\n[[survival]]\nlandmarks = [{ t = 12, s = 62 }]\n", "write a percentage as a fraction"),
        (HEAD + "n = 80\n[[survival]]\nlandmarks = [{ t = 12 }, 4]\n", "the key 's' is missing"),
    ],
)
def test_what_nobody_can_read_is_listed_and_the_rest_is_audited(tmp_path, text, words):
    path = tmp_path / "paper.toml"
    path.write_text(text + WRONG_SUM, encoding="utf-8")
    (done,), problems = audit_studies([path])
    assert problems == ()
    assert any(words in str(entry) for entry in done.not_checked), done.not_checked
    assert [f.rule for f in done.findings if f.grave] == ["counts"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (NUMBER + "value = -1.2", "value = -1.2 is no number that can be: it cannot be negative"),
        (RATIO + "se_log_hr = -0.3", "must be above 0"),
        (RATIO + "value = 0.95\nci_low = 0.44\nci_high = 0.79", "0.95 is outside its interval 0.44 to 0.79"),
        (RATIO + "value = 0.65\nci_low = 0.84\nci_high = 0.50", "the interval 0.84 to 0.50 ends before it begins"),
        (RATIO + "value = -0.7", "must be above 0"),
        (RATIO + "p = 1.2", "must lie in [0, 1]"),
        (RATIO + "events = 3.5", "expected a whole number"),
        (RATIO.replace('"HR"', '"NMA HR"') + "value = 0.95\nci_low = 0.44\nci_high = 0.79", "0.95 is outside"),
        (RATIO.replace('"HR"', '"OR"') + "value = 1.95\nci_low = 2.44\nci_high = 3.79", "1.95 is outside"),
        ("[[survival]]\nmedian = 12.0\nmedian_ci_low = 13.0\n", "12.0 is outside its interval 13.0"),
        ("[[survival]]\nlandmarks = [{ t = 12, s = 0.5, lo = 0.6, hi = 0.7 }]\n", "0.5 is outside its interval"),
        ("[[survival]]\nlandmarks = [{ t = 12, s = 1.04 }]\n", "must lie in [0, 1]"),
        ("[[survival]]\nmedian = 12.0\nmedian_reached = false\n", "and that it is not reached"),
    ],
)
def test_an_impossible_print_is_the_finding_and_the_rest_is_audited(tmp_path, text, words):
    path = tmp_path / "paper.toml"
    path.write_text(HEAD + "n = 80\n" + text + WRONG_SUM, encoding="utf-8")
    (done,), problems = audit_studies([path])
    assert problems == ()
    assert [f.rule for f in done.findings if f.grave] == ["impossible print", "counts"]
    assert words in done.findings[0].statement
    # The same through read_study, where only faults of the file are refused.
    if "survival" not in text:
        assert audit(read_study(path)) == done.findings


def test_p_of_zero_and_a_median_from_zero_are_told_apart(tmp_path):
    """P = 0.000 is printed for P < 0.0005; a symmetric interval of a median may begin at 0.0: neither is impossible."""
    study = study_of(
        estimates=[{"value": "0.40", "ci_low": "0.30", "ci_high": "0.53", "p": "0.000"}],
        survivals=[{"median": "5.0", "median_ci_low": "0.0", "median_ci_high": "10.1"}],
    )
    assert [(f.rule, f.severity) for f in audit(study)] == [
        ("impossible print", "ask the authors"),
        ("impossible print", "notice"),
    ]


def test_the_line_of_a_study_counts_its_checks():
    clean = audited(read_study(models_folder() / "studies" / "orient15.toml"))
    assert clean.words == f"orient15: {clean.checks} checks, nothing found"
    assert clean.checks > 10
    bare = audited(study_of(estimates=[{"value": "0.70"}, {"measure": "logrank", "chi2": "5.1"}]))
    assert bare.words == "made_up: 0 checks, nothing found; 2 could not be checked"


def test_audit_is_the_same_every_time(found):
    assert audit(read_study(models_folder() / "studies" / "seed1_scirep2025.toml")) == found["seed1_scirep2025"]


def test_findings_are_frozen_and_begin_with_the_most_serious(found):
    order = [SEVERITIES.index(f.severity) for f in found["seed1_scirep2025"]]
    assert order == sorted(order)
    assert all((f.probability is None) == (f.severity != "very unlikely") for fs in found.values() for f in fs)
    with pytest.raises(dataclasses.FrozenInstanceError):
        found["seed2_cui2025"][0].rule = "x"
    assert [field.name for field in dataclasses.fields(Finding)] == [
        "study",
        "rule",
        "severity",
        "statement",
        "arithmetic",
        "where",
        "probability",
    ]


def test_every_rule_cites_its_method():
    for rule in RULES:
        module = inspect.getmodule(rule)
        assert module is not None
        assert module.__doc__ is not None
        assert len(module.__doc__) > 100
