"""The CSV files, netCDF posteriors and ``run.json`` of the command line."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.estimand.contrast import standard_contrasts
from escc_bayes.estimand.estimate import Estimate
from escc_bayes.estimand.questions import survival_questions
from escc_bayes.estimand.tables import Row, comparison_rows, hazard_ratio_rows, survival_rows
from escc_bayes.foundation.csv import write_csv
from escc_bayes.foundation.outputs import write_json
from escc_bayes.foundation.record import Record, seed_label
from escc_bayes.foundation.seeds import Seed
from escc_bayes.report.page.on_curves import on_curves, posterior_on_curves, spline_rows
from escc_bayes.report.page.other_analyses import NO_OTHERS, OtherAnalyses, other_tables
from escc_bayes.report.page.over_time import over_time, posterior_over_time, time_varying_rows
from escc_bayes.report.page.own_tables import own_tables
from escc_bayes.report.page.pooled_tables import pooled_tables
from escc_bayes.report.verbs.rows import agreement_row, diagnostics_rows, imputation_rows, loo_row

if TYPE_CHECKING:
    from escc_bayes.classical.baselines import Baselines
    from escc_bayes.report.page.bundle import Bundle

type Tables = Mapping[str, Sequence[Row]]

# Column names of tables that may have no rows; the others bring their own.
ORIGIN = ("provenance", "clock")
PERMUTED = ("p_permutation", "p_permutation_error", "permutation")
EMPTY: Mapping[str, tuple[str, ...]] = {
    "hazard_ratios": (
        *("endpoint", "model", "method", "term", "contrast", "hr", "lower", "upper", "level", "interval"),
        *("prob_gt_1", "p_value", "log_hr_mean", "log_hr_sd", "n", "events", "rows", "strata", *ORIGIN),
    ),
    "logrank": (
        "endpoint",
        "term",
        "comparison",
        "chi2",
        "df",
        "p_value",
        "p_holm",
        *("n", "events", "rows", "groups"),
        "strata",
        *PERMUTED,
        *ORIGIN,
        "note",
    ),
    "ph_test": ("endpoint", "term", "chi2", "df", "p_value", "n", "events", "rows", *ORIGIN, "note"),
    "interaction": (
        "endpoint",
        "term",
        "model",
        "chi2",
        "df",
        "p_value",
        "n",
        "events",
        "rows",
        "strata",
        *ORIGIN,
        "note",
    ),
    "subgroups": (
        *("endpoint", "model", "method", "term", "contrast", "within", "hr", "lower", "upper", "level", "p_value"),
        *("n", "events", "rows", "strata", *ORIGIN, "note"),
    ),
    "attribution": (
        *("endpoint", "model", "term", "contrast", "step", "before", "after", "log_hr_before", "log_hr_after"),
        *("difference", "low", "high", "hr_before", "hr_after", *ORIGIN, "n", "events"),
    ),
    "loo": (
        *("endpoint", "model", "rank", "elpd", "elpd_se", "elpd_diff", "diff_se", "weight", "p_loo"),
        "pareto_k_max",
        *("n", "events", "patients"),
        *ORIGIN,
    ),
}


def write_fit_files(
    folder: Path, posteriors: Mapping[str, Posterior], level: float, others: Mapping[str, OtherAnalyses] = NO_OTHERS
) -> Tables:
    """Write the tables of ``fit`` as CSV and ``posterior/NAME.nc``; return the tables."""
    tables = fit_tables(posteriors, level, others)
    write_tables(folder, tables)
    write_posteriors(folder, posteriors)
    return tables


def write_baseline_files(folder: Path, baselines: "Mapping[str, Baselines]") -> None:
    """Write the tables of ``baselines``; those of several endpoints stand one below the other."""
    write_tables(folder, baseline_tables(baselines))


def write_compare_files(folder: Path, bundle: "Bundle") -> None:
    """Write ``comparison.csv``, ``attribution.csv`` and ``loo.csv``."""
    write_tables(folder, compare_tables(bundle))


def write_report_files(folder: Path, bundle: "Bundle") -> None:
    """Write every table of a bundle; ``hazard_ratios.csv`` holds the rows of all methods."""
    from escc_bayes.report.page.chapters import chapter_files

    found = {**baseline_tables(bundle.baselines), **compare_tables(bundle)}
    survival = survival_rows(bundle_survival(bundle))
    found |= {**({"survival": survival} if survival else {}), "diagnostics": diagnostics_rows(bundle.fits)}
    bayes = [e for p in bundle.fits for e in p.hazard_ratios(level=bundle.level)]
    classical = [e for c in bundle.classical.values() for e in c.hazard_ratios(level=bundle.level)]
    imputed = [
        e
        for held in bundle.imputed.values()
        for asked in standard_contrasts(held.pooled.plan.design)
        for e in (held.pooled.estimate(asked, level=bundle.level), *held.by_rubin(asked, bundle.level))
    ]
    found["hazard_ratios"] = [*hazard_ratio_rows(imputed + bayes + classical), *found.get("hazard_ratios", [])]
    if bundle.confirmations:
        found["agreement"] = [agreement_row(row) for rows in bundle.agreements.values() for row in rows]
    if bundle.reconstructions is not None:
        found["reconstructions"] = bundle.reconstructions.rows()
    states = one_below_other(bundle.pooled_states.values())
    pooled = {**states, **pooled_tables(bundle.pooled.values(), bundle.level)}
    found |= {f"reconstructions_{name}": rows for name, rows in pooled.items()}
    found["information"] = [row for rows in bundle.information.values() for row in rows]
    write_tables(folder, found | chapter_files(bundle))


def one_below_other(tables: Iterable[Tables]) -> dict[str, list[Row]]:
    """Return tables of several models, those of one name one below the other."""
    found: dict[str, list[Row]] = {}
    for of_model in tables:
        for name, rows in of_model.items():
            found.setdefault(name, []).extend(rows)
    return found


def named_posteriors(bundle: "Bundle") -> dict[str, Posterior]:
    """Return every posterior of a bundle by the name of its file."""
    return {**bundle.posteriors, **{f"{name}.nuts": p for name, p in bundle.confirmations.items()}}


def write_run(
    folder: Path, verb: str, records: Iterable[Record], verdicts: Mapping[str, str], *, seed: Seed | None = None
) -> None:
    """Write ``run.json``: what was run, on what, with which seed, settings and versions, and whether it may be used.

    Parameters
    ----------
    records : of every fit of the run.
    verdicts : by model name.
    seed : of the whole run, where its fits have streams of their own.
    """
    known = [record.as_dict() for record in records]
    content: dict[str, object] = {
        "verb": verb,
        "provenance": sorted({str(record["provenance"]) for record in known}),
        "versions": known[0]["versions"] if known else {},
        "fits": [{name: value for name, value in record.items() if name != "versions"} for record in known],
        "verdicts": dict(verdicts),
    }
    write_json(folder / "run.json", content if seed is None else {"seed": seed_label(seed), **content})


def write_tables(folder: Path, tables: Tables) -> None:
    """Write each table as CSV under its name."""
    for name, rows in tables.items():
        write_csv(folder / f"{name}.csv", with_transition(rows), EMPTY.get(name, ()))


def with_transition(rows: Sequence[Row]) -> Sequence[Row]:
    """Return rows that all have the column ``transition`` where any has it: empty in those of one endpoint."""
    of_one = next((row for row in rows if "transition" in row), None)
    if of_one is None:
        return rows
    after = list(of_one)[list(of_one).index("transition") - 1]
    return [row if "transition" in row else inserted(row, after) for row in rows]


def inserted(row: Row, after: str) -> Row:
    """Return a row with an empty ``transition`` behind one of its columns."""
    found: dict[str, object] = {}
    for key, value in row.items():
        found[key] = value
        if key == after:
            found["transition"] = ""
    return found


def write_posteriors(folder: Path, posteriors: Mapping[str, Posterior]) -> None:
    """Write each posterior as netCDF."""
    for name, posterior in posteriors.items():
        write_posterior(folder, name, posterior)


def write_posterior(folder: Path, name: str, posterior: Posterior) -> None:
    """Write one posterior as netCDF."""
    (folder / "posterior").mkdir(exist_ok=True)
    posterior.save(folder / "posterior" / f"{name}.nc")


def fit_tables(
    posteriors: Mapping[str, Posterior], level: float, others: Mapping[str, OtherAnalyses] = NO_OTHERS
) -> dict[str, list[Row]]:
    """Return the tables of ``fit``: survival at 12, 24 and 36 months, as far as follow-up reaches.

    Of illness-death models states in place of survival, and Cox of each transition below their hazard ratios. Of models
    with events between two months, or survivors of other sources, ``others`` by name: the same without.
    """
    ratios = [e for p in posteriors.values() for e in p.hazard_ratios(level=level)]
    states: dict[str, list[Row]] = {}
    if any(p.plan.rows.transitions is not None for p in posteriors.values()):
        # Only models of several transitions need the classical methods beside them, whose import is not free.
        from escc_bayes.report.page.state_tables import cause_specific, state_tables

        ratios += cause_specific(tuple(posteriors.values()), level)
        states = state_tables(posteriors.values(), level)
    survival = [e for p in posteriors.values() for e in p.estimates(survival_questions(p.plan), level=level)]
    changing = [e for p in posteriors.values() for e in posterior_over_time(p, level)]
    curves = [e for p in posteriors.values() for e in posterior_on_curves(p, level)]
    return {
        "hazard_ratios": hazard_ratio_rows(ratios),
        **({"time_varying": time_varying_rows(changing)} if changing else {}),
        **({"spline": spline_rows(curves)} if curves else {}),
        **own_tables(posteriors.values(), level),
        **({"survival": survival_rows(survival)} if survival else {}),
        **states,
        **other_tables(posteriors.values(), others),
        "diagnostics": diagnostics_rows(posteriors.values()),
    }


def bundle_survival(bundle: "Bundle") -> list[Estimate]:
    """Return the posterior survival estimates that the comparisons of a bundle already hold."""
    return [
        e
        for name in bundle.posteriors
        for comparison in bundle.comparisons.values()
        for e in comparison.of("survival")
        if e.model == name and e.interval_kind == "credible"
    ]


def baseline_tables(baselines: "Mapping[str, Baselines]") -> dict[str, list[Row]]:
    """Return the tables of all endpoints, those of the same name one below the other."""
    return one_below_other(of_endpoint.tables for of_endpoint in baselines.values())


def compare_tables(bundle: "Bundle") -> dict[str, list[Row]]:
    """Return the tables of ``compare``."""
    origins = {name: p.plan.rows for name, p in bundle.posteriors.items()}

    def origin(model: str) -> dict[str, object]:
        return {"provenance": origins[model].provenance, "clock": origins[model].clock}

    def counts(model: str) -> dict[str, object]:
        return {"n": origins[model].n, "events": origins[model].events}

    changing = [e for c in bundle.comparisons.values() for e in over_time(c.of("hazard_ratio"))]
    curves = [e for name, p in bundle.posteriors.items() for e in on_curves(p, bundle.classical[name], bundle.level)]
    return {
        **({"time_varying": time_varying_rows(changing)} if changing else {}),
        **({"spline": spline_rows(curves)} if curves else {}),
        **other_tables(bundle.posteriors.values(), bundle.other_analyses),
        **own_tables(bundle.posteriors.values(), bundle.level),
        "comparison": [row for c in bundle.answered.values() for row in comparison_rows(c.estimates)],
        **({"imputation": imputation_rows(tuple(bundle.imputed.values()))} if bundle.imputed else {}),
        "attribution": [
            {**step.row(), **origin(step.model), **counts(step.model)}
            for steps in bundle.attribution.values()
            for step in steps
        ],
        **one_below_other(bundle.states.values()),
        "loo": [
            {"endpoint": origins[row.model].endpoint, **loo_row(row), **origin(row.model)}
            for rows in bundle.loo.values()
            for row in rows
        ],
    }
