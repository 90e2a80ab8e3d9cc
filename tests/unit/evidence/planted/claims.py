"""Claims of significance against P, limits and the level that they name.

One planted error in each of the first table, none in each of the second.
"""

from tests.unit.evidence.planted.makers import ratio

PLANTED = {
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
    "interval far from one, P far from significant": {
        "estimates": [
            ratio(
                "2.10", "1.42", "3.11", "OR 2.10 (95% CI 1.42-3.11; p = 0.38)", measure="OR", endpoint="pCR", p="0.38"
            )
        ]
    },
    "no significant difference": {
        "estimates": [{"value": "1.71", "p": "0.012", "quote": "The groups did not differ significantly (P = 0.012)"}]
    },
    "significantly longer with a large P": {
        "estimates": [
            {
                "value": "0.84",
                "p": "0.19",
                "quote": "OS was significantly longer with the combination (HR 0.84; P = 0.19)",
            }
        ]
    },
    "limits that exclude one, not significant": {
        "estimates": [
            ratio(
                "1.44",
                "1.13",
                "1.84",
                "There was no statistically significant difference in OS (HR 1.44, 95% CI 1.13-1.84)",
            )
        ]
    },
    "two-sided P beside a claim at 0.01": {
        "estimates": [
            {
                "value": "0.80",
                "p": "0.024",
                "quote": "The difference was significant (two-sided P = 0.024; significance level, 0.0107)",
            }
        ]
    },
    "not significant, one-sided": {
        "estimates": [
            {
                "value": "0.71",
                "p": "0.004",
                "quote": "no statistically significant difference was seen (one-sided P = 0.004)",
            }
        ]
    },
}

CORRECT = {
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
    "alpha left by an interim look": {
        "estimates": [
            {
                "value": "0.82",
                "p": "0.048",
                "quote": "P = 0.048, which was not significant (alpha of 0.0452 after one interim analysis)",
            }
        ]
    },
    "randomised phase 2 at 0.20": {
        "estimates": [
            {
                "value": "0.78",
                "p": "0.13",
                "quote": "met its endpoint: PFS significantly longer (P = 0.13; prespecified two-sided alpha, 0.20)",
            }
        ]
    },
    "did not differ": {
        "estimates": [{"value": "1.07", "p": "0.41", "quote": "OS did not differ significantly (P = 0.41)"}]
    },
    "similar with a small P elsewhere": {
        "estimates": [
            {"value": "0.66", "p": "0.008", "quote": "baseline characteristics were similar; OS was longer (P = 0.008)"}
        ]
    },
    "similar results": {
        "estimates": [{"value": "0.66", "p": "0.008", "quote": "Similar results were seen for OS (P = 0.008)"}]
    },
    "significance level in the sentence": {
        "estimates": [
            {"value": "0.66", "p": "0.008", "quote": "significantly longer (P = 0.008; significance level, 0.0107)"}
        ]
    },
    "Bonferroni": {
        "estimates": [{"value": "0.80", "p": "0.03", "quote": "not significant after Bonferroni correction (P = 0.03)"}]
    },
}
