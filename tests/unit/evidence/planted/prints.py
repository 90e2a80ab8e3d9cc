"""Impossible prints, and a file that differs from its quote.

One planted error in each of the first table, none in each of the second.
"""

from tests.unit.evidence.planted.makers import number, ratio

D = "\N{MIDDLE DOT}"
E = "\N{EN DASH}"

PLANTED = {
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
    "odds ratio above its 90 % limits": {
        "estimates": [
            ratio(
                "2.45",
                "1.10",
                "2.30",
                "stent thrombosis: OR 2.45 (90% CI 1.10 to 2.30)",
                measure="OR",
                endpoint="stent thrombosis",
            )
        ]
    },
    "subdistribution ratio below its limits": {
        "estimates": [
            ratio(
                "0.48",
                "0.51",
                "0.90",
                "subdistribution HR 0.48 (95% CI 0.51 to 0.90)",
                measure="sHR",
                endpoint="non-relapse mortality",
            )
        ]
    },
    "rate ratio with limits reversed": {
        "estimates": [
            ratio(
                "1.35",
                "1.80",
                "1.02",
                f"incidence rate ratio, 1.35; 95% CI, 1.80{E}1.02",
                measure="IRR",
                endpoint="exacerbation",
            )
        ]
    },
    "survival above one": {
        "survivals": [{"n": 66, "landmarks": [{"t": 12, "s": "1.08"}], "quote": "1-year OS was 108 %"}]
    },
    "limits of a rate reversed": {
        "survivals": [
            {"n": 90, "landmarks": [{"t": 60, "s": "0.74", "lo": "0.81", "hi": "0.66"}], "quote": "74 % (81-66)"}
        ]
    },
    "median beside not reached": {
        "survivals": [{"n": 120, "median": "31.4", "quote": "Median OS was 34.1 months (95% CI 27.0 to not reached)"}]
    },
    "rate with its digits turned": {
        "survivals": [
            {
                "n": 150,
                "landmarks": [{"t": 60, "s": "0.631"}],
                "quote": "The Kaplan-Meier estimate of OS at 5 years was 61.3%",
            }
        ]
    },
    "deaths spelled out": {
        "survivals": [{"n": 110, "events": 32, "quote": "Twenty-three patients had died at the data cut-off"}]
    },
    "96 % limits called 95 %": {
        "estimates": [ratio("0.73", "0.59", "0.90", f"hazard ratio, 0.73; 96 % CI, 0.59{E}0.90", ci_level="0.95")]
    },
    "screened of the quote": {
        "n": 200,
        "numbers": [number("screened_n", 418, "481 patients were screened for eligibility")],
    },
    "relative hazard below its limits": {
        "estimates": [
            ratio("0.39", "0.44", "0.81", f"relative hazard 0{D}39 (95% CI 0{D}44{E}0{D}81)", measure="relative hazard")
        ]
    },
    "95 % limits called 99 %": {
        "estimates": [ratio("0.81", "0.68", "0.97", "HR = 0.81, 95 % CI [0.68, 0.97]", ci_level="0.99")]
    },
    "one-year rate of the quote": {
        "survivals": [
            {
                "endpoint": "PFS",
                "n": 77,
                "landmarks": [{"t": 12, "s": "0.387"}],
                "quote": "PFS was 37.8% at 1 year (95% CI, 27.1-48.5)",
            }
        ]
    },
    "P of the quote has another digit": {
        "estimates": [
            {"value": "1.88", "p": "0.017", "quote": "(OR = 1.88; p = 0.071)", "measure": "OR", "endpoint": "delirium"}
        ]
    },
}

CORRECT = {
    "P = 0.000": {"estimates": [ratio("0.40", "0.30", "0.53", "HR 0.40 (95% CI 0.30-0.53), p = 0.000", p="0.000")]},
    "key padded": {"estimates": [ratio("1.000", "0.800", "1.250", "HR 1.0 (95% CI 0.8-1.3)", p="0.82")]},
    "decimal commas": {"estimates": [ratio("0.62", "0.45", "0.85", "HR 0,62 (IC 95%: 0,45-0,85), p=0,003", p="0.003")]},
    "NMA": {"estimates": [ratio("0.81", "0.64", "1.03", "NMA HR 0.81 (95% CrI 0.64-1.03)", measure="NMA HR")]},
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
    "subdistribution ratio": {
        "estimates": [
            ratio(
                "0.66",
                "0.51",
                "0.85",
                "sHR 0.66 (95 % CI 0.51-0.85), P = 0.001",
                measure="sHR",
                p="0.001",
                endpoint="relapse",
            )
        ]
    },
    "rate ratio": {
        "estimates": [
            ratio(
                "1.35",
                "1.02",
                "1.80",
                f"IRR, 1.35; 95% CI, 1.02{E}1.80; P = .038",
                measure="IRR",
                p="0.038",
                endpoint="exacerbation",
            )
        ]
    },
    "age with its range": {"n": 70, "numbers": [number("age_median", "61", f"61 (range 34{E}82) years", unit="years")]},
    "crude and adjusted ratio in one sentence": {
        "estimates": [
            ratio(
                "1.31",
                "0.87",
                "1.98",
                "unadjusted HR 1.62 (95% CI 1.10-2.38); adjusted HR 1.31 (95% CI 0.87-1.98)",
                adjusted=True,
            )
        ]
    },
    "ratio with French digits": {
        "estimates": [
            ratio(
                "4.1",
                "1.7",
                "9.9",
                "OR 4,1 (IC 95 % 1,7 \N{LATIN SMALL LETTER A WITH GRAVE} 9,9)",
                measure="OR",
                endpoint="fuite",
            )
        ]
    },
    "relative hazard": {
        "estimates": [
            ratio("0.60", "0.44", "0.81", f"relative hazard 0{D}60 (95% CI 0{D}44{E}0{D}81)", measure="relative hazard")
        ]
    },
    "brackets and commas": {
        "estimates": [ratio("0.81", "0.68", "0.97", "HR = 0.81, 95 % CI [0.68, 0.97], p = 0.02", p="0.02")]
    },
    "limits of the other endpoint behind": {
        "estimates": [
            ratio(
                "0.72", "0.57", "0.91", "OS (HR 0.72, 95% CI 0.57-0.91) and PFS (HR 0.61, 95% CI 0.49-0.76) were longer"
            )
        ]
    },
}
