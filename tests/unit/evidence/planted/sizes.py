"""A ratio against the size of the change that the words beside it say.

One planted error in each of the first table, none in each of the second.
"""

from tests.unit.evidence.planted.makers import ratio

PLANTED = {
    "49 % lower": {
        "estimates": [ratio("0.61", "0.45", "0.83", "49 % lower risk of death (HR 0.61, 95% CI 0.45-0.83)")]
    },
    "reduced the risk by": {
        "estimates": [ratio("0.72", "0.55", "0.94", "reduced the risk of death by 38% (HR 0.72; 95% CI 0.55-0.94)")]
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
    "cut the risk of stroke": {
        "estimates": [
            ratio(
                "0.71", "0.58", "0.87", "cut the risk of stroke by 36 % (HR 0.71; 95 % CI 0.58-0.87)", endpoint="stroke"
            )
        ]
    },
    "2.4-fold": {
        "estimates": [
            ratio("1.42", "1.10", "1.83", "Mortality was 2.4-fold higher in the frail (HR 1.42, 95% CI 1.10-1.83)")
        ]
    },
    "a reduction of 52 %": {
        "estimates": [
            ratio(
                "0.58",
                "0.44",
                "0.76",
                "a 52% reduction in the hazard of death (hazard ratio, 0.58; 95% CI, 0.44 to 0.76)",
            )
        ]
    },
    "reduced by one third": {
        "estimates": [
            ratio(
                "0.45",
                "0.29",
                "0.70",
                "the hazard of relapse was reduced by one third (HR 0.45, 0.29-0.70)",
                endpoint="relapse",
            )
        ]
    },
    "tripled": {
        "estimates": [
            ratio(
                "1.30",
                "1.05",
                "1.61",
                "Sarcopenia tripled the risk of pneumonia (OR 1.30, 95% CI 1.05-1.61)",
                measure="OR",
                endpoint="pneumonia",
            )
        ]
    },
    "doubled the odds beside 1.2": {
        "estimates": [
            ratio(
                "1.21",
                "1.02",
                "1.44",
                "Delirium doubled the odds of death (OR 1.21, 95% CI 1.02-1.44)",
                measure="OR",
                endpoint="death in hospital",
            )
        ]
    },
    "35 % relative reduction": {
        "estimates": [
            ratio(
                "0.56",
                "0.44",
                "0.71",
                "a 35% relative reduction in the risk of hospitalisation (HR 0.56; 95% CI 0.44-0.71)",
                endpoint="hospitalisation",
            )
        ]
    },
}

CORRECT = {
    "rates with a lower risk": {
        "estimates": [
            ratio("0.71", "0.55", "0.92", "a lower risk of death, 49 % v 71 % at 3 years (HR 0.71; 95 % CI 0.55-0.92)")
        ]
    },
    "nearly halved": {"estimates": [ratio("0.52", "0.38", "0.71", "nearly halved the risk of death (HR 0.52)")]},
    "39 % lower": {
        "estimates": [ratio("0.61", "0.45", "0.83", "39 % lower risk of death (HR 0.61, 95% CI 0.45-0.83)")]
    },
    "29 % lower": {
        "estimates": [ratio("0.71", "0.55", "0.92", "reduced the risk of death by 29 % (HR 0.71; 95 % CI 0.55-0.92)")]
    },
    "2.1-fold": {
        "estimates": [ratio("2.14", "1.40", "3.27", "a 2.1-fold increase in risk (HR 2.14; 95% CI 1.40-3.27)")]
    },
    "reduced by a third": {
        "estimates": [
            ratio(
                "0.66",
                "0.50",
                "0.87",
                "cut the risk of relapse by a third (HR 0.66; 95% CI 0.50-0.87)",
                endpoint="relapse",
            )
        ]
    },
    "a third of the patients": {
        "estimates": [ratio("0.90", "0.70", "1.16", "a third of the patients died (HR 0.90, 95% CI 0.70-1.16)")]
    },
}
