"""Tables of two groups by two outcomes against P and ratios.

One planted error in each of the first table, none in each of the second.
"""

from tests.unit.evidence.planted.makers import TABLE, number, ratio

PLANTED = {
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
    "P of nearly equal shares": {
        "numbers": [number("leak_n", 22, "22 of 60 patients (36.7 %) versus 20 of 58 (34.5 %), P = 0.008")]
    },
    "odds ratio of another table": {
        "estimates": [
            {
                **TABLE,
                "measure": "OR",
                "value": "1.48",
                "n_hazard_of": 110,
                "n_versus": 106,
                "events_hazard_of": 33,
                "events_versus": 18,
                "quote": "33/110 v 18/106; OR 1.48",
            }
        ]
    },
    "risk ratio of another table": {
        "estimates": [
            {
                **TABLE,
                "measure": "RR",
                "value": "0.55",
                "endpoint": "infection",
                "quote": "12 of 150 v 30 of 148; RR 0.55",
            }
        ]
    },
    "response rate in arms of another size": {
        "estimates": [
            {
                **TABLE,
                "p": "0.41",
                "n_hazard_of": 100,
                "n_versus": 100,
                "events_hazard_of": 61,
                "events_versus": 38,
                "quote": "61% v 38%, P = 0.41",
            }
        ]
    },
    "Fisher of a small table": {"numbers": [number("leak_n", 1, "1/20 (5 %) vs 9/21 (42.9 %); p = 0.34")]},
    "odds ratio inverted": {
        "estimates": [
            {
                **TABLE,
                "measure": "OR",
                "value": "0.44",
                "n_hazard_of": 90,
                "n_versus": 92,
                "events_hazard_of": 41,
                "events_versus": 25,
                "quote": "OR 0.44",
            }
        ]
    },
    "relative risk of counts in words": {
        "estimates": [
            {
                **TABLE,
                "measure": "relative risk",
                "value": "0.81",
                "endpoint": "stroke",
                "quote": "Stroke occurred in 24 of 400 compared with 48 of 402 (relative risk 0.81)",
            }
        ]
    },
}

CORRECT = {
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
    "table with its ratio and P": {
        "estimates": [
            {
                **TABLE,
                "measure": "OR",
                "value": "2.10",
                "p": "0.026",
                "n_hazard_of": 110,
                "n_versus": 106,
                "events_hazard_of": 33,
                "events_versus": 18,
                "quote": "33/110 v 18/106; OR 2.10; P = 0.026",
            }
        ]
    },
    "Fisher": {"numbers": [number("leak_n", 1, "1/20 (5 %) vs 9/21 (42.9 %); p = 0.009")]},
    "relative risk of counts": {
        "estimates": [
            {
                **TABLE,
                "measure": "relative risk",
                "value": "0.50",
                "endpoint": "stroke",
                "quote": "Stroke occurred in 24 of 400 compared with 48 of 402 (relative risk 0.50)",
            }
        ]
    },
    "doses are no table": {
        "estimates": [
            {**TABLE, "measure": "OR", "value": "1.30", "endpoint": "cure", "quote": "25/50 mg v 50/100 mg; OR 1.30"}
        ]
    },
}
