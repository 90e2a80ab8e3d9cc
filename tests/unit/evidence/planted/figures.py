"""Numbers at risk, follow-up and its dates, means and ranges, differences of rates.

One planted error in each of the first table, none in each of the second.
"""

from tests.unit.evidence.planted.makers import number

E = "\N{EN DASH}"


def below(*rows, **more):
    """A curve of 100 patients with its numbers at risk, {month: patients}."""
    (table,) = rows
    return {
        "survivals": [
            {"n": 100, "at_risk": [{"t": t, "n": n} for t, n in table.items()], "quote": "number at risk", **more}
        ]
    }


def age(mean, sd, low, high, n=60, **more):
    """An age with mean, SD and range."""
    said = f"{mean} (SD {sd}; range {low}{E}{high}) years (n = {n})"
    named = {"mean": mean, "sd": sd, "min": low, "max": high}
    return {
        "n": 120,
        "numbers": [number(f"age_{key}", value, said, unit="years") for key, value in named.items()],
        **more,
    }


PLANTED = {
    "numbers at risk that rise": below({0: 100, 12: 61, 24: 64}),
    "more at risk than patients": below({0: 104, 12: 61}),
    "more at risk than an earlier rate leaves": below({0: 100, 12: 80, 24: 47}, landmarks=[{"t": 18, "s": "0.44"}]),
    "more at risk than a rate leaves": below({0: 100, 36: 55}, landmarks=[{"t": 36, "s": "0.41"}]),
    "more than half at risk after the median": below({0: 100, 12: 74, 24: 56}, median="19.4"),
    "more at risk than the rate since a year": below(
        {0: 100, 12: 60, 36: 59}, landmarks=[{"t": 12, "s": "0.80"}, {"t": 36, "s": "0.60"}]
    ),
    "SD above half of the range": age("61.2", "24.9", "44", "79"),
    "SD above what the mean leaves": age("46.0", "9.8", "44", "79"),
    "SD below what the ends need": age("61.2", "1.9", "34", "79"),
    "mean above the largest value": age("81.3", "4.0", "44", "79"),
    "median below the smallest value": {
        "n": 80,
        "numbers": [
            number("dose_median", "48.2", "median dose 48.2 Gy (range 50.4-64)", unit="Gy"),
            number("dose_min", "50.4", "median dose 48.2 Gy (range 50.4-64)", unit="Gy"),
        ],
    },
    "mean of cycles of 20 patients": {
        "n": 60,
        "numbers": [number("cycles_mean", "4.33", "a mean of 4.33 cycles in the ICI group (n = 20)")],
    },
    "mean of lesions of 12 patients": {
        "n": 40,
        "numbers": [number("lesions_group_a_mean", "2.70", "mean number of lesions 2.70 (n = 12)")],
    },
    "median follow-up above the longest": {
        "n": 90,
        "numbers": [
            number("followup_median", "41.2", f"median follow-up 41.2 months (range 3{E}38)", unit="months"),
            number("followup_max", "38", f"median follow-up 41.2 months (range 3{E}38)", unit="months"),
        ],
    },
    "shortest follow-up above the median": {
        "n": 90,
        "numbers": [
            number("followup_min", "26", "minimum follow-up 26 months", unit="months"),
            number("followup_median", "24.1", "median follow-up 24.1 months", unit="months"),
        ],
    },
    "followed longer than since the first patient": {
        "n": 90,
        "year": 2022,
        "population": f"stage III, Jan 2019 {E} Dec 2020",
        "numbers": [number("followup_median", "53.0", "median follow-up was 53.0 months", unit="months")],
    },
    "rate later than the study lasted": {
        "n": 90,
        "year": 2021,
        "population": "treated between March 2018 and June 2019",
        "survivals": [{"n": 90, "landmarks": [{"t": 60, "s": "0.31"}], "quote": "5-year OS 31 %"}],
    },
    "shortest follow-up since the last patient": {
        "n": 90,
        "year": 2021,
        "population": "patients enrolled 2016 to 2019",
        "numbers": [number("followup_min", "4", "minimum follow-up 4 years", unit="years")],
    },
    "difference of two rates": {
        "n": 200,
        "numbers": [
            number("orr_difference", "26.5", "62.0 % v 45.5 % (difference 26.5 percentage points)", unit="%"),
        ],
    },
    "difference of two counts": {
        "n": 120,
        "numbers": [
            number(
                "orr_difference",
                "11.7",
                f"40/60 (66.7 %) with A and 30/60 (50.0 %) with B; difference 11.7 % (95 % CI -0.9{E}34.2)",
                unit="%",
            ),
        ],
    },
}

CORRECT = {
    "numbers at risk below survival": below(
        {0: 100, 12: 74, 24: 40, 36: 12}, landmarks=[{"t": 12, "s": "0.79"}, {"t": 24, "s": "0.52"}]
    ),
    "all followed: at risk as many as survive": below({0: 100, 12: 79}, landmarks=[{"t": 12, "s": "0.79"}]),
    "two deaths in the month itself": below({0: 100, 12: 81}, landmarks=[{"t": 12, "s": "0.79"}]),
    "events found by one scan": below({0: 100, 6: 61}, landmarks=[{"t": 6, "s": "0.52"}], endpoint="PFS"),
    "risk set with delayed entry": below({0: 40, 12: 61}, quote="OS with delayed entry at genotyping"),
    "median within the next interval": below({0: 100, 12: 66, 24: 31}, median="18.2"),
    "age with SD and range": age("61.2", "8.1", "44", "79"),
    "two extreme values": age("61.5", "24.7", "44", "79", n=2),
    "alc with SD above its mean": {
        "n": 79,
        "numbers": [
            number("alc_mean", "0.41", "(0.41 +- 0.52) x 10^9/L"),
            number("alc_sd", "0.52", "(0.41 +- 0.52) x 10^9/L"),
            number("alc_min", "0.02", "0.02-2.96"),
            number("alc_max", "2.96", "0.02-2.96"),
        ],
    },
    "mean of cycles of 21 patients": {
        "n": 60,
        "numbers": [number("cycles_mean", "4.33", "a mean of 4.33 cycles in the ICI group (n = 21)")],
    },
    "mean of cycles of many patients": {
        "n": 240,
        "numbers": [number("cycles_mean", "4.33", "a mean of 4.33 cycles")],
    },
    "mean dose need not be whole": {
        "n": 60,
        "numbers": [number("dose_mean", "50.33", "mean dose 50.33 Gy (n = 20)", unit="Gy")],
    },
    "follow-up with its range": {
        "n": 90,
        "year": 2024,
        "population": f"stage III, Jan 2019 {E} Dec 2020",
        "numbers": [
            number("followup_median", "41.2", f"median follow-up 41.2 months (range 3{E}62)", unit="months"),
            number("followup_min", "3", f"median follow-up 41.2 months (range 3{E}62)", unit="months"),
            number("followup_max", "62", f"median follow-up 41.2 months (range 3{E}62)", unit="months"),
        ],
    },
    "survival since diagnosis": {
        "n": 90,
        "year": 2021,
        "population": "referred between 2018 and 2019",
        "survivals": [{"n": 90, "landmarks": [{"t": 60, "s": "0.31"}], "quote": "5-year OS from diagnosis 31 %"}],
    },
    "literature searched": {
        "year": 2021,
        "design": "systematic review and meta-analysis",
        "population": "trials published 2019 to 2021",
        "survivals": [{"arm": "all", "n": 900, "landmarks": [{"t": 60, "s": "0.31"}], "quote": "5-year OS 31 %"}],
    },
    "follow-up of some": {
        "n": 90,
        "numbers": [
            number("followup_median_survivors", "44", "median follow-up of survivors 44 months", unit="months"),
            number("followup_max", "38.0", "followed for up to 38.0 months until death", unit="months"),
        ],
    },
    "difference of two rounded rates": {
        "n": 200,
        "numbers": [
            number("orr_difference", "16.6", "62.0 % v 45.5 % (difference 16.6 percentage points)", unit="%"),
        ],
    },
    "difference of two counts with limits": {
        "n": 120,
        "numbers": [
            number(
                "orr_difference",
                "16.7",
                "40/60 (66.7 %) with A and 30/60 (50.0 %) with B; difference 16.7 % (95 % CI -0.9-33.0)",
                unit="%",
            ),
        ],
    },
    "stratified difference": {
        "n": 200,
        "numbers": [
            number(
                "orr_difference", "18.1", "62.0 % v 45.5 % (stratified difference 18.1 percentage points)", unit="%"
            ),
        ],
    },
}
