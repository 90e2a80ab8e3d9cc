"""How long NUTS must warm up: CPU seconds and the least effective sample sizes by the length of the warm-up.

``python benchmarks/warm_up.py`` samples bundled models and the models of ``laplace_accuracy.py`` that have SDs with
4 x 1,500 draws after 250 to 1,500 iterations of warm-up, three seeds each, and prints the table of ``warm_up.md``.
"""

import time
import warnings

import laplace_accuracy

import escc_bayes as eb

WARM_UPS = (250, 500, 1_000, 1_500)
SEEDS = (1, 2, 3)
BUNDLED = ("os_piecewise", "pfs_weibull")
WITH_SD = ("lung_random_intercept", "rossi_random_intercept", "leukemia_exchangeable")


def cases():
    """Return (specification, cohort) by name."""
    escc = eb.example_cohort("escc79")
    others = laplace_accuracy.cases()
    cohorts = laplace_accuracy.COHORTS
    return {f"escc79, {name}": (eb.load_spec(name), escc) for name in BUNDLED} | {
        name: (others[name][0], cohorts[others[name][1]][0]()) for name in WITH_SD
    }


def run(spec, cohort, tune):
    """Return CPU seconds, least bulk and tail effective sample size and divergences: means, or sums, over the seeds."""
    started = time.process_time()
    checks = [eb.fit(spec, cohort, seed=seed, draws=1_500, tune=tune).diagnostics for seed in SEEDS]
    seconds = (time.process_time() - started) / len(SEEDS)
    bulk = sum(check.min_ess_bulk for check in checks) / len(SEEDS)
    tail = sum(check.min_ess_tail for check in checks) / len(SEEDS)
    return seconds, bulk, tail, sum(check.divergences for check in checks)


def main():
    """Print the table."""
    print("| model | warm-up | CPU s | min bulk ESS | min tail ESS | bulk ESS per CPU s | divergences in 3 runs |")
    print("|---|---|---|---|---|---|---|")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, (spec, cohort) in cases().items():
            run(spec, cohort, 20)
            for tune in WARM_UPS:
                seconds, bulk, tail, divergences = run(spec, cohort, tune)
                words = (name, f"{tune:,}", f"{seconds:.2f}", f"{bulk:,.0f}", f"{tail:,.0f}", f"{bulk / seconds:,.0f}")
                print(f"| {' | '.join(words)} | {divergences} |")


if __name__ == "__main__":
    main()
