"""P values against limits, sides, levels and chi-square.

One planted error in each of the first table, none in each of the second.
"""

from tests.unit.evidence.planted.makers import TWO, ratio

PLANTED = {
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
    "one-sided P of the other side": {
        "estimates": [
            ratio("1.15", "0.93", "1.42", "HR 1.15 (0.93-1.42); one-sided P = 0.09 for superiority", p="0.09", **TWO)
        ]
    },
    "n.s. beside limits far from one": {
        "estimates": [ratio("0.52", "0.36", "0.75", "HR 0.52 (95% CI 0.36-0.75), p = n.s.", p_text="n.s.")]
    },
    "chi-square on two df": {
        "estimates": [
            {
                "measure": "test",
                "chi2": "9.21",
                "p": "0.10",
                "quote": "\N{GREEK SMALL LETTER CHI}\N{SUPERSCRIPT TWO} = 9.21, df = 2, P = 0.10",
            }
        ]
    },
    "chi-square in brackets": {
        "estimates": [{"measure": "test", "chi2": "4.10", "p": "0.21", "quote": "chi2(1) = 4.10; P = 0.21"}]
    },
    "P far from its limits": {
        "estimates": [ratio("0.77", "0.61", "0.97", "HR 0.77 (95% CI 0.61-0.97), P = 0.31", p="0.31")]
    },
    "relative risk not between its limits": {
        "estimates": [ratio("0.85", "0.40", "1.02", "RR 0.85 (95% CI 0.40-1.02)", measure="RR", endpoint="infection")]
    },
    "98 % limits with the P of 95 %": {
        "estimates": [
            ratio("0.70", "0.50", "0.98", "adjusted HR 0.70 (98 % CI 0.50-0.98), P = 0.037", p="0.037", adjusted=True)
        ]
    },
    "P < 0.05 beside limits that hold one": {
        "estimates": [
            ratio("0.83", "0.66", "1.04", "HR 0.83, 95% CI 0.66 to 1.04, P < 0.05", p_text="<0.05", adjusted=True)
        ]
    },
    "log-rank chi-square and its P": {
        "estimates": [
            {
                "measure": "logrank",
                "chi2": "3.12",
                "p": "0.012",
                "groups": 2,
                "quote": "log-rank test: chi-square = 3.12 with 1 degree of freedom, P = .012",
            }
        ]
    },
    "chi-square, four groups": {
        "estimates": [{"measure": "test", "chi2": "14.2", "p": "0.21", "quote": "chi-square (3 df) 14.2, p = 0.21"}]
    },
    "one-sided P on the wrong side, 97.5 %": {
        "estimates": [
            ratio(
                "1.32",
                "1.02",
                "1.71",
                "HR 1.32 (95% CI 1.02-1.71; one-sided p=0.018 in favour of the drug)",
                p="0.018",
                hazard_of="drug",
                versus="placebo",
                n_hazard_of=250,
                n_versus=250,
            )
        ]
    },
    "P = NS beside OR far from one": {
        "estimates": [
            ratio(
                "3.10",
                "1.70",
                "5.65",
                "OR 3.10 (95 % CI 1.70 to 5.65; P: not significant)",
                measure="OR",
                endpoint="sepsis",
                p_text="not significant",
            )
        ]
    },
    "limits asymmetric": {"estimates": [ratio("1.25", "1.11", "1.92", "HR, 1.25 (95% CI, 1.11-1.92)")]},
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
    "99 % limits": {"estimates": [ratio("0.70", "0.44", "1.11", "HR 0.70 (99% CI 0.44-1.11), P = 0.047", p="0.047")]},
    "96 % limits": {
        "estimates": [ratio("0.73", "0.59", "0.90", "HR 0.73 (96 % CI 0.59\N{EN DASH}0.90)", ci_level="0.96")]
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
    "P of interaction": {
        "estimates": [ratio("0.60", "0.45", "0.80", "HR 0.60 (0.45-0.80); P for interaction 0.41", p="0.41")]
    },
    "chi-square with df": {
        "estimates": [
            {"measure": "logrank", "chi2": "4.62", "p": "0.032", "quote": "log-rank chi2 = 4.62, df = 1, P = 0.032"}
        ]
    },
    "chi-square on three df": {
        "estimates": [
            {
                "measure": "test",
                "chi2": "7.81",
                "p": "0.050",
                "quote": "\N{GREEK SMALL LETTER CHI}2(3) = 7.81, P = 0.050",
            }
        ]
    },
    "one-sided P of benefit": {
        "estimates": [
            ratio("0.81", "0.66", "0.995", "HR 0.81 (95% CI 0.66-0.995), one-sided P = 0.022", p="0.022", **TWO)
        ]
    },
    "P of trend": {
        "estimates": [ratio("1.40", "0.95", "2.06", "HR 1.40 (95% CI 0.95-2.06); P for trend = 0.02", p="0.02")]
    },
    "P of non-inferiority": {
        "estimates": [
            ratio("1.05", "0.88", "1.25", "HR 1.05 (90 % CI 0.88-1.25), P for non-inferiority = 0.022", p="0.022")
        ]
    },
    "n.s.": {"estimates": [ratio("0.91", "0.69", "1.20", "HR 0.91 (95% CI 0.69-1.20), p = n.s.", p_text="n.s.")]},
    "97.5 % limits": {
        "estimates": [ratio("0.72", "0.53", "0.98", "HR 0.72 (97.5 % CI 0.53-0.98; P = 0.016)", p="0.016")]
    },
    "chi-square, four groups": {
        "estimates": [{"measure": "test", "chi2": "14.2", "p": "0.003", "quote": "chi-square (3 df) 14.2, p = 0.003"}]
    },
}
