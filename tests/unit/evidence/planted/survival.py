"""Curves: order of endpoints, events, widths of intervals.

One planted error in each of the first table, none in each of the second.
"""

from tests.unit.evidence.planted.makers import TWO, arms, number, ratio

E = "\N{EN DASH}"

PLANTED = {
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
    "survival rises": {"survivals": arms("LRFS", ("all", 70, {12: "0.74", 24: "0.79"}, {}))},
    "central review with two values": {
        "survivals": arms("PFS (BICR)", ("all", 70, {12: "0.44"}, {}))
        + arms("PFS by BICR", ("all", 70, {12: "0.61"}, {}))
    },
    "precision of too few events": {
        "estimates": [ratio("0.60", "0.47", "0.77", "0.60 (0.47-0.77)", events_hazard_of=30, events_versus=41, **TWO)]
    },
    "DFS above OS in breast cancer": {
        "survivals": arms("disease-free survival", ("all", 400, {60: "0.88"}, {}))
        + arms("overall survival", ("all", 400, {60: "0.79"}, {}))
    },
    "EFS median above that of OS": {
        "survivals": [
            {"endpoint": "event-free survival", "n": 180, "median": "22.0", "followup_median": "36"},
            {"endpoint": "overall survival", "n": 180, "median": "14.1", "followup_median": "36"},
        ]
    },
    "too few deaths in one arm": {
        "survivals": [
            {
                "n": 90,
                "events": 24,
                "landmarks": [{"t": 24, "s": "0.42"}],
                "followup_median": "30",
                "quote": "24 patients died; the 2-year survival rate was 42 %",
            }
        ]
    },
    "interval of a rate in 35": {
        "survivals": [
            {
                "n": 35,
                "landmarks": [{"t": 24, "s": "0.60", "lo": "0.57", "hi": "0.63"}],
                "quote": f"60 % (95 % CI 57{E}63)",
            }
        ]
    },
    "interval of a rate in 18": {
        "survivals": [
            {
                "n": 18,
                "landmarks": [{"t": 12, "s": "0.72", "lo": "0.69", "hi": "0.75"}],
                "quote": f"72 % (95 % CI 69{E}75 %)",
            }
        ]
    },
    "relapse-free survival rises": {"survivals": arms("RFS", ("all", 81, {24: "0.63", 36: "0.69"}, {}))},
    "too precise for its deaths": {
        "estimates": [
            ratio(
                "0.66",
                "0.54",
                "0.81",
                "HR 0.66 (95% CI 0.54-0.81)",
                events_hazard_of=41,
                events_versus=55,
                n_hazard_of=140,
                n_versus=142,
            )
        ]
    },
    "relapse-free above overall, medians": {
        "survivals": [
            {"endpoint": "relapse-free survival", "n": 240, "median": "31.0", "followup_median": "48"},
            {"endpoint": "overall survival", "n": 240, "median": "20.3", "followup_median": "48"},
        ]
    },
    "failure-free above overall, two arms": {
        "survivals": arms("FFS", ("A", 160, {24: "0.71"}, {}), ("B", 158, {24: "0.50"}, {}))
        + arms("OS", ("A", 160, {24: "0.58"}, {}), ("B", 158, {24: "0.55"}, {}))
    },
    "deaths of a rate in words": {
        "survivals": [
            {
                "n": 64,
                "events": 11,
                "landmarks": [{"t": 36, "s": "0.37"}],
                "followup_median": "44",
                "quote": "eleven deaths; three-year OS was 37 %",
            }
        ]
    },
    "interval of a rate too narrow, 99 %": {
        "survivals": [
            {
                "n": 44,
                "landmarks": [{"t": 60, "s": "0.55", "lo": "0.51", "hi": "0.59"}],
                "quote": "55 % (99 % CI 51-59)",
            }
        ]
    },
    "survival rises between prints": {
        "survivals": arms("OS", ("all", 52, {12: "0.58"}, {})) + arms("overall survival", ("all", 52, {36: "0.66"}, {}))
    },
}

CORRECT = {
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
    "two arms in one quote": {
        "survivals": arms(
            "OS", ("A", 80, {24: "0.669"}, {}), ("B", 82, {24: "0.565"}, {}), quote="2-year OS: 66.9% vs. 56.5%"
        )
    },
    "median not reached": {
        "survivals": [{"n": 70, "median_ci_low": "27.0", "quote": f"median OS was not reached (95% CI 27.0{E}NR)"}]
    },
    "upper limit not estimable": {
        "survivals": [
            {
                "n": 70,
                "endpoint": "PFS",
                "median": "8.4",
                "median_ci_low": "6.9",
                "quote": "median PFS, 8.4 months (95 % CI, 6.9 to not estimable)",
            }
        ]
    },
    "rate with its interval": {
        "survivals": [
            {
                "n": 150,
                "landmarks": [{"t": 24, "s": "0.612", "lo": "0.530", "hi": "0.684"}],
                "quote": f"two-year OS 61.2 % (95 % CI 53.0{E}68.4)",
            }
        ]
    },
    "two readers of one film": {
        "survivals": arms("PFS by investigator", ("all", 90, {12: "0.36"}, {}))
        + arms("PFS by IRC", ("all", 90, {12: "0.41"}, {}))
    },
    "freedom from metastasis above OS": {
        "survivals": arms("freedom from distant metastasis", ("all", 90, {36: "0.83"}, {}))
        + arms("OS", ("all", 90, {36: "0.66"}, {}))
    },
    "rate with plus or minus": {
        "survivals": [
            {"n": 67, "landmarks": [{"t": 60, "s": "0.480"}], "quote": "5-year OS 48.0 \N{PLUS-MINUS SIGN} 6.1 %"}
        ]
    },
    "deaths of a rate": {
        "survivals": [
            {
                "n": 90,
                "events": 53,
                "landmarks": [{"t": 24, "s": "0.42"}],
                "followup_median": "30",
                "quote": "53 deaths; 42 % at 2 years",
            }
        ]
    },
    "EFS median below that of OS": {
        "survivals": [
            {"endpoint": "event-free survival", "n": 180, "median": "14.1", "followup_median": "36"},
            {"endpoint": "overall survival", "n": 180, "median": "22.0", "followup_median": "36"},
        ]
    },
    "deaths enough": {
        "estimates": [
            ratio(
                "0.66",
                "0.44",
                "0.99",
                "HR 0.66 (95% CI 0.44-0.99)",
                events_hazard_of=41,
                events_versus=55,
                n_hazard_of=140,
                n_versus=142,
            )
        ]
    },
    "cancer-specific above relapse-free": {
        "survivals": arms("CSS", ("all", 140, {60: "0.77"}, {})) + arms("RFS", ("all", 140, {60: "0.61"}, {}))
    },
    "interval of a rate, 44": {
        "survivals": [
            {
                "n": 44,
                "landmarks": [{"t": 60, "s": "0.55", "lo": "0.39", "hi": "0.69"}],
                "quote": "55 % (95 % CI 39-69)",
            }
        ]
    },
    "local control above survival": {
        "survivals": arms("local control", ("all", 140, {24: "0.91"}, {})) + arms("OS", ("all", 140, {24: "0.44"}, {}))
    },
}
