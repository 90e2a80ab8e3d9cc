"""The audit in other words: names, units and quotes that come to a new user's mind, one error or none in each."""

import pytest

from escc_bayes.evidence.audit import audit
from tests.unit.evidence.studies import study_of


def contradictions(**parts):
    return [str(f) for f in audit(study_of(**parts)) if f.grave]


def n_of(name, value, quote="q", **more):
    return {"name": name, "value": value, "quote": quote, **more}


# In other words than any other test: names, units and quotes as they come to mind.
WRONG_IN_OTHER_WORDS = {
    "sex": {"n": 100, "numbers": [n_of("sex_male", 60, unit="patients"), n_of("sex_female", 45, unit="patients")]},
    "men women short": {"n": 100, "numbers": [n_of("Men", 60, "60 men"), n_of("Women", 35, "35 women")]},
    "gender pct": {"n": 100, "numbers": [n_of("male", "62.0", unit="%"), n_of("female", "48.0", unit="%")]},
    "tnm": {"n": 60, "numbers": [n_of("T1_n", 10), n_of("T2_n", 20), n_of("T3_n", 25), n_of("T4_n", 15)]},
    "child": {"n": 60, "numbers": [n_of("child_pugh_class_a_n", 40), n_of("child_pugh_class_b_n", 30)]},
    "ecog": {"n": 60, "numbers": [n_of("ecog_ps_0_n", 40), n_of("ecog_ps_1_n", 30)]},
    "ecog0": {"n": 60, "numbers": [n_of("ECOG0", 40, "40 patients"), n_of("ECOG1", 30, "30 patients")]},
    "grade": {"n": 60, "numbers": [n_of("tumour_grade_1_n", 40), n_of("tumour_grade_2_n", 30)]},
    "smoke": {
        "n": 60,
        "numbers": [n_of("never_smoker_n", 20), n_of("former_smoker_n", 30), n_of("current_smoker_n", 20)],
    },
    "histology >n": {"n": 60, "numbers": [n_of("histology_adeno_n", 40), n_of("histology_squamous_n", 30)]},
    "group a/b": {"n": 60, "numbers": [n_of("n_group_A", 40), n_of("n_group_B", 30)]},
    "arms by drug": {
        "n": 60,
        "estimates": [{"value": "0.7", "hazard_of": "X", "versus": "Y", "n_hazard_of": 40, "n_versus": 30}],
    },
    "count pct": {"n": 80, "numbers": [n_of("diabetes_n", 20, "20 (35.0%) had diabetes")]},
    "count pct 2": {"n": 80, "numbers": [n_of("diabetes_n", 20), n_of("diabetes_pct", "35.3")]},
    "count pct 3": {
        "n": 80,
        "numbers": [n_of("diabetes", 20, "20 patients had diabetes"), n_of("diabetes_percentage", "15.0")],
    },
    "frac": {"n": 80, "numbers": [n_of("orr_percent", "42.5", "42.5% (32/80)")]},
    "frac2": {"n": 80, "numbers": [n_of("orr_percent", "42.5", "32 of 80 patients (42.5%) responded")]},
    "frac3": {"n": 80, "numbers": [n_of("orr_percent", "42.5", "32/80 (42.5%)")]},
    "p chi df quote": {
        "estimates": [
            {"measure": "test", "chi2": "9.49", "p": "0.010", "quote": "chi-square = 9.49, df = 4, P = 0.010"}
        ]
    },
    "P noCI level": {"estimates": [{"value": "0.70", "ci_low": "0.56", "ci_high": "0.88", "p": "0.40"}]},
    "P<0.001 v CI": {"estimates": [{"value": "0.90", "ci_low": "0.75", "ci_high": "1.08", "p_text": "P<0.001"}]},
    "CI excl. 1 but NS": {
        "estimates": [
            {
                "value": "0.70",
                "ci_low": "0.56",
                "ci_high": "0.88",
                "quote": "no significant difference (HR 0.70, 95% CI 0.56-0.88)",
            }
        ]
    },
    "CI incl 1 but signif": {
        "estimates": [
            {
                "value": "0.90",
                "ci_low": "0.75",
                "ci_high": "1.08",
                "quote": "significantly longer OS (HR 0.90, 95% CI 0.75-1.08)",
            }
        ]
    },
    "improved sig": {"estimates": [{"value": "0.9", "p": "0.34", "quote": "significantly improved OS, P=0.34"}]},
    "no diff": {
        "estimates": [{"value": "0.5", "p_text": "<0.001", "quote": "there was no difference in OS (P<0.001)"}]
    },
    "median": {
        "survivals": [
            {"arm": "A", "endpoint": "OS", "median": "12.1"},
            {"arm": "A", "endpoint": "PFS", "median": "14.0"},
        ]
    },
    "median n differ": {
        "survivals": [
            {"arm": "A", "endpoint": "Overall survival", "n": 50, "median": "12.1"},
            {"arm": "a", "endpoint": "Progression-free survival", "median": "14.0"},
        ]
    },
    "km up": {
        "survivals": [{"arm": "A", "endpoint": "OS", "landmarks": [{"t": 12, "s": "0.5"}, {"t": 36, "s": "0.61"}]}]
    },
    "km two entries": {
        "survivals": [
            {"arm": "A", "endpoint": "OS", "n": 40, "landmarks": [{"t": 12, "s": "0.51"}]},
            {"arm": "A", "endpoint": "OS", "n": 40, "landmarks": [{"t": 24, "s": "0.61"}]},
        ]
    },
    "events>n": {"survivals": [{"arm": "A", "endpoint": "OS", "n": 40, "events": 44}]},
    "grim km": {
        "survivals": [{"arm": "A", "endpoint": "OS", "n": 20, "landmarks": [{"t": 12, "s": "0.88"}]}],
        "numbers": [n_of("minimum_follow_up", "14.0", unit="months")],
    },
    "SE events, whole": {
        "n": 200,
        "survivals": [{"arm": "all", "endpoint": "OS", "n": 200, "events": 60}],
        "estimates": [{"value": "0.60", "ci_low": "0.45", "ci_high": "0.80", "n_hazard_of": 100, "n_versus": 100}],
    },
    "SE events est": {
        "estimates": [{"value": "0.60", "p": "0.0005", "events": 60, "n_hazard_of": 100, "n_versus": 100}]
    },
    "SE events curves": {
        "estimates": [{"value": "0.60", "ci_low": "0.45", "ci_high": "0.80", "hazard_of": "A", "versus": "B"}],
        "survivals": [
            {"arm": "A", "endpoint": "OS", "n": 100, "events": 30},
            {"arm": "B", "endpoint": "OS", "n": 100, "events": 40},
        ],
    },
    "t arms": {
        "n": 100,
        "numbers": [
            n_of("n_arm_a", 50),
            n_of("n_arm_b", 50),
            n_of("bmi_mean_arm_a", "25.1"),
            n_of("bmi_sd_arm_a", "3.1"),
            n_of("bmi_mean_arm_b", "23.9"),
            n_of("bmi_sd_arm_b", "3.3"),
            n_of("bmi_t", "3.87"),
        ],
    },
    "t vs": {
        "n": 100,
        "numbers": [
            n_of("treated_n", 50),
            n_of("control_n", 50),
            n_of("bmi_treated_mean", "25.1"),
            n_of("bmi_treated_sd", "3.1"),
            n_of("bmi_control_mean", "23.9"),
            n_of("bmi_control_sd", "3.3"),
            n_of("t_treated_vs_control", "3.87"),
        ],
    },
    "t vs curve arms": {
        "n": 100,
        "survivals": [{"arm": "treated", "n": 50}, {"arm": "control", "n": 50}],
        "numbers": [
            n_of("bmi_treated_mean", "25.1"),
            n_of("bmi_treated_sd", "3.1"),
            n_of("bmi_control_mean", "23.9"),
            n_of("bmi_control_sd", "3.3"),
            n_of("t_treated_vs_control", "3.87"),
        ],
    },
    "rmst": {"numbers": [n_of("rmst_36m_a", "37.2"), n_of("rmst_36m_b", "30")]},
    "nested all": {
        "n": 100,
        "numbers": [n_of("metastatic_n", 40), n_of("liver_n", 30), n_of("liver_in_metastatic_n", 30)],
        "survivals": [{"arm": "all", "n": 100, "events": 80, "endpoint": "OS"}],
        "estimates": [
            {"effect": "liver", "value": "1.8", "ci_low": "1.30", "ci_high": "2.49", "adjusted": True},
            {"effect": "metastatic", "value": "1.5", "ci_low": "1.0", "ci_high": "2.25", "adjusted": True},
        ],
    },
    "unequal abstract": {"numbers": [n_of("deaths_n_abstract", 40), n_of("deaths_n_results", 44)]},
    "same name": {"numbers": [n_of("deaths_n", 40, "40 patients died"), n_of("deaths_n", 44, "there were 44 deaths")]},
    "OR shape": {
        "estimates": [
            {
                "measure": "test",
                "value": "2.10",
                "ci_low": "1.50",
                "ci_high": "2.40",
                "quote": "OR 2.10 (95% CI 1.50-2.40)",
            }
        ]
    },
    "two chi2 p": {
        "estimates": [
            {"measure": "logrank", "effect": "x", "chi2": "5.1", "p": "0.024"},
            {"measure": "logrank", "effect": "x", "chi2": "5.1", "p": "0.078"},
        ]
    },
    "median NR events": {"survivals": [{"arm": "A", "endpoint": "OS", "n": 40, "events": 25, "median_reached": False}]},
}
RIGHT_IN_OTHER_WORDS = {
    "months as m": {"n": 60, "numbers": [n_of("m3_alive_n", 50), n_of("m6_alive_n", 40)]},
    "administration": {
        "survivals": [{"arm": "A", "endpoint": "OS", "n": 20, "landmarks": [{"t": 12, "s": "0.88"}]}],
        "numbers": [n_of("followup_by_administration", 20)],
    },
    "one name, two arms": {"numbers": [n_of("men_n", 30, "30 men in arm A"), n_of("men_n", 28, "28 men in arm B")]},
    "significance of toxicity": {
        "estimates": [
            {
                "value": "0.70",
                "ci_low": "0.56",
                "ci_high": "0.88",
                "quote": "HR 0.70 (0.56-0.88), with no significant difference in toxicity",
            }
        ]
    },
    "significance elsewhere in the quote": {
        "estimates": [
            {
                "value": "0.70",
                "ci_low": "0.56",
                "ci_high": "0.88",
                "quote": "OS was longer (HR 0.70, 0.56-0.88); PFS was not significantly different",
            }
        ]
    },
    "AE": {
        "n": 60,
        "numbers": [
            n_of("ae_grade_1_n", 40),
            n_of("ae_grade_2_n", 35),
            n_of("ae_fatigue_n", 33),
            n_of("ae_nausea_n", 44),
        ],
    },
    "stages of subset": {
        "n": 60,
        "numbers": [n_of("responders_n", 20), n_of("responders_male_n", 12), n_of("responders_female_n", 8)],
    },
    "responses per sex": {"n": 60, "numbers": [n_of("response_male_n", 12), n_of("response_female_n", 8)]},
    "orr pct sex": {"n": 60, "numbers": [n_of("orr_male_percent", "55.0"), n_of("orr_female_percent", "60.0")]},
    "n screened": {"n": 60, "numbers": [n_of("n_screened", 90), n_of("men_n", 50), n_of("women_n", 40)]},
    "stage missing": {
        "n": 60,
        "numbers": [n_of("stage_II_n", 20), n_of("stage_III_n", 30), n_of("stage_unknown_n", 10)],
    },
    "line": {"n": 60, "numbers": [n_of("line_1_n", 60), n_of("line_2_n", 40)]},
    "at risk": {"n": 60, "numbers": [n_of("n_at_risk_0", 60), n_of("n_at_risk_12", 40)]},
    "exposed": {"n": 60, "numbers": [n_of("low_alc_n", 20), n_of("high_alc_n", 30)]},
    "male deaths": {
        "n": 60,
        "numbers": [n_of("male_n", 40), n_of("female_n", 20), n_of("deaths_male_n", 10), n_of("deaths_female_n", 9)],
    },
    "arm pct": {
        "n": 100,
        "numbers": [
            n_of("arm_a_n", 50),
            n_of("arm_b_n", 50),
            n_of("pneumonitis_arm_a_percent", "60.0"),
            n_of("pneumonitis_arm_b_percent", "58.0"),
        ],
    },
    "OR": {
        "estimates": [
            {"measure": "test", "value": "2.10", "ci_low": "1.50", "ci_high": "2.94", "p_text": "<0.001", "quote": "OR"}
        ]
    },
    "diff": {
        "estimates": [
            {
                "measure": "test",
                "value": "8.2",
                "ci_low": "2.1",
                "ci_high": "14.3",
                "p": "0.008",
                "quote": "difference in ORR",
            }
        ]
    },
    "90 ci quote": {
        "estimates": [
            {
                "value": "0.70",
                "ci_low": "0.54",
                "ci_high": "0.91",
                "p": "0.026",
                "quote": "HR 0.70 (90% CI 0.54-0.91), P = 0.026",
            }
        ]
    },
    "safety n": {"n": 100, "numbers": [n_of("n_arm_a", 50), n_of("n_arm_b", 48)]},
    "pdl1": {"n": 100, "numbers": [n_of("pdl1_positive_n", 40), n_of("pdl1_negative_n", 30)]},
    "OS v PFS cutoffs": {
        "survivals": [
            {"arm": "A", "endpoint": "OS", "median": "12.1", "cutoff": "a"},
            {"arm": "A", "endpoint": "PFS", "median": "14.0", "cutoff": "b"},
        ]
    },
    "LRFS": {
        "survivals": [
            {"arm": "A", "endpoint": "OS", "median": "12.1"},
            {"arm": "A", "endpoint": "LRFS", "median": "14.0"},
        ]
    },
    "years": {"numbers": [n_of("year_start", 2018), n_of("year_end", 2023)]},
    "subgroup male/female HR n": {
        "n": 100,
        "estimates": [
            {"effect": "rt", "value": "0.7", "subgroup": "male", "n_hazard_of": 30, "n_versus": 30},
            {"effect": "rt", "value": "0.8", "subgroup": "female", "n_hazard_of": 20, "n_versus": 20},
        ],
    },
    "chemo events n": {"n": 80, "numbers": [n_of("toxicity_grade_3_n", 30), n_of("toxicity_grade_4_n", 60)]},
}


@pytest.mark.parametrize("what", WRONG_IN_OTHER_WORDS)
def test_error_is_found_in_other_words(what):
    assert contradictions(**WRONG_IN_OTHER_WORDS[what])


@pytest.mark.parametrize("what", RIGHT_IN_OTHER_WORDS)
def test_truth_in_other_words_stays_clean(what):
    assert contradictions(**RIGHT_IN_OTHER_WORDS[what]) == []
