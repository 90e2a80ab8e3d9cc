"""Papers of times to events: two and three arms, interim looks, subgroups, competing risks, restricted means."""

import numpy as np

from escc_bayes.classical.logrank import logrank
from escc_bayes.classical.rmst import rmst
from tests.unit.evidence.papers.prints import curve, n_of, p_of, percent, ratio, trial


def two_arms(rng):
    """A randomised lung trial: men, women, ECOG 0 and 1, curves by arm, hazard ratios with 95 % limits."""
    found = trial(rng, (150, 146), (0.6, 1.0))
    men, ecog = rng.binomial(296, 0.6), rng.binomial(296, 0.4)
    x = (found.arm == 0) * 1.0
    names = {"hazard_of": "pembrolizumab", "versus": "docetaxel", "effect": "pembrolizumab"}
    return {
        "n": 296,
        "design": "randomised phase 3",
        "survivals": [
            curve(*(v[found.arm == a] for v in found.endpoint(e)), arm=arm, endpoint=name)
            for a, arm in enumerate(("pembrolizumab", "docetaxel"))
            for e, name in (("OS", "overall survival"), ("PFS", "progression-free survival (IRC)"))
        ],
        "estimates": [ratio(x, *found.endpoint(e), endpoint=e, **names) for e in ("OS", "PFS")],
        "numbers": [
            n_of("men_n", men, f"{men} men ({100 * men / 296:.0f}%)"),
            n_of("women_n", 296 - men),
            percent("men_percent", men, 296, 0),
            n_of("ecog_0", ecog, f"{ecog} patients had ECOG 0"),
            n_of("ecog_1", 296 - ecog, f"{296 - ecog} patients had ECOG 1"),
            n_of("n_arm_a", 150, "150 were randomly assigned to pembrolizumab"),
            n_of("n_arm_b", 146, "146 were randomly assigned to docetaxel"),
        ],
    }


def interim_and_final(rng):
    """One trial read twice; the interim interval has another level, the final one is rounded to two digits."""
    seed = int(rng.integers(2**31))
    names = {"effect": "drug", "hazard_of": "drug", "versus": "placebo"}
    estimates, survivals = [], []
    for cutoff, cut, level in (("interim", 26.0, 0.982), ("final", 52.0, 0.95)):
        found = trial(np.random.default_rng(seed), (200, 198), (0.7, 1.0), cut=cut)
        x = (found.arm == 0) * 1.0
        estimates.append(ratio(x, found.os, found.died, level=level, endpoint="OS", cutoff=cutoff, **names))
        survivals += [
            curve(found.os[found.arm == a], found.died[found.arm == a], arm=arm, endpoint="OS", cutoff=cutoff)
            for a, arm in enumerate(("drug", "placebo"))
        ]
    del estimates[0]["ci_level"]
    estimates[0]["quote"] = "HR (98.2% CI) at the interim analysis"
    return {"n": 398, "estimates": estimates, "survivals": survivals}


def three_arms(rng):
    """Three arms: a log-rank test on 2 df and two contrasts with the control."""
    found = trial(rng, (70, 75, 72), (0.7, 0.9, 1.0))
    test = logrank(found.os, found.died, found.arm)
    estimates = [
        {
            "effect": "arm",
            "measure": "logrank 3 groups",
            "chi2": f"{test.chi2:.2f}",
            **p_of(test.p_value),
            "quote": f"log-rank chi2 = {test.chi2:.2f}",
        }
    ]
    for a, arm in ((0, "A"), (1, "B")):
        pick = (found.arm == a) | (found.arm == 2)
        x = (found.arm[pick] == a) * 1.0
        estimates.append(
            ratio(x, found.os[pick], found.died[pick], effect=f"arm_{arm}_vs_C", hazard_of=arm, versus="C")
        )
    return {
        "n": 217,
        "estimates": estimates,
        "survivals": [
            curve(found.os[found.arm == a], found.died[found.arm == a], arm=arm, endpoint="OS")
            for a, arm in enumerate("ABC")
        ],
        "numbers": [
            n_of(f"arm_{arm}_n", n, f"{n} were allocated to {arm}") for arm, n in zip("abc", (70, 75, 72), strict=True)
        ],
    }


def subgroups(rng):
    """Lines of a forest plot, whose P values are of interaction."""
    found = trial(rng, (160, 160), (0.7, 1.0))
    x, old = (found.arm == 0) * 1.0, rng.binomial(1, 0.45, 320) == 1
    names = {"effect": "drug", "hazard_of": "drug", "versus": "control"}
    lines = [
        ratio(x[pick], found.os[pick], found.died[pick], subgroup=words, quote="P for interaction", **names)
        for words, pick in (("65 years or older", old), ("under 65", ~old))
    ]
    for line in lines:
        line.pop("p_text", None)
        line["p"] = "0.431"
    return {"n": 320, "estimates": [ratio(x, found.os, found.died, **names), *lines]}


def phase_two(rng):
    """90 % limits and a one-sided P."""
    found = trial(rng, (48, 47), (0.6, 1.0), median=9.0)
    x = (found.arm == 0) * 1.0
    line = ratio(
        x, found.pfs, found.failed, level=0.9, one_sided=True, endpoint="PFS", effect="drug", quote="one-sided P"
    )
    return {"n": 95, "estimates": [line]}


def competing(rng):
    """Locoregional control counts no deaths and may lie above OS; DFS and EFS may not."""
    found = trial(rng, (180,), (1.0,), median=30.0)
    relapse = rng.exponential(90.0, 180)
    local, lost = np.minimum(relapse, found.os), (relapse <= found.os) * 1.0
    return {
        "n": 180,
        "survivals": [
            curve(found.os, found.died, arm="all patients", endpoint="OS"),
            curve(found.pfs, found.failed, arm="all patients", endpoint="DFS"),
            curve(local, lost, arm="all patients", endpoint="LRC"),
        ],
        "numbers": [n_of("relapses_n", found.progressed.sum(), f"{int(found.progressed.sum())} patients relapsed")],
    }


def restricted_means(rng):
    """RMST by arm with its horizon, beside landmarks."""
    found = trial(rng, (120, 118), (0.6, 1.0))
    arms = [(found.os[found.arm == a], found.died[found.arm == a]) for a in (0, 1)]
    areas = [float(rmst(time, event, until=24.0).value) for time, event in arms]
    return {
        "n": 238,
        "survivals": [
            curve(found.os[found.arm == a], found.died[found.arm == a], arm=arm, endpoint="OS", months=(6, 12, 18, 24))
            for a, arm in enumerate(("surgery", "control"))
        ],
        "numbers": [
            {"name": "rmst_surgery", "value": f"{areas[0]:.1f}", "quote": "RMST up to 24 months"},
            {"name": "rmst_control", "value": f"{areas[1]:.1f}", "quote": "RMST up to 24 months"},
            {"name": "rmst_difference", "value": f"{areas[0] - areas[1]:.1f}", "quote": "difference of RMST"},
            {"name": "rmst_tau", "value": 24, "quote": "restricted to 24 months"},
        ],
    }
