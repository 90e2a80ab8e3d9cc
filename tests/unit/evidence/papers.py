"""Papers as a new user would transcribe them: each computed from simulated patients, then printed with few digits.

``paper(name, seed)`` is true by construction. The words (men, adenocarcinoma, arm B, docetaxel) come from other fields
than the bundled studies.
"""

from typing import NamedTuple

import numpy as np
from scipy import stats

from escc_bayes.classical.cox import cox
from escc_bayes.classical.km import follow_up, kaplan_meier, quantile, survival_at
from escc_bayes.classical.logrank import logrank
from escc_bayes.classical.rmst import rmst


class Trial(NamedTuple):
    """Arms of one size each or several, OS and PFS; a death ends both."""

    arm: np.ndarray
    os: np.ndarray
    died: np.ndarray
    pfs: np.ndarray
    failed: np.ndarray
    progressed: np.ndarray

    def endpoint(self, name):
        return (self.os, self.died) if name == "OS" else (self.pfs, self.failed)


def trial(rng, sizes, ratios, *, median=14.0, cut=40.0):
    """Exponential deaths and progressions; entry uniform over 18 months, everyone watched until ``cut`` months."""
    arm = np.repeat(np.arange(len(sizes)), sizes)
    rate = np.log(2) / median * np.array(ratios)[arm]
    entry, death, progress = rng.uniform(0, 18, arm.size), rng.exponential(1 / rate), rng.exponential(0.5 / rate)
    watched = np.maximum(cut - entry, 0.5)
    first = np.minimum(death, progress)
    return Trial(
        arm,
        np.minimum(death, watched),
        (death <= watched) * 1.0,
        np.minimum(first, watched),
        (first <= watched) * 1.0,
        ((progress < death) & (progress <= watched)) * 1.0,
    )


def p_of(p, digits=3):
    """Print a P value; small ones as a bound."""
    return {"p": f"{p:.{digits}f}"} if p >= 0.001 else {"p_text": "<0.001"}


def curve(time, event, *, arm, endpoint, months=(12, 24), **more):
    """One printed curve."""
    found = kaplan_meier(time, event, level=0.95)
    middle, watched = quantile(found).value, follow_up(time, event, level=0.95).value
    at = survival_at(found, np.array(months, dtype=float)).survival
    printed = {"median_reached": bool(np.isfinite(middle))}
    printed |= {"median": f"{middle:.1f}"} if np.isfinite(middle) else {}
    printed |= {"followup_median": f"{watched:.1f}"} if np.isfinite(watched) else {}
    return {
        "arm": arm,
        "endpoint": endpoint,
        "n": int(time.size),
        "events": int(event.sum()),
        "landmarks": [{"t": t, "s": f"{s:.3f}"} for t, s in zip(months, at, strict=True) if np.isfinite(s)],
        **printed,
        **more,
    }


def ratio(x, time, event, *, level=0.95, digits=2, one_sided=False, other=(), **more):
    """One printed hazard ratio of the group x = 1, adjusted for other columns if there are any."""
    fitted = cox(np.column_stack([x, *other]), time, event)
    log_hr, error = float(fitted.coef[0]), float(np.sqrt(fitted.covariance[0, 0]))
    half = stats.norm.ppf(0.5 + level / 2) * error
    value, low, high = (f"{v:.{digits}f}" for v in np.exp([log_hr, log_hr - half, log_hr + half]))
    p = stats.norm.cdf(log_hr / error) if one_sided else 2 * stats.norm.sf(abs(log_hr / error))
    return {
        "measure": "HR",
        "value": value,
        "ci_low": low,
        "ci_high": high,
        "ci_level": f"{level:g}",
        "n_hazard_of": int(x.sum()),
        "n_versus": int((1 - x).sum()),
        "events_hazard_of": int(event[x == 1].sum()),
        "events_versus": int(event[x == 0].sum()),
        **p_of(p),
        **more,
    }


def n_of(name, value, quote="", **more):
    """One printed count."""
    return {"name": name, "value": int(value), "quote": quote or f"{int(value)} patients", **more}


def percent(name, k, n, digits=1):
    """One printed percentage."""
    return {"name": name, "value": f"{100 * k / n:.{digits}f}", "unit": "%", "quote": f"{100 * k / n:.{digits}f}%"}


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


def means(rng):
    """Age by arm with Student's t and P; a marker before and after treatment with a paired t."""
    a, b = rng.normal(61, 9, 83), rng.normal(58, 11, 79)
    test = stats.ttest_ind(a, b)
    pre = rng.normal(5.0, 1.2, 162)
    post = pre - rng.normal(0.8, 1.0, 162)
    paired = stats.ttest_rel(pre, post)
    numbers = [n_of("n_arm_a", 83), n_of("n_arm_b", 79)]
    for name, values, digits in (
        ("age_arm_a", a, 1),
        ("age_arm_b", b, 1),
        ("crp_before", pre, 2),
        ("crp_after", post, 2),
    ):
        numbers += [
            {"name": f"{name}_mean", "value": f"{values.mean():.{digits}f}"},
            {"name": f"{name}_sd", "value": f"{values.std(ddof=1):.{digits}f}"},
        ]
    numbers += [
        {
            "name": "t_age",
            "value": f"{abs(test.statistic):.2f}",
            "quote": f"t = {abs(test.statistic):.2f}, P = {test.pvalue:.3f}",
        },
        {"name": "t_before_vs_after", "value": f"{paired.statistic:.2f}", "quote": "paired t test"},
    ]
    return {"n": 162, "numbers": numbers}


def case_control(rng):
    """Counts of a case-control study with a chi-square on 1 df and percentages of cases and of controls."""
    cases, controls = 142, 284
    exposed = rng.binomial(cases, 0.45), rng.binomial(controls, 0.3)
    table = [[exposed[0], cases - exposed[0]], [exposed[1], controls - exposed[1]]]
    test = stats.chi2_contingency(table, correction=False)
    return {
        "n": 426,
        "design": "case-control study",
        "estimates": [
            {
                "effect": "smoking",
                "endpoint": "cancer",
                "measure": "test",
                "groups": 2,
                "chi2": f"{test.statistic:.2f}",
                **p_of(test.pvalue),
            }
        ],
        "numbers": [
            n_of("cases_n", cases),
            n_of("controls_n", controls),
            n_of("exposed_cases_n", exposed[0], f"{exposed[0]} ({100 * exposed[0] / cases:.1f}%) of the cases smoked"),
            n_of(
                "exposed_controls_n", exposed[1], f"{exposed[1]} ({100 * exposed[1] / controls:.1f}%) of the controls"
            ),
        ],
    }


def baseline_table(rng):
    """Table 1: counts and column percentages by arm; classes within each arm."""
    sizes = {"a": 104, "b": 98}
    numbers = [n_of("n_arm_a", 104), n_of("n_arm_b", 98)]
    for arm, n in sizes.items():
        male = rng.binomial(n, 0.7)
        stages = rng.multinomial(n, (0.3, 0.5, 0.2))
        for name, k in (
            ("male", male),
            ("female", n - male),
            *zip(("stage_I", "stage_II", "stage_III"), stages, strict=True),
        ):
            numbers += [n_of(f"{name}_arm_{arm}_n", k), percent(f"{name}_arm_{arm}_percent", k, n)]
    return {"n": 202, "numbers": numbers}


def degrees_of_freedom(rng):
    """Log-rank tests of 2 to 5 classes, and one for trend."""
    found = trial(rng, (220,), (1.0,))
    estimates = []
    for k in (2, 3, 4, 5):
        test = logrank(found.os, found.died, rng.integers(0, k, 220))
        printed = {"measure": "logrank", "chi2": f"{test.chi2:.2f}", "groups": k, **p_of(test.p_value)}
        estimates.append({"effect": f"factor_of_{k}", **printed})
    trend = stats.chi2.rvs(1, random_state=rng)
    printed = {"measure": "logrank", "chi2": f"{trend:.2f}", "groups": 4, **p_of(stats.chi2.sf(trend, 1))}
    return {"n": 220, "estimates": [*estimates, {"effect": "grade", "quote": "log-rank test for trend", **printed}]}


def single_arm(rng):
    """A phase II of 43 with minimum follow-up, responses and rates before the first censoring."""
    time = rng.exponential(20.0, 43)
    watched = rng.uniform(13.0, 30.0, 43)
    responses = rng.multinomial(43, (0.2, 0.4, 0.3, 0.1))
    good = int(responses[0] + responses[1])
    found = curve(np.minimum(time, watched), (time <= watched) * 1.0, arm="all", endpoint="OS", months=(6, 12))
    return {
        "n": 43,
        "survivals": [found | {"quote": "minimum follow-up was 12.5 months"}],
        "numbers": [
            *(n_of(f"{name}_n", k) for name, k in zip(("cr", "pr", "sd", "pd"), responses, strict=True)),
            {
                "name": "orr",
                "value": f"{100 * good / 43:.1f}",
                "unit": "%",
                "quote": f"ORR {100 * good / 43:.1f}% ({good}/43)",
            },
        ],
    }


def nested(rng):
    """A covariate inside a class of another, both in one Cox model, with the cross-table."""
    high = np.repeat((0, 1, 1), (90, 20, 40))
    bulky = np.repeat((0, 0, 1), (90, 20, 40))
    time = rng.exponential(np.exp(-0.4 * high - 0.3 * bulky) * 20)
    watched = rng.uniform(20, 50, 150)
    os, died = np.minimum(time, watched), (time <= watched) * 1.0
    lines = [
        ratio(
            bulky * 1.0, os, died, other=(high,), effect="bulky", hazard_of="bulky", versus="not bulky", adjusted=True
        ),
        ratio(
            high * 1.0,
            os,
            died,
            other=(bulky,),
            effect="stage",
            hazard_of="stage IV",
            versus="stage III",
            adjusted=True,
        ),
    ]
    return {
        "n": 150,
        "estimates": lines,
        "survivals": [curve(os, died, arm="all", endpoint="OS")],
        "numbers": [
            n_of("stage_III_n", 90),
            n_of("stage_IV_n", 60),
            n_of("bulky_n", 40),
            n_of("stage_IV_bulky_n", 40),
        ],
    }


def words_of_caution(rng):
    """Claims that are right although a single word of them could mislead."""
    lines = [
        ("a trend toward significance (P = 0.071)", "0.071"),
        ("failed to reach statistical significance (P = 0.12)", "0.12"),
        ("did not differ significantly between arms (P = 0.64)", "0.64"),
        ("not significant at the prespecified boundary of 0.0125 (P = 0.031)", "0.031"),
        ("nonsignificant (P = 0.20)", "0.20"),
        ("significant at the two-sided level of 0.10 (P = 0.08)", "0.08"),
        ("OS was significantly longer (P = 0.004); PFS was not (P = 0.21)", "0.004"),
        ("no clinically meaningful difference although P = 0.01", "0.01"),
        ("borderline significant (P = 0.06)", "0.06"),
        ("statistically significant (one-sided P = 0.02)", "0.02"),
    ]
    return {"n": 100, "estimates": [{"effect": f"e{i}", "p": p, "quote": q} for i, (q, p) in enumerate(lines)]}


PAPERS = {
    make.__name__: make
    for make in (
        two_arms,
        interim_and_final,
        three_arms,
        subgroups,
        phase_two,
        competing,
        restricted_means,
        means,
        case_control,
        baseline_table,
        degrees_of_freedom,
        single_arm,
        nested,
        words_of_caution,
    )
}


def paper(name, seed):
    """Return the parts of one true paper."""
    return PAPERS[name](np.random.default_rng([seed, len(name)]))
