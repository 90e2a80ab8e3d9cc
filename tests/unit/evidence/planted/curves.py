"""A ratio against the landmarks and medians of its groups.

One planted error in each of the first table, none in each of the second.
"""

from tests.unit.evidence.planted.makers import arms, ratio

PLANTED = {
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
    "sorafenib turned round": {
        "estimates": [
            ratio(
                "1.58",
                "1.18",
                "2.11",
                "hazard ratio for death 1.58 (95% CI 1.18-2.11)",
                hazard_of="sorafenib",
                versus="placebo",
            )
        ],
        "survivals": arms(
            "OS", ("sorafenib", 299, {12: "0.44", 24: "0.27"}, {}), ("placebo", 303, {12: "0.33", 24: "0.15"}, {})
        ),
    },
    "medians and a rate turned round": {
        "estimates": [
            ratio(
                "1.90",
                "1.48",
                "2.44",
                "HR 1.90 (95 % CI 1.48-2.44)",
                endpoint="PFS",
                hazard_of="pembrolizumab",
                versus="chemotherapy",
            )
        ],
        "survivals": arms(
            "PFS",
            ("pembrolizumab", 210, {12: "0.61"}, {"median": "18.2"}),
            ("chemotherapy", 205, {12: "0.38"}, {"median": "9.6"}),
        ),
    },
    "curves of three landmarks": {
        "estimates": [
            ratio("0.64", "0.50", "0.82", "HR 0.64 (0.50-0.82)", endpoint="DFS", hazard_of="T3-4", versus="T1-2")
        ],
        "survivals": arms(
            "DFS",
            ("T3-4", 170, {12: "0.70", 36: "0.41", 60: "0.33"}, {}),
            ("T1-2", 160, {12: "0.88", 36: "0.68", 60: "0.60"}, {}),
        ),
    },
}

CORRECT = {
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
    "medians in the same direction": {
        "estimates": [ratio("0.72", "0.57", "0.91", "HR 0.72 (95% CI 0.57-0.91)", hazard_of="A", versus="B")],
        "survivals": arms("OS", ("A", 180, {}, {"median": "14.1"}), ("B", 180, {}, {"median": "9.9"})),
    },
}
