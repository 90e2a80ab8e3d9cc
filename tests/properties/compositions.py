"""Specifications drawn by Hypothesis, with a cohort for each: structures, outcomes and own terms in odd company.

What the grammar refuses is not drawn (docs/methods says of each what it does not stand together with); what is drawn
must be accepted. Months are hundredths, some of them on cuts of the baseline.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

LIFE_TABLE = Path(__file__).parents[1] / "reference" / "us_life_table.csv"
CUTS = [3.0, 8.0]
NORMALS = ({"normal": [0.2, 0.8]}, {"hr_median": 0.9, "hr_upper": 3.0})
HALF = {"halfnormal": 0.5}
EVIDENCE = {"evidence": "rt_added", "endpoint": "OS", "robust": 0.2, "flip": True}
GRADES = {"kind": "ordered", "levels": ["low", "mid", "high"]}
COVARIATES = {
    # Nobody is in IIIb, whose step an ordered effect keeps.
    "stage": {"kind": "ordered", "levels": ["II", "III", "IIIb", "IV"]},
    "arm": {"kind": "binary", "levels": ["a", "b"]},
    "age": {"kind": "continuous", "center": 60.0, "scale": 10.0},
    "count": {"kind": "continuous", "center": 2.0},
    "centre": {"kind": "nominal", "levels": ["c1", "c2", "c3", "c4"]},
    "site": {"kind": "nominal", "levels": ["s1", "s2"]},
    "early": GRADES,
    "late": GRADES,
    "sex": {"kind": "binary", "levels": ["male", "female"]},
    "year": {"kind": "continuous"},
    "cause": {"kind": "nominal", "levels": ["cancer", "other"]},
    "bmi": {"kind": "continuous", "center": 24.0, "scale": 4.0},
    "ecog": {"kind": "ordered", "levels": ["0", "1", "2"]},
}
CHANGING = {
    "treated": {"kind": "binary", "levels": ["no", "yes"], "starts_at": "wait"},
    "alc": {"kind": "continuous", "measured": [["alc_0", 0.0], ["alc_1", 1.5], ["alc_2", 4.0]]},
}
# What may be said of an outcome of one endpoint beside rows at risk; no two stand together.
TERMS = ("none", "none", "between", "visits", "cure", "background", "external")
STATES = ("forward", "reset", "causes", "endpoints")


@dataclass(frozen=True)
class Composition:
    """A raw schema, a raw specification, a raw table, and what they are called."""

    name: str
    schema: dict
    spec: dict
    table: list

    def __repr__(self):
        return f"{self.name}\nschema = {self.schema}\nspec = {self.spec}\ntable = {self.table}"


def patients(rng, count):
    """Return the rows of some SIMULATED patients; every level occurs that may."""
    progressed = np.round(rng.uniform(0.6, 9.0, count), 2)
    progressed[:3] = 3.0, 8.0, 2.5
    further = np.round(rng.uniform(0.3, 7.0, count), 2)
    pfs_event = rng.random(count) < 0.7
    pfs_event[:4] = True
    together = pfs_event & (rng.random(count) < 0.3)
    together[:2] = False, True
    died = np.where(together, True, rng.random(count) < 0.6)
    died[0] = True
    last = np.round(np.where(together, progressed, progressed + further), 2)
    treated = rng.random(count) < 0.5
    treated[:2] = True, False
    found = []
    for i in range(count):
        wait = round(float(rng.uniform(0.1, 7.0)), 2)
        found.append(
            {
                "id": f"P{i}",
                "pfs": float(progressed[i]),
                "pfs_event": int(pfs_event[i]),
                "os": float(last[i]),
                "os_event": int(died[i]),
                "enter": float(rng.choice([0.0, 0.0, 0.25, 0.5])),
                # The last month without progression and the first with it; a death and every third one have a month.
                "left": ""
                if i == 2
                else float(progressed[i] if together[i] or not pfs_event[i] else round(0.6 * progressed[i], 2)),
                "right": float(progressed[i]) if pfs_event[i] else "",
                "times": int(rng.integers(1, 4)),
                "share": float(rng.choice([0.4, 1.0, 2.5])),
                "stage": ("II", "III", "IV")[i % 3],
                "arm": ("a", "b")[int(rng.integers(2))] if i > 5 else ("a", "b")[i // 3],
                "age": float(np.round(rng.uniform(45.0, 75.0), 1)),
                "count": float(np.round(rng.uniform(0.3, 9.0), 2)),
                "centre": f"c{1 + (i % 4)}",
                "site": f"s{1 + int(rng.integers(2))}" if i > 1 else f"s{1 + i}",
                "early": ("low", "mid", "high")[int(rng.integers(3))] if i > 2 else ("low", "mid", "high")[i],
                "late": ("low", "mid", "high")[int(rng.integers(3))] if i > 2 else ("high", "low", "mid")[i],
                "sex": ("male", "female")[i % 2],
                "year": float(np.round(rng.uniform(2001.0, 2013.0), 2)),
                "cause": ("cancer", "other")[i % 2],
                "bmi": float(np.round(rng.normal(24.0, 4.0), 1)),
                "ecog": ("0", "1", "2")[int(rng.integers(3))] if i > 2 else ("0", "1", "2")[i],
                "treated": "yes" if treated[i] else "no",
                "wait": wait if treated[i] else "",
                "alc_0": float(np.round(rng.uniform(0.2, 3.0), 2)) if i != 4 else "",
                "alc_1": float(np.round(rng.uniform(0.2, 3.0), 2)) if i != 5 else "",
                "alc_2": float(np.round(rng.uniform(0.2, 3.0), 2)),
            }
        )
    return found


def of_several_rows(table):
    """Return a table with a row for each stretch; stage is a level higher in the second, and one patient has a gap."""
    found = []
    for i, row in enumerate(table):
        middle = round(0.4 * row["pfs"], 2)
        higher = {"II": "III", "III": "IV"}.get(row["stage"], row["stage"])
        found.append(row | {"start": 0.0, "stop": middle, "seen": 0})
        again = middle if i % 5 else round(0.5 * row["pfs"], 2)
        found.append(row | {"start": again, "stop": row["pfs"], "seen": row["pfs_event"], "stage": higher})
    return found


def effect_of(draw, covariate, *, states, changing, strata):
    """Return an effect of a covariate by any structure that takes it."""
    prior, words = draw(st.sampled_from(NORMALS)), {"covariate": covariate}
    across = ["across_transitions"] * 2 if states else []
    moving = ["time_varying"] if not states or draw(st.booleans()) else []
    choices = {
        "stage": ["fixed", "ordered", "exchangeable", "linear", *moving, *across],
        "arm": ["fixed", "ordered", "linear", *moving, *across] + ([] if states else ["subgroup", "interaction"]),
        "age": ["linear", "spline", "monotone", "changepoint", *moving, *across] + ([] if states else ["subgroup"]),
        "count": ["per_doubling", "spline", "monotone", *([] if states else ["interaction"])],
        "centre": ["random_intercept", "gamma", "exchangeable"],
        "treated": ["fixed", "linear", *moving, *across],
        "alc": ["linear", "per_doubling", "changepoint"],
    }[covariate]
    word = draw(st.sampled_from(choices))
    if word in ("random_intercept", "gamma"):
        return (
            words
            | {"structure": "random_intercept", "sd": HALF}
            | ({"distribution": "gamma"} if word == "gamma" else {})
        )
    words = words | {"structure": word}
    if covariate == "arm" and word in ("fixed", "ordered", "linear") and not states:
        prior = draw(st.sampled_from([prior, EVIDENCE]))
    return words | {
        "exchangeable": {"sd": HALF},
        "time_varying": {"prior": prior, "sd": HALF, "cuts": draw(st.sampled_from([[2.5], [3.0, 6.0], [1.0, 4.4]]))},
        "spline": {"prior": prior, "sd": HALF, "knots": draw(st.sampled_from([4, 5]))},
        "monotone": {"prior": prior, "knots": draw(st.sampled_from([3, 4]))},
        "changepoint": {
            "prior": prior,
            "change": {"normal": [-0.1, 0.6]},
            "at": {"age": 61.5, "alc": 1.1}.get(covariate),
        },
        "across_transitions": {"prior": prior, "sd": HALF},
        "subgroup": {"prior": prior, "sd": HALF, "within": "site" if strata else "stage"},
        "interaction": {
            "prior": prior,
            "ratio": {"normal": [0.0, 0.4]},
            "by": draw(st.sampled_from(["stage", "age"])) if covariate == "arm" else "arm",
        },
    }.get(word, {"prior": prior})


def effects(draw, *, states, changing, strata, several_rows):
    """Return the effects of a specification: what others differ with has an effect of its own."""
    names = ["stage", "arm", "age", "count", "centre", *(CHANGING if changing else ())]
    chosen = draw(st.lists(st.sampled_from(names), unique=True, min_size=1, max_size=4))
    if changing and not set(chosen) & set(CHANGING):
        chosen.append(draw(st.sampled_from(list(CHANGING))))
    found = [effect_of(draw, name, states=states, changing=changing, strata=strata) for name in chosen]
    have = set(chosen)
    for effect in list(found):
        lacking = effect.get("within", effect.get("by"))
        if lacking and lacking not in have and lacking != "site":
            plain = "linear" if lacking == "age" else "fixed"
            found.append({"covariate": lacking, "structure": plain, "prior": NORMALS[0]})
            have.add(lacking)
    if draw(st.integers(0, 3)) == 0:
        more = {
            "name": "grades",
            "covariates": ["early", "late"],
            "structure": "pooled",
            "prior": NORMALS[0],
            "sd": HALF,
        }
        found.append(more)
    if draw(st.integers(0, 3)) == 0:
        found.append(
            {
                "name": "many",
                "covariates": ["bmi", "ecog", "sex"],
                "structure": "horseshoe",
                "expected": 1.0,
                "slab": 0.9,
            }
        )
    return [acting(draw, effect, states) for effect in found]


def acting(draw, effect, states):
    """Return an effect that says in which transitions it acts, and whether by one coefficient."""
    if not states or effect["structure"] == "across_transitions":
        return effect
    key = "endpoints" if states == ("os", "pfs") else "transitions"
    named = draw(st.sampled_from([None, None, list(states[:1]), list(states[-2:])]))
    shared = draw(st.booleans()) and (named is None or len(named) > 1)
    return effect | ({key: named} if named else {}) | ({"shared": True} if shared else {})


def baseline_of(draw, *, weibull, strata):
    """Return ``[baseline]`` and ``[priors]``; a statement on survival is of a month within the first piece."""
    at = draw(st.sampled_from(["mean", "reference"]))
    stated = {"baseline_survival": {"at": 3.0, "median": 0.7, "lower": 0.3}}
    if weibull and not strata and draw(st.integers(0, 2)) == 0:
        own = draw(st.sampled_from([stated, {"baseline_log_cumulative_hazard": {"normal": [-0.2, 0.7]}}]))
        return {"family": "weibull", "reference_time": 6.0, "at": at}, own | {"log_shape": {"normal": [0.1, 0.3]}}
    cuts = draw(st.sampled_from([CUTS, CUTS, [], [2.0, 3.0, 6.5]]))
    rate = {"baseline_log_rate": {"normal": [-2.0, 0.8]}}
    body = {"family": "piecewise_exponential", "at": at} | ({"strata": "site"} if strata else {})
    if draw(st.integers(0, 3)) == 0:
        return body | {"pieces": draw(st.integers(2, 4)), "sd": HALF}, rate
    body = body | {"cuts": cuts}
    if draw(st.booleans()):
        own = draw(st.sampled_from([rate, {"baseline_rate": {"gamma": [0.8, 6.0]}}]))
        return body | {"smoothing": "independent"}, own
    steps = draw(st.sampled_from(["length", "equal"]))
    own = stated if not cuts or cuts[0] >= 3.0 else rate
    return body | {"sd": HALF, "steps": steps}, draw(st.sampled_from([rate, own]))


def term_of(draw, term):
    """Return what a specification says of its own term, and the endpoint that it is of."""
    if term == "between":
        return {}, {"left": "left", "right": "right"}
    if term == "visits":
        late = draw(st.sampled_from([{}, {"late": 0.25}]))
        return {
            "visits": {"every": [[0, 3, 0.5], [3, 12, 1.5]], "deaths": draw(st.sampled_from(["os", "none"]))} | late
        }, {}
    if term == "cure":
        return {
            "cure": {"fraction": draw(st.sampled_from([{"median": 0.2, "upper": 0.6}, {"normal": [-1.0, 0.8]}]))}
        }, {}
    if term == "background":
        return {"background": {"table": str(LIFE_TABLE), "age": "age", "sex": "sex", "year": "year"}}, {}
    if term == "external":
        drift = draw(st.sampled_from([{}, {"study": "A", "sd": 0.3}]))
        first = {"start": 0.0, "stop": 4.0, "at_risk": 40, "alive": 25} | drift
        second = {"start": 4.0, "stop": 14.0, "at_risk": 25, "alive": 9, "group": {"stage": "III"}} | drift
        third = {"start": 2.0, "stop": 5.0, "at_risk": 18, "alive": 12, "study": "B", "sd": 0.5}
        return {"external": draw(st.sampled_from([[first], [first, third], [first, third, second]]))}, {}
    return {}, {}


@st.composite
def compositions(draw, kinds=("one", "one", "changing", "rows", *STATES), terms=TERMS):
    """Draw a composition: an outcome, perhaps an own term, effects, a baseline, weights, strata, late entry."""
    kind = draw(st.sampled_from(kinds))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    term = draw(st.sampled_from(terms)) if kind == "one" else "none"
    changing = kind == "changing" or (kind in ("forward", "reset", "causes") and draw(st.booleans()))
    strata = kind not in ("endpoints",) and draw(st.integers(0, 2)) == 0
    states = states_of(kind)
    more, between = term_of(draw, term)
    baseline, priors = baseline_of(draw, weibull=kind != "endpoints", strata=strata)
    outcome = {"endpoint": "pfs"} if not states else outcome_of(kind)
    # Whether an event between two months lies before the landmark must be known: visits are planned at it.
    landmark = kind != "rows" and term != "between" and "late" not in more.get("visits", {})
    if landmark and draw(st.integers(0, 2)) == 0:
        outcome = outcome | {"landmark": 1.0}
    late = kind != "rows" and draw(st.booleans())
    weights = draw(st.sampled_from(weights_of(kind, term, strata=strata, changing=changing)))
    own = effects(draw, states=states, changing=changing, strata=strata, several_rows=kind == "rows")
    grouped = any("group" in one for one in more.get("external", []))
    if grouped and not any(e.get("covariate") == "stage" for e in own):
        own.append({"covariate": "stage", "structure": "ordered", "prior": NORMALS[0]})
    table = patients(rng, 14)
    if draw(st.booleans()):
        table[7]["age"] = table[8]["stage"] = table[9]["early"] = ""
    schema = {
        "id": "id",
        "endpoints": endpoints_of(kind, between, late=late),
        "covariates": COVARIATES | (CHANGING if changing else {}),
    } | weights
    spec = {"name": "m", "outcome": outcome, "baseline": baseline, "priors": priors, "effect": own} | more
    said = [
        kind,
        term,
        baseline["family"],
        *(e["structure"] for e in own),
        *weights.values(),
        "strata" * strata,
        "late" * late,
    ]
    return Composition(
        " + ".join(word for word in said if word), schema, spec, of_several_rows(table) if kind == "rows" else table
    )


def states_of(kind):
    """Return the names of what an outcome has several of."""
    if kind in ("forward", "reset"):
        return "progression", "death_without_progression", "death_after_progression"
    return {"causes": ("cancer", "other"), "endpoints": ("os", "pfs")}.get(kind, ())


def outcome_of(kind):
    """Return ``[outcome]`` of several states."""
    if kind == "causes":
        return {"kind": "competing_causes", "endpoint": "pfs", "cause": "cause"}
    if kind == "endpoints":
        return {"endpoints": ["os", "pfs"]}
    return {"kind": "illness_death", "progression": "pfs", "death": "os", "clock": kind}


def endpoints_of(kind, between, *, late):
    """Return the endpoints of a schema."""
    entry = {"entry": "enter"} if late else {}
    if kind == "rows":
        return {"pfs": {"start": "start", "stop": "stop", "event": "seen"}}
    pfs = between or {"time": "pfs", "event": "pfs_event"}
    return {"pfs": pfs | entry, "os": {"time": "os", "event": "os_event"} | entry}


def weights_of(kind, term, *, strata, changing):
    """Return what a schema may say of weights beside such an outcome."""
    frequency, sampling = (
        {"weight": "times", "weight_kind": "frequency"},
        {"weight": "share", "weight_kind": "sampling"},
    )
    if kind == "rows":
        return [{}]
    if changing or kind == "endpoints" or term != "none" or (strata and kind not in STATES):
        return [{}, frequency]
    return [{}, frequency, sampling]
