"""Papers of counts, means, tests and words: baseline tables, case-control studies, degrees of freedom, claims."""

import numpy as np
from scipy import stats

from escc_bayes.classical.logrank import logrank
from tests.unit.evidence.papers.prints import curve, n_of, p_of, percent, ratio, trial


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
