"""Invented papers in many styles: one planted error in each of the first table, none in each of the second.

No number is a patient's; quotes are written as journals print them. What is wrong is said beside each.
"""


def ratio(value, low, high, quote, **more):
    """One printed ratio with limits."""
    return {"value": value, "ci_low": low, "ci_high": high, "quote": quote, **more}


def arms(endpoint, *curves, **more):
    """Curves of several arms: name, patients, {month: survival}, and more keys."""
    return [
        {
            "arm": arm,
            "endpoint": endpoint,
            "n": n,
            "landmarks": [{"t": t, "s": s} for t, s in marks.items()],
            **rest,
            **more,
        }
        for arm, n, marks, rest in curves
    ]


def number(name, value, quote, **more):
    """One printed number."""
    return {"name": name, "value": value, "quote": quote, **more}


TWO = {"hazard_of": "camrelizumab", "versus": "placebo", "n_hazard_of": 400, "n_versus": 400}
TABLE = {"measure": "test", "endpoint": "objective response", "hazard_of": "A", "versus": "B"}

PLANTED = {
    # Impossible prints.
    "estimate below its interval": {"estimates": [ratio("0.41", "0.52", "0.93", "HR 0.41 (95% CI 0.52-0.93)")]},
    "estimate above its interval, NMA": {
        "estimates": [ratio("1.12", "0.61", "0.97", "NMA HR 1.12 (95% CrI 0.61-0.97)", measure="NMA HR")]
    },
    "odds ratio outside": {"estimates": [ratio("3.90", "1.10", "3.20", "OR 3.90, 95% CI 1.10 to 3.20", measure="OR")]},
    "limits reversed": {"estimates": [ratio("0.70", "0.91", "0.54", "HR 0.70 (0.91-0.54)")]},
    "P above one": {"estimates": [{"value": "0.98", "p": "1.03", "quote": "HR 0.98, P = 1.03"}]},
    "rate outside its interval": {
        "survivals": [{"landmarks": [{"t": 24, "s": "0.71", "lo": "0.52", "hi": "0.69"}], "quote": "2-year OS 71 %"}]
    },
    "median outside its interval": {
        "survivals": [{"median": "19.4", "median_ci_low": "20.1", "median_ci_high": "27.7", "quote": "19.4 months"}]
    },
    # File against quote.
    "value turned round": {
        "estimates": [ratio("0.68", "0.55", "0.84", "the hazard ratio for death was 0.86 (95 % CI, 0.55 to 0.84)")]
    },
    "limit turned round": {
        "estimates": [ratio("0.70", "0.51", "0.96", "HR, 0.70; 95% CI, 0.15\N{EN DASH}0.96; P=.03")]
    },
    "P with one zero less": {"estimates": [{"value": "0.70", "p": "0.03", "quote": "(HR 0.70, p=0.003)"}]},
    "median of the quote": {"survivals": [{"median": "21.7", "quote": "median overall survival was 27.1 months"}]},
    "rate of the quote": {
        "survivals": [{"landmarks": [{"t": 36, "s": "0.54"}], "n": 90, "quote": "3-year OS 45\N{MIDDLE DOT}0 %"}]
    },
    "events of the quote": {"survivals": [{"events": 48, "n": 90, "quote": "84 deaths had occurred"}]},
    "level of the quote": {"estimates": [ratio("0.70", "0.44", "1.11", "HR 0.70 (99% CI 0.44-1.11)", ci_level="0.95")]},
    "age of the quote": {"n": 80, "numbers": [number("age_median", "66", "a median age of 68 years", unit="years")]},
    "count of the quote": {
        "n": 80,
        "numbers": [number("stage_IV_n", 19, "29 patients were diagnosed with stage IV disease")],
    },
    "chi-square of the quote": {
        "estimates": [
            {"measure": "logrank", "chi2": "6.75", "p": "0.019", "groups": 2, "quote": "chi2 = 5.47, P = 0.019"}
        ]
    },
    # Counts and percentages in words.
    "spelled out": {"n": 210, "numbers": [number("g3_n", 31, "Thirty-one of 210 patients (41.8%) had grade 3 events")]},
    "percentage first": {
        "n": 64,
        "numbers": [number("cr_n", 20, "13.2 % of the patients (20/64) had a complete response")],
    },
    "of 88 patients": {"n": 88, "numbers": [number("fever_n", 31, "Of 88 patients, 31 (53.2%) had fever")]},
    "n = k": {"n": 52, "numbers": [number("dysphagia_n", 13, "dysphagia (13/52; 52.0 %)")]},
    "middle dot": {
        "n": 120,
        "numbers": [number("fistula_n", 6, "six of 120 patients (0\N{MIDDLE DOT}5 %) had a fistula")],
    },
    "one hundred and twelve": {
        "n": 248,
        "numbers": [number("male_n", 112, "One hundred and twelve of 248 patients (54.2%) were men")],
    },
    "men and women": {"n": 90, "numbers": [number("men_n", 61, "61 men"), number("women_n", 39, "39 women")]},
    "arms exceed": {
        "n": 150,
        "numbers": [number("arm_a_n", 80, "80 were randomised to A"), number("arm_b_n", 77, "77 were randomised to B")],
    },
    # Direction.
    "inverted against landmarks": {
        "estimates": [ratio("1.61", "1.22", "2.13", "HR 1.61 (95% CI 1.22-2.13)", hazard_of="CRT", versus="RT")],
        "survivals": arms("OS", ("CRT", 160, {12: "0.81", 36: "0.52"}, {}), ("RT", 158, {12: "0.66", 36: "0.31"}, {})),
    },
    "inverted against medians and a rate": {
        "estimates": [
            ratio("0.55", "0.42", "0.72", "0.55 (0.42 to 0.72)", endpoint="PFS", hazard_of="late", versus="early")
        ],
        "survivals": arms(
            "PFS", ("late", 150, {24: "0.15"}, {"median": "7.1"}), ("early", 150, {24: "0.38"}, {"median": "14.9"})
        ),
    },
    "inverted by sizes of the groups": {
        "estimates": [
            ratio("1.80", "1.35", "2.40", "1.80 (1.35-2.40)", n_hazard_of=190, n_versus=140),
        ],
        "survivals": arms("OS", ("IO", 190, {12: "0.80", 24: "0.61"}, {}), ("none", 140, {12: "0.60", 24: "0.35"}, {})),
    },
    "better beside a ratio above one": {
        "estimates": [ratio("1.52", "1.10", "2.10", "better overall survival (HR 1.52, 95% CI 1.10-2.10)")]
    },
    "increased risk beside a ratio below one": {
        "estimates": [ratio("0.61", "0.45", "0.83", "an increased risk of death (HR 0.61; 95% CI 0.45-0.83)")]
    },
    "reduced hazard beside a ratio above one": {
        "estimates": [
            ratio("1.44", "1.05", "1.98", "reduced hazard of progression (HR 1.44, 1.05-1.98)", endpoint="PFS")
        ]
    },
    "favoured the group that does worse": {
        "estimates": [
            ratio("1.30", "1.02", "1.66", "OS favoured the drug (HR 1.30)", hazard_of="drug", versus="placebo")
        ]
    },
    "49 % lower": {
        "estimates": [ratio("0.61", "0.45", "0.83", "49 % lower risk of death (HR 0.61, 95% CI 0.45-0.83)")]
    },
    "reduced the risk by": {
        "estimates": [ratio("0.72", "0.55", "0.94", "reduced the risk of death by 38% (HR 0.72; 95% CI 0.55-0.94)")]
    },
    "odds in words": {
        "estimates": [
            ratio(
                "2.10",
                "1.20",
                "3.68",
                "lower odds of pneumonitis (OR 2.10, 95% CI 1.20-3.68)",
                measure="OR",
                endpoint="pneumonitis",
            )
        ]
    },
    "shorter survival of the group": {
        "estimates": [
            ratio(
                "0.58",
                "0.40",
                "0.84",
                "Patients with low ALC had shorter OS (HR 0.58, 0.40-0.84)",
                hazard_of="low ALC",
                versus="high ALC",
            )
        ]
    },
    # Groups.
    "denominator of the other arm": {
        "survivals": arms("OS", ("CRT", 45, {}, {}), ("RT", 71, {}, {})),
        "numbers": [
            number("pneumonitis_CRT_n", 9, "9 patients (12.7 %)"),
            number("nausea_CRT_n", 16, "16 patients (22.5 %)"),
        ],
    },
    "sizes exchanged": {
        "survivals": arms("OS", ("drug", 40, {}, {}), ("control", 62, {}, {})),
        "numbers": [
            number("fever_drug_n", 20, "20 (32.3 %)"),
            number("fever_control_n", 15, "15 (37.5 %)"),
            number("rash_drug_n", 31, "31 (50.0 %)"),
        ],
    },
    "FFS above OS": {
        "survivals": arms("failure-free survival", ("all", 120, {36: "0.55"}, {}))
        + arms("overall survival", ("all", 120, {36: "0.38"}, {}))
    },
    "DFS above OS": {
        "survivals": arms("DFS", ("all", 200, {60: "0.61"}, {})) + arms("OS", ("all", 200, {60: "0.47"}, {}))
    },
    "TTF median above OS median": {
        "survivals": [
            {"endpoint": "TTF", "n": 150, "median": "19.0", "followup_median": "30"},
            {"endpoint": "OS", "n": 150, "median": "12.5", "followup_median": "30"},
        ]
    },
    "PFS above OS before anybody is censored": {
        "survivals": arms("PFS", ("all", 30, {6: "0.833"}, {})) + arms("OS", ("all", 30, {6: "0.800"}, {})),
        "numbers": [number("minimum_follow_up", "12.0", "minimum follow-up 12 months", unit="months")],
    },
    "CSS below OS": {
        "survivals": arms("CSS", ("all", 90, {60: "0.41"}, {})) + arms("OS", ("all", 90, {60: "0.48"}, {}))
    },
    "too few deaths for the rate": {
        "survivals": [{"n": 140, "events": 47, "landmarks": [{"t": 18, "s": "0.40"}], "followup_median": "20.1"}]
    },
    "far too few deaths": {
        "survivals": [{"n": 100, "events": 20, "landmarks": [{"t": 24, "s": "0.45"}], "followup_median": "36"}]
    },
    "deaths of two arms": {
        "survivals": arms("OS", ("A", 150, {24: "0.35"}, {"events": 55, "followup_median": "31.0"}))
    },
    "interval of a rate, 20 patients": {
        "survivals": [
            {
                "n": 20,
                "landmarks": [{"t": 12, "s": "0.65", "lo": "0.62", "hi": "0.68"}],
                "quote": "65 % (95 % CI 62-68)",
            }
        ]
    },
    "interval of a rate, 60 patients": {
        "survivals": [{"n": 60, "landmarks": [{"t": 36, "s": "0.48", "lo": "0.45", "hi": "0.51"}], "quote": "48 %"}]
    },
    "interval of a rate as wide as one standard error": {
        "survivals": [{"n": 60, "landmarks": [{"t": 36, "s": "0.48", "lo": "0.42", "hi": "0.54"}], "quote": "48 %"}]
    },
    "interval of a response rate": {
        "n": 40,
        "numbers": [number("orr_n", 18, "18/40 (45.0 %; 95 % CI 42.9-47.1)")],
    },
    "P of a table": {
        "estimates": [
            {
                **TABLE,
                "p": "0.002",
                "n_hazard_of": 30,
                "n_versus": 30,
                "events_hazard_of": 18,
                "events_versus": 11,
                "quote": "P = 0.002",
            }
        ]
    },
    "P of a table in words": {
        "numbers": [
            number("cr", 14, "14 of 25 patients (56%) versus 8 of 26 patients (31%), P = 0.001", unit="patients")
        ]
    },
    "P of a table is too large": {
        "estimates": [{**TABLE, "p": "0.41", "quote": "72% (36/50) v 40% (20/50), P = 0.41"}]
    },
    "odds ratio of a table": {
        "estimates": [
            {
                **TABLE,
                "measure": "OR",
                "value": "1.75",
                "n_hazard_of": 40,
                "n_versus": 40,
                "events_hazard_of": 24,
                "events_versus": 12,
            }
        ]
    },
    "risk ratio of the other direction": {
        "estimates": [
            {
                **TABLE,
                "measure": "RR",
                "value": "0.50",
                "n_hazard_of": 50,
                "n_versus": 50,
                "events_hazard_of": 30,
                "events_versus": 15,
            }
        ]
    },
    "odds ratio too precise": {
        "estimates": [
            {
                **TABLE,
                **ratio("3.50", "2.60", "4.71", "OR 3.50 (95% CI 2.60-4.71)", measure="OR"),
                "n_hazard_of": 40,
                "n_versus": 40,
                "events_hazard_of": 24,
                "events_versus": 12,
            }
        ]
    },
    # P, sides, levels, words.
    "one-sided P for benefit on the wrong side": {
        "estimates": [
            ratio("1.21", "0.97", "1.51", "HR 1.21 (0.97-1.51), one-sided P = 0.046 for superiority", p="0.046", **TWO)
        ]
    },
    "NS beside limits far from one": {
        "estimates": [ratio("0.45", "0.31", "0.65", "HR 0.45 (0.31-0.65), P = NS", p_text="NS")]
    },
    "P < 0.001 beside limits that hold one": {
        "estimates": [ratio("0.88", "0.71", "1.09", "HR 0.88 (95% CI 0.71-1.09; P < 0.001)", p_text="<0.001")]
    },
    "P of the quote alone": {"estimates": [ratio("0.88", "0.71", "1.09", "HR 0.88 (95% CI 0.71-1.09; P = 0.002)")]},
    "one-sided P that the limits exclude": {
        "estimates": [
            ratio("0.80", "0.62", "1.03", "HR 0.80 (95% CI 0.62-1.03), one-sided P = 0.0008", p="0.0008", **TWO)
        ]
    },
    "99 % limits with the P of 95 %": {
        "estimates": [ratio("0.74", "0.55", "0.99", "HR 0.74 (99% CI 0.55-0.99), P = 0.042", p="0.042", adjusted=True)]
    },
    "significant above its boundary": {
        "estimates": [
            {
                "value": "0.80",
                "p": "0.031",
                "quote": "OS was significantly longer (P = 0.031); the boundary was P < 0.0105",
            }
        ]
    },
    "not significant below its level": {
        "estimates": [{"value": "1.60", "p": "0.004", "quote": "was not significant at the 0.01 level (P = 0.004)"}]
    },
    "limits off the estimate": {"estimates": [ratio("0.62", "0.31", "0.80", "HR 0.62 (95% CI 0.31-0.80)")]},
    "relative risk off its limits": {
        "estimates": [ratio("1.90", "0.60", "2.40", "RR 1.90 (95% CI 0.60-2.40)", measure="RR", endpoint="relapse")]
    },
    "chi-square of other df": {
        "estimates": [
            {
                "measure": "test",
                "chi2": "7.38",
                "p": "0.007",
                "quote": "\N{GREEK SMALL LETTER CHI}2(2) = 7.38, P = 0.007",
            }
        ]
    },
    "survival rises": {"survivals": arms("LRFS", ("all", 70, {12: "0.74", 24: "0.79"}, {}))},
    "central review with two values": {
        "survivals": arms("PFS (BICR)", ("all", 70, {12: "0.44"}, {}))
        + arms("PFS by BICR", ("all", 70, {12: "0.61"}, {}))
    },
    "precision of too few events": {
        "estimates": [ratio("0.60", "0.47", "0.77", "0.60 (0.47-0.77)", events_hazard_of=30, events_versus=41, **TWO)]
    },
    # P beside the limits of odds and risk ratios; sizes of changes in words; sizes of groups in the quote.
    "interval far from one, P far from significant": {
        "estimates": [
            ratio(
                "2.10", "1.42", "3.11", "OR 2.10 (95% CI 1.42-3.11; p = 0.38)", measure="OR", endpoint="pCR", p="0.38"
            )
        ]
    },
    "pooled ratio with the P of another row": {
        "estimates": [
            ratio("0.71", "0.61", "0.83", "pooled HR 0.71, 95% CI 0.61-0.83, P=0.27", measure="pooled HR", p="0.27")
        ]
    },
    "interval around one, tiny P": {
        "estimates": [
            ratio(
                "1.08",
                "0.80",
                "1.46",
                "relative risk 1.08 (0.80 to 1.46); P < 0.001",
                measure="RR",
                endpoint="relapse",
                p_text="<0.001",
            )
        ]
    },
    "risk fell by another percentage": {
        "estimates": [
            ratio(
                "0.66",
                "0.51",
                "0.85",
                "the risk of local recurrence fell by 44% after radiotherapy (RR, 0.66; 95% CI, 0.51-0.85)",
                measure="RR",
                endpoint="local recurrence",
            )
        ]
    },
    "twice beside a small ratio": {
        "estimates": [
            ratio("1.20", "1.01", "1.43", "Smokers had twice the risk of death (hazard ratio 1.20, 1.01 to 1.43)")
        ]
    },
    "denominators of the other group, sizes behind": {
        "n": 130,
        "numbers": [
            number(
                "pcr_chemo_n",
                21,
                "21 (42\N{MIDDLE DOT}0 %) had a pCR with chemotherapy (n = 80) and 11 (13\N{MIDDLE DOT}8 %) with "
                "radiotherapy (n = 50)",
            )
        ],
    },
}

CORRECT = {
    "Yates beside Woolf limits": {
        "estimates": [
            ratio(
                "3.50",
                "1.04",
                "11.8",
                "OR 3.50 (95% CI 1.04-11.8), corrected P = 0.075",
                measure="OR",
                p="0.075",
                endpoint="leak",
            )
        ]
    },
    "P of heterogeneity without the word": {
        "estimates": [
            ratio(
                "0.71", "0.61", "0.83", "pooled HR 0.71 (0.61-0.83; I2 = 12 %, P = 0.33)", p="0.33", measure="pooled HR"
            )
        ]
    },
    "risk in words of an odds ratio": {
        "estimates": [
            ratio("0.50", "0.30", "0.83", "the risk was 32 % lower (OR 0.50; 0.30-0.83)", measure="OR", endpoint="leak")
        ]
    },
    "rates with a lower risk": {
        "estimates": [
            ratio("0.71", "0.55", "0.92", "a lower risk of death, 49 % v 71 % at 3 years (HR 0.71; 95 % CI 0.55-0.92)")
        ]
    },
    "nearly halved": {"estimates": [ratio("0.52", "0.38", "0.71", "nearly halved the risk of death (HR 0.52)")]},
    "sizes and shares in the same order": {
        "n": 130,
        "numbers": [
            number(
                "responders_n", 32, "Arm A (n = 80) and arm B (n = 50): 21 (26.3 %) and 11 (22.0 %) patients responded"
            )
        ],
    },
    "spelled out": {
        "n": 292,
        "numbers": [number("g3_n", 41, "Forty-one of 292 patients (14.0%) had grade 3-4 events")],
    },
    "percentage of an unnamed part": {
        "n": 292,
        "numbers": [number("arm_n", 292, "More than half of 292 patients (51.4%) had it")],
    },
    "percentage first": {
        "n": 64,
        "numbers": [number("cr_n", 20, "31.3 % of the patients (20/64) had a complete response")],
    },
    "n = k": {"n": 52, "numbers": [number("dysphagia_n", 13, "dysphagia (n = 13, 25\N{MIDDLE DOT}0 %)")]},
    "twenty-two": {"n": 88, "numbers": [number("fever_n", 22, "Twenty-two (25%) of 88 patients had fever")]},
    "grades of toxicity": {
        "n": 100,
        "numbers": [
            number("grade_1_n", 80, "80 patients had grade 1 toxicity"),
            number("grade_2_n", 60, "60 patients had grade 2 toxicity"),
            number("grade_3_n", 20, "20 patients had grade 3 toxicity"),
        ],
    },
    "sites of metastases": {
        "n": 60,
        "numbers": [
            number("liver_n", 30, "30 liver"),
            number("lung_n", 28, "28 lung"),
            number("bone_n", 22, "22 bone"),
        ],
    },
    "two segments of the oesophagus": {
        "n": 100,
        "numbers": [
            number("upper_n", 30, "upper in 30"),
            number("middle_n", 60, "middle in 60"),
            number("lower_n", 35, "lower in 35 (some had two segments)"),
        ],
    },
    "boundary at an interim": {
        "estimates": [
            ratio(
                "0.79",
                "0.64",
                "0.98",
                "not significant (HR 0.79; 95% CI 0.64-0.98; P = 0.031), boundary P < 0.0105",
                p="0.031",
            )
        ]
    },
    "boundary in another sentence": {
        "estimates": [
            {
                "value": "0.80",
                "p": "0.02",
                "quote": "OS was not significantly longer (P = 0.02). The prespecified boundary was P < 0.0063.",
            }
        ]
    },
    "screening at 0.10": {
        "estimates": [
            {
                "value": "1.50",
                "p": "0.08",
                "quote": "significant in univariable analysis (P = 0.08); P < 0.10 was considered significant",
            }
        ]
    },
    "10 % level": {"estimates": [{"value": "1.50", "p": "0.07", "quote": "significant at the 10% level (P = 0.07)"}]},
    "one-sided alpha": {
        "estimates": [
            {"value": "0.75", "p": "0.034", "quote": "not significant (one-sided P = 0.034; one-sided alpha of 0.025)"}
        ]
    },
    "one-sided P": {
        "estimates": [
            ratio("0.75", "0.55", "1.02", "HR 0.75 (95% CI 0.55-1.02), one-sided p = 0.034", p="0.034", **TWO)
        ]
    },
    "one-sided P of the other tail": {
        "estimates": [
            ratio("1.21", "0.97", "1.51", "HR 1.21 (0.97-1.51), one-sided P = 0.954 for benefit", p="0.954", **TWO)
        ]
    },
    "P = NS": {"estimates": [ratio("0.85", "0.61", "1.19", "HR 0.85 (0.61-1.19), P = NS", p_text="NS")]},
    "P = 0.000": {"estimates": [ratio("0.40", "0.30", "0.53", "HR 0.40 (95% CI 0.30-0.53), p = 0.000", p="0.000")]},
    "key padded": {"estimates": [ratio("1.000", "0.800", "1.250", "HR 1.0 (95% CI 0.8-1.3)", p="0.82")]},
    "99 % limits": {"estimates": [ratio("0.70", "0.44", "1.11", "HR 0.70 (99% CI 0.44-1.11), P = 0.047", p="0.047")]},
    "96 % limits": {
        "estimates": [ratio("0.73", "0.59", "0.90", "HR 0.73 (96 % CI 0.59\N{EN DASH}0.90)", ci_level="0.96")]
    },
    "decimal commas": {"estimates": [ratio("0.62", "0.45", "0.85", "HR 0,62 (IC 95%: 0,45-0,85), p=0,003", p="0.003")]},
    "NMA": {"estimates": [ratio("0.81", "0.64", "1.03", "NMA HR 0.81 (95% CrI 0.64-1.03)", measure="NMA HR")]},
    "odds ratio, exact limits": {
        "estimates": [ratio("4.20", "0.94", "21.4", "OR 4.20 (exact 95% CI 0.94-21.4)", measure="OR", endpoint="pCR")]
    },
    "adjusted odds ratio differs from its table": {
        "estimates": [
            {
                **TABLE,
                **ratio("2.60", "1.10", "6.15", "adjusted OR 2.60 (1.10-6.15)", measure="aOR", adjusted=True),
                "n_hazard_of": 50,
                "n_versus": 50,
                "events_hazard_of": 25,
                "events_versus": 18,
            }
        ]
    },
    "table with chi-square": {
        "estimates": [{**TABLE, "p": "0.047", "quote": "50% (10 of 20) v 80% (16 of 20), P = 0.047"}]
    },
    "table with Fisher": {
        "estimates": [{**TABLE, "p": "0.096", "quote": "50% (10 of 20) v 80% (16 of 20), P = 0.096"}]
    },
    "odds ratio of its table": {
        "estimates": [
            {
                **TABLE,
                "measure": "OR",
                "value": "3.50",
                "n_hazard_of": 40,
                "n_versus": 40,
                "events_hazard_of": 24,
                "events_versus": 12,
            }
        ]
    },
    "risk ratio of its table": {
        "estimates": [
            {
                **TABLE,
                "measure": "RR",
                "value": "2.00",
                "n_hazard_of": 50,
                "n_versus": 50,
                "events_hazard_of": 30,
                "events_versus": 15,
            }
        ]
    },
    "better beside a ratio below one": {
        "estimates": [ratio("0.66", "0.48", "0.91", "better overall survival (HR 0.66, 95% CI 0.48-0.91)")]
    },
    "better of the other group": {
        "estimates": [
            ratio(
                "1.62",
                "1.15",
                "2.28",
                "Higher ALC was associated with better OS (HR 1.62 for low ALC)",
                hazard_of="low ALC",
                versus="high ALC",
            )
        ]
    },
    "favoured the other group": {
        "estimates": [
            ratio(
                "1.30", "1.02", "1.66", "OS favoured placebo (HR 1.30, 1.02-1.66)", hazard_of="drug", versus="placebo"
            )
        ]
    },
    "favoured the part of a combination": {
        "estimates": [
            ratio("1.30", "1.02", "1.66", "favoured surgery (HR 1.30)", hazard_of="CRT + surgery", versus="surgery")
        ]
    },
    "no improvement": {"estimates": [ratio("1.05", "0.80", "1.38", "did not improve OS (HR 1.05, 95% CI 0.80-1.38)")]},
    "39 % lower": {
        "estimates": [ratio("0.61", "0.45", "0.83", "39 % lower risk of death (HR 0.61, 95% CI 0.45-0.83)")]
    },
    "risk of the other group in per cent": {
        "estimates": [
            ratio("1.43", "1.12", "1.82", "a 30 % lower risk with nCRT (HR 1.43 for surgery alone, 1.12-1.82)")
        ]
    },
    "absolute reduction": {
        "estimates": [
            ratio("0.72", "0.55", "0.94", "an absolute reduction in mortality of 12 % (HR 0.72; 95% CI 0.55-0.94)")
        ]
    },
    "higher survival rate": {
        "estimates": [ratio("0.60", "0.42", "0.86", "a higher survival rate (HR 0.60; 95% CI 0.42-0.86)")]
    },
    "adverse factor": {
        "estimates": [ratio("2.10", "1.30", "3.39", "T4 was an adverse factor (HR 2.10, 95% CI 1.30-3.39)")]
    },
    "ratio and landmarks": {
        "estimates": [ratio("0.62", "0.47", "0.82", "HR 0.62 (95% CI 0.47-0.82)", hazard_of="CRT", versus="RT")],
        "survivals": arms("OS", ("CRT", 160, {12: "0.81", 36: "0.52"}, {}), ("RT", 158, {12: "0.66", 36: "0.31"}, {})),
    },
    "ratio near one and curves that cross": {
        "estimates": [ratio("1.04", "0.80", "1.35", "HR 1.04 (0.80-1.35)", hazard_of="IO", versus="chemo")],
        "survivals": arms("OS", ("IO", 150, {6: "0.70", 36: "0.33"}, {}), ("chemo", 150, {6: "0.78", 36: "0.28"}, {})),
    },
    "multivariable ratio against crude curves": {
        "design": "retrospective cohort",
        "estimates": [
            ratio("0.80", "0.60", "1.07", "0.80 (0.60-1.07)", hazard_of="S", versus="C", adjusted=True),
        ],
        "survivals": arms("OS", ("S", 150, {24: "0.40"}, {}), ("C", 150, {24: "0.52"}, {})),
    },
    "percentages of both arms": {
        "survivals": arms("OS", ("CRT", 45, {}, {}), ("RT", 71, {}, {})),
        "numbers": [
            number("nausea_CRT_n", 16, "16 patients (35.6 %)"),
            number("nausea_RT_n", 9, "9 patients (12.7 %)"),
        ],
    },
    "percentage of the evaluable": {
        "survivals": arms("OS", ("CRT", 45, {}, {}), ("RT", 71, {}, {})),
        "numbers": [number("response_CRT_n", 30, "30 of 42 evaluable patients (71.4 %)")],
    },
    "FFS below OS": {
        "survivals": arms("FFS", ("all", 120, {36: "0.38"}, {})) + arms("OS", ("all", 120, {36: "0.55"}, {}))
    },
    "PFS a little above OS in few patients": {
        "survivals": arms("PFS", ("all", 24, {18: "0.553"}, {"followup_median": "14.0"}))
        + arms("OS", ("all", 24, {18: "0.541"}, {"followup_median": "14.0"}))
    },
    "locoregional control above OS": {
        "survivals": arms("LRC", ("all", 90, {36: "0.81"}, {}))
        + arms("LRFS", ("all", 90, {36: "0.74"}, {}))
        + arms("OS", ("all", 90, {36: "0.52"}, {}))
    },
    "CSS above OS": {
        "survivals": arms("CSS", ("all", 90, {60: "0.55"}, {})) + arms("OS", ("all", 90, {60: "0.48"}, {}))
    },
    "investigator and central review": {
        "survivals": arms("PFS (investigator)", ("all", 70, {12: "0.51"}, {}))
        + arms("PFS (BICR)", ("all", 70, {12: "0.44"}, {}))
    },
    "events that fit": {
        "survivals": [{"n": 140, "events": 76, "landmarks": [{"t": 18, "s": "0.40"}], "followup_median": "20.1"}]
    },
    "interval of a rate": {
        "survivals": [
            {
                "n": 20,
                "landmarks": [{"t": 12, "s": "0.65", "lo": "0.40", "hi": "0.82"}],
                "quote": "65 % (95 % CI 40-82)",
            }
        ]
    },
    "rate with its standard error": {
        "survivals": [
            {"n": 60, "landmarks": [{"t": 36, "s": "0.48", "lo": "0.41", "hi": "0.55"}], "quote": "48 % (SE 7 %)"}
        ]
    },
    "median from zero": {
        "survivals": [
            {"n": 12, "median": "3.1", "median_ci_low": "0.0", "median_ci_high": "6.9", "quote": "3.1 months (0.0-6.9)"}
        ]
    },
    "log-rank P beside a Cox interval": {
        "estimates": [
            ratio(
                "0.21",
                "0.08",
                "0.57",
                "HR 0.21 (0.08-0.57), log-rank P = 0.0007",
                p="0.0007",
                n_hazard_of=20,
                n_versus=22,
            )
        ]
    },
    "two arms in one quote": {
        "survivals": arms(
            "OS", ("A", 80, {24: "0.669"}, {}), ("B", 82, {24: "0.565"}, {}), quote="2-year OS: 66.9% vs. 56.5%"
        )
    },
    "mean difference below zero": {
        "estimates": [
            ratio(
                "-1.2",
                "-2.0",
                "-0.4",
                "mean difference -1.2 (-2.0 to -0.4)",
                measure="mean difference",
                endpoint="pain",
            )
        ]
    },
    "P of interaction": {
        "estimates": [ratio("0.60", "0.45", "0.80", "HR 0.60 (0.45-0.80); P for interaction 0.41", p="0.41")]
    },
}
