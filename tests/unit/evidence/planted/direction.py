"""A ratio against the words of its direction.

One planted error in each of the first table, none in each of the second.
"""

from tests.unit.evidence.planted.makers import arms, ratio

PLANTED = {
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
    "prolonged beside a ratio above one": {
        "estimates": [
            ratio(
                "1.36",
                "1.05",
                "1.76",
                "Olaparib significantly prolonged progression-free survival (HR 1.36; 95% CI 1.05 to 1.76)",
                endpoint="PFS",
            )
        ]
    },
    "worse survival beside a ratio below one": {
        "estimates": [
            ratio(
                "0.57",
                "0.41",
                "0.79",
                "Patients with a high NLR had worse disease-free survival (HR 0.57, 95% CI 0.41-0.79)",
                endpoint="DFS",
                hazard_of="high NLR",
                versus="low NLR",
            )
        ]
    },
    "protective beside an odds ratio above one": {
        "estimates": [
            ratio(
                "1.90",
                "1.20",
                "3.01",
                "Omentoplasty was protective against anastomotic leak (OR 1.90, 95% CI 1.20-3.01)",
                measure="OR",
                endpoint="leak",
            )
        ]
    },
    "lower risk of relapse": {
        "estimates": [
            ratio(
                "1.47",
                "1.08",
                "2.00",
                "Maintenance was associated with a lower risk of relapse (aHR 1.47; 95% CI 1.08-2.00)",
                endpoint="relapse",
                measure="aHR",
            )
        ]
    },
    "poorer survival of the treated": {
        "estimates": [
            ratio(
                "1.65",
                "1.20",
                "2.27",
                "OS was longer with adjuvant therapy than with observation (HR 1.65; 1.20-2.27)",
                hazard_of="adjuvant therapy",
                versus="observation",
            )
        ]
    },
    "superior beside a ratio above one": {
        "estimates": [
            ratio(
                "1.29",
                "1.04",
                "1.60",
                "PFS was superior in the experimental arm (HR 1.29; 95% CI 1.04 to 1.60)",
                endpoint="PFS",
                hazard_of="experimental",
                versus="control",
            )
        ]
    },
    "died sooner": {
        "estimates": [
            ratio(
                "0.62",
                "0.47",
                "0.82",
                "Patients with cachexia had inferior overall survival (HR 0.62, 95% CI 0.47-0.82)",
                hazard_of="cachexia",
                versus="no cachexia",
            )
        ]
    },
    "lower odds beside 1.8": {
        "estimates": [
            ratio(
                "1.82",
                "1.21",
                "2.74",
                "Statin users had lower odds of infection (aOR 1.82; 1.21-2.74)",
                measure="aOR",
                endpoint="infection",
                hazard_of="statin",
                versus="no statin",
            )
        ]
    },
}

CORRECT = {
    "risk in words of an odds ratio": {
        "estimates": [
            ratio("0.50", "0.30", "0.83", "the risk was 32 % lower (OR 0.50; 0.30-0.83)", measure="OR", endpoint="leak")
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
    "no survival benefit": {
        "estimates": [ratio("0.97", "0.79", "1.19", "There was no survival benefit (HR 0.97; 95% CI 0.79-1.19)")]
    },
    "shorter with placebo": {
        "estimates": [
            ratio(
                "0.63",
                "0.47",
                "0.84",
                "Survival was shorter with placebo (HR 0.63, 95% CI 0.47-0.84)",
                hazard_of="lenvatinib",
                versus="placebo",
            )
        ]
    },
    "lower mortality of the other group": {
        "estimates": [
            ratio(
                "1.52",
                "1.10",
                "2.10",
                "Surgery was associated with lower mortality (HR 1.52 for no surgery, 95% CI 1.10-2.10)",
                hazard_of="no surgery",
                versus="surgery",
            )
        ]
    },
    "early harm, late benefit": {
        "estimates": [
            ratio("0.92", "0.74", "1.14", "HR 0.92 (95% CI 0.74-1.14)", hazard_of="nivolumab", versus="docetaxel")
        ],
        "survivals": arms(
            "OS", ("nivolumab", 200, {3: "0.76", 36: "0.18"}, {}), ("docetaxel", 200, {3: "0.86", 36: "0.09"}, {})
        ),
    },
    "risk factor with a ratio of its absence": {
        "estimates": [
            ratio(
                "0.50",
                "0.33",
                "0.76",
                "Absence of nodal disease halved the hazard (HR 0.50, 95% CI 0.33-0.76)",
                hazard_of="N0",
                versus="N+",
            )
        ]
    },
    "higher response": {
        "estimates": [
            ratio(
                "1.90",
                "1.20",
                "3.01",
                "a higher response rate with the combination (OR 1.90, 95% CI 1.20-3.01)",
                measure="OR",
                endpoint="objective response",
            )
        ]
    },
    "failed to prolong": {
        "estimates": [
            ratio("1.08", "0.88", "1.33", "The drug failed to prolong overall survival (HR 1.08; 95% CI 0.88 to 1.33)")
        ]
    },
    "protective odds ratio": {
        "estimates": [
            ratio(
                "0.53",
                "0.33",
                "0.85",
                "was protective against leak (OR 0.53, 95% CI 0.33-0.85)",
                measure="OR",
                endpoint="leak",
            )
        ]
    },
    "superior": {
        "estimates": [
            ratio(
                "0.77",
                "0.62",
                "0.96",
                "PFS was superior in the experimental arm (HR 0.77; 95% CI 0.62 to 0.96)",
                endpoint="PFS",
                hazard_of="experimental",
                versus="control",
            )
        ]
    },
    "worse without": {
        "estimates": [
            ratio(
                "0.64",
                "0.48",
                "0.85",
                "Survival was worse without radiotherapy (HR 0.64, 95% CI 0.48-0.85)",
                hazard_of="radiotherapy",
                versus="no radiotherapy",
            )
        ]
    },
    "improved with the other": {
        "estimates": [
            ratio(
                "1.41",
                "1.09",
                "1.82",
                "Overall survival improved after surgery (HR 1.41 for definitive chemoradiotherapy, 95% CI 1.09-1.82)",
                hazard_of="definitive chemoradiotherapy",
                versus="surgery",
            )
        ]
    },
    "protective level": {
        "estimates": [
            ratio(
                "2.10",
                "1.30",
                "3.39",
                "A high albumin was protective (HR 2.10 for low albumin, 95% CI 1.30-3.39)",
                hazard_of="low albumin",
                versus="high albumin",
            )
        ]
    },
    "longer among": {
        "estimates": [
            ratio(
                "0.58",
                "0.42",
                "0.80",
                "OS was longer among responders than among non-responders (HR 0.58, 95% CI 0.42-0.80)",
                hazard_of="responders",
                versus="non-responders",
            )
        ]
    },
    "shorter in women's controls": {
        "estimates": [ratio("0.70", "0.52", "0.94", "Survival was shorter in controls (HR 0.70, 95% CI 0.52-0.94)")]
    },
    "higher toxicity, lower hazard": {
        "estimates": [
            ratio(
                "0.69", "0.52", "0.92", "a lower risk of death despite more adverse events (HR 0.69, 95% CI 0.52-0.92)"
            )
        ]
    },
}
