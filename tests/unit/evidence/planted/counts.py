"""Counts, percentages and the groups that they are of.

One planted error in each of the first table, none in each of the second.
"""

from tests.unit.evidence.planted.makers import arms, number

D = "\N{MIDDLE DOT}"

PLANTED = {
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
    "hyphenated number and its share": {
        "n": 310,
        "numbers": [number("hypertension_n", 96, "Ninety-six of 310 patients (41.0%) had hypertension")],
    },
    "share of the patients first, middle dot": {
        "n": 148,
        "numbers": [number("leak_n", 46, f"27{D}4 % of the patients (46/148) had a leak")],
    },
    "k/n then a share": {"n": 93, "numbers": [number("neutropenia_n", 17, "grade 3 neutropenia in 17/93, 28.1 %")]},
    "n = k with a share": {"n": 240, "numbers": [number("diabetes_n", 57, "with diabetes (n = 57, 32.8 %)")]},
    "out of, per cent in words": {
        "n": 76,
        "numbers": [number("relapse_n", 19, "Nineteen out of 76 patients (35 per cent) relapsed")],
    },
    "share between count and whole": {
        "n": 114,
        "numbers": [number("female_n", 42, f"Forty-two (61{D}4 %) of 114 participants were women")],
    },
    "sexes exceed the cohort": {"n": 75, "numbers": [number("women_n", 44, "44 women"), number("men_n", 41, "41 men")]},
    "classes exceed one hundred per cent": {
        "n": 134,
        "numbers": [
            number("ecog_0_pct", "62", "ECOG 0: 62 %", unit="%"),
            number("ecog_1_pct", "47", "ECOG 1: 47 %", unit="%"),
        ],
    },
    "arms exceed those randomised": {
        "n": 320,
        "numbers": [
            number("apixaban_n", 165, "165 were assigned to apixaban"),
            number("warfarin_n", 162, "162 were assigned to warfarin"),
        ],
    },
    "one hundred and sixty-eight": {
        "n": 402,
        "numbers": [number("bmi_n", 168, "One hundred and sixty-eight (48.1%) of the 402 participants were obese")],
    },
    "proportion in brackets": {
        "n": 68,
        "numbers": [number("cr_n", 15, "a complete response was seen in 15 of 68 evaluable patients [27.1%]")],
    },
    "share with a comma": {
        "n": 59,
        "numbers": [number("graft_n", 13, "graft failure occurred in 13/59 patients, i.e., 31.0%")],
    },
    "k patients out of n": {
        "n": 131,
        "numbers": [number("sepsis_n", 21, "21 patients out of 131 (26.0 %) developed sepsis")],
    },
    "randomised 1:1 beyond the trial": {
        "n": 610,
        "numbers": [
            number("dabigatran_n", 311, "311 patients were randomly allocated to dabigatran"),
            number("placebo_n", 309, "309 were randomly allocated to placebo"),
        ],
    },
    "denominators exchanged in a trial of stents": {
        "estimates": [
            {
                "effect": "stent",
                "endpoint": "restenosis",
                "measure": "RR",
                "value": "0.61",
                "hazard_of": "coated",
                "versus": "bare",
                "n_hazard_of": 120,
                "n_versus": 83,
                "quote": "RR 0.61",
            }
        ],
        "numbers": [
            number("thrombosis_coated_n", 9, "9 patients (10.8 %)"),
            number("bleeding_coated_n", 14, "14 patients (16.9 %)"),
        ],
    },
    "never, former and current smokers": {
        "n": 95,
        "numbers": [
            number("never_smokers_n", 40, "40 never"),
            number("former_smokers_n", 35, "35 former"),
            number("current_smokers_n", 27, "27 current smokers"),
        ],
    },
    "shares of the other arm": {
        "survivals": arms("OS", ("surgery", 58, {}, {}), ("stenting", 97, {}, {})),
        "numbers": [
            number("perforation_stenting_n", 7, "7 patients (12.1 %)"),
            number("bleeding_stenting_n", 11, "11 patients (19.0 %)"),
        ],
    },
    "sizes exchanged in the sentence": {
        "n": 155,
        "numbers": [
            number(
                "responders_n",
                61,
                "There were 34 responders (52.3 %) in arm A (n = 90) and 27 (30.0 %) in arm B (n = 65)",
            )
        ],
    },
}

CORRECT = {
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
    "hyphenated number": {
        "n": 310,
        "numbers": [number("hypertension_n", 96, "Ninety-six of 310 patients (31.0%) had hypertension")],
    },
    "share of the patients first, with a dot": {
        "n": 148,
        "numbers": [number("leak_n", 46, f"31{D}1 % of the patients (46/148) had a leak")],
    },
    "per cent in words": {
        "n": 76,
        "numbers": [number("relapse_n", 19, "Nineteen out of 76 patients (25 per cent) relapsed")],
    },
    "share before the whole": {
        "n": 114,
        "numbers": [number("female_n", 42, f"Forty-two (36{D}8 %) of 114 participants were women")],
    },
    "of a subgroup": {"n": 140, "numbers": [number("smokers_women_n", 18, "18 of 37 women (48.6 %) smoked")]},
    "both sexes in one sentence": {
        "n": 212,
        "numbers": [
            number("women_n", 97, "Of the 212 patients, 97 (45.8%) were women and 115 (54.2%) men"),
            number("men_n", 115, "Of the 212 patients, 97 (45.8%) were women and 115 (54.2%) men"),
        ],
    },
    "two shares of sixty each": {
        "n": 120,
        "numbers": [number("nausea_a_n", 24, "24 (40%) and 30 (50%) of 60 patients each had nausea")],
    },
    "comorbidities may overlap": {
        "n": 100,
        "numbers": [
            number("hypertension_n", 61, "hypertension in 61 (61 %)"),
            number("diabetes_n", 55, "diabetes in 55 (55 %)"),
        ],
    },
    "randomised and treated": {
        "n": 320,
        "numbers": [
            number("randomised_n", 320, "320 patients were randomised"),
            number("treated_n", 311, "311 (97.2 %) were treated"),
        ],
    },
    "more than a third": {
        "n": 88,
        "numbers": [number("cr_n", 34, "more than a third of the 88 patients (38.6%, n = 34) had a complete response")],
    },
    "one hundred and sixty-eight": {
        "n": 402,
        "numbers": [number("bmi_n", 168, "One hundred and sixty-eight (41.8%) of the 402 participants were obese")],
    },
    "share in square brackets": {
        "n": 68,
        "numbers": [number("cr_n", 15, "a complete response was seen in 15 of 68 evaluable patients [22.1%]")],
    },
    "randomised of those screened": {
        "n": 620,
        "numbers": [
            number("dabigatran_n", 311, "311 patients were randomly allocated to dabigatran"),
            number("placebo_n", 309, "309 were randomly allocated to placebo"),
        ],
    },
    "factorial": {
        "n": 320,
        "design": "factorial randomised trial",
        "numbers": [
            number("aspirin_n", 165, "165 were assigned to aspirin"),
            number("statin_n", 162, "162 were assigned to a statin"),
        ],
    },
    "re-randomised": {
        "n": 200,
        "numbers": [
            number("induction_n", 200, "200 were randomised to induction"),
            number("maintenance_n", 90, "90 were then randomised to maintenance"),
        ],
    },
    "adverse events in per cent": {
        "n": 212,
        "numbers": [
            number("nausea_pct", "61", "nausea in 61 %", unit="%"),
            number("fatigue_pct", "55", "fatigue in 55 %", unit="%"),
        ],
    },
    "women of those with events": {
        "n": 300,
        "numbers": [number("events_women_n", 25, "25 (35.2 %) of the 71 patients with an event were women")],
    },
    "shares of their own arm": {
        "survivals": arms("OS", ("surgery", 58, {}, {}), ("stenting", 97, {}, {})),
        "numbers": [
            number("perforation_stenting_n", 7, "7 patients (7.2 %)"),
            number("bleeding_surgery_n", 11, "11 patients (19.0 %)"),
        ],
    },
    "sizes in the sentence": {
        "n": 155,
        "numbers": [
            number(
                "responders_n",
                61,
                "There were 34 responders (37.8 %) in arm A (n = 90) and 27 (41.5 %) in arm B (n = 65)",
            )
        ],
    },
}
