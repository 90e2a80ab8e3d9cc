"""What do the cohorts say? One model for each endpoint on every cohort, pooled."""

from collections.abc import Sequence
from pathlib import Path

from escc_bayes.bayes.sampling.settings import Progress
from escc_bayes.data.cohort import Cohort
from escc_bayes.data.ensemble import Ensemble
from escc_bayes.estimand.tables import Row
from escc_bayes.foundation.csv import write_csv
from escc_bayes.foundation.errors import InputError
from escc_bayes.report.document.document import Items, Paragraph, Table
from escc_bayes.report.page.reconstructions import Reconstructions, pool_reconstructions
from escc_bayes.report.paper.part import Part
from escc_bayes.report.paper.reconstruct_part import Cohorts
from escc_bayes.report.paper.request import PaperRequest
from escc_bayes.report.verbs.ensembles import write_ensemble_fit
from escc_bayes.sensitivity.e_value import e_value, e_value_of_limit
from escc_bayes.spec.formula import model
from escc_bayes.spec.model import ModelSpec

NAME, TITLE = "fit", "RECONSTRUCTED: what the cohorts say"
FEWEST_EVENTS = 5
READING = (
    "All covariates of an endpoint stand in one model with weakly informative priors. Between: share of the variance "
    "of the log hazard ratio that lies between the cohorts, that is, in what was not printed. E-value: how strongly an "
    "unmeasured confounder would have to go with group and outcome (risk ratios) to explain the ratio away."
)
E_VALUES = ("endpoint", "model", "term", "contrast", "hr", "lower", "upper", "level", "e_value", "e_value_limit")


def fit_part(asked: PaperRequest, folder: Path, cohorts: Cohorts, progress: Progress) -> tuple[Part, Reconstructions]:
    """Fit the models and write their tables.

    Raises
    ------
    InputError : no endpoint has enough events.
    """
    ensemble = cohorts.ensemble
    specs, said = models_for(ensemble, cohorts)
    if not specs:
        raise InputError(f"no endpoint of the cohorts has {FEWEST_EVENTS} events")
    found = pool_reconstructions(ensemble, specs, asked.seed, asked.level, progress)
    below = folder / NAME
    below.mkdir()
    write_ensemble_fit(below, found)
    for spec in specs:
        (below / f"{spec.name}.toml").write_text(str(spec), encoding="utf-8")
    rows = found.rows()
    write_csv(below / "e_values.csv", [with_e_values(row) for row in rows], E_VALUES)
    return Part(NAME, TITLE, short(rows, ensemble), blocks(found, rows, said), files(specs)), found


def models_for(ensemble: Ensemble, cohorts: Cohorts) -> tuple[tuple[ModelSpec, ...], list[str]]:
    """Return a model for each endpoint with the covariates whose hazard ratios were printed, and what was left out."""
    first, layout = ensemble.members[0], cohorts.choice.layout
    asked = dict.fromkeys(c.covariate for c in layout.contrasts if c.hazard_ratio)
    known, said = known_at_start(first, tuple(asked))
    specs = []
    for name, data in first.endpoints.items():
        if data.events < FEWEST_EVENTS:
            said.append(f"{name}: {data.events} events are too few for a model.")
            continue
        specs.append(model(f"{name} ~ {' + '.join(f'`{one}`' for one in known) or '1'}", first))
    return tuple(specs), said


def known_at_start(cohort: Cohort, names: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """Return the covariates that a model of all patients from the start can have, and why the others are left out."""
    held = [name for name in names if name in cohort.covariates]
    later = [name for name in held if cohort.covariates[name].schema.known_at is not None]
    no_column = [name for name in names if name not in cohort.covariates]
    said = [
        f"{name} is known only after the start and is left out: it needs a landmark (`escc-bayes fit` with a model)."
        for name in later
    ]
    said += [f"{name} has no column in the schema of the cohorts and is left out." for name in no_column]
    return tuple(name for name in held if name not in later), said


def with_e_values(row: Row) -> dict[str, object]:
    """Return a fitted ratio with the confounding that would explain it away."""
    hr, lower, upper = (float(str(row[key])) for key in ("hr", "lower", "upper"))
    found = {"e_value": e_value(hr), "e_value_limit": e_value_of_limit(lower, upper)}
    return {name: found.get(name, row.get(name)) for name in E_VALUES}


def short(rows: Sequence[Row], ensemble: Ensemble) -> str:
    """Say what was fitted, with the number of ratios whose interval excludes 1."""
    clear = sum(not float(str(row["lower"])) <= 1.0 <= float(str(row["upper"])) for row in rows)
    cohorts = "1 cohort" if len(ensemble) == 1 else f"{len(ensemble)} cohorts, pooled"
    if not rows:
        return f"survival over {cohorts}; no hazard ratio between groups was printed with its direction"
    which = (
        "no credible interval excludes 1"
        if not clear
        else f"{clear} of their credible intervals exclude{'s' * (clear == 1)} 1"
    )
    return f"{len(rows)} hazard ratio{'s' * (len(rows) > 1)} over {cohorts}; {which}"


def blocks(found: Reconstructions, rows: Sequence[Row], said: Sequence[str]) -> tuple[Items | Paragraph | Table, ...]:
    """Return the hazard ratios with n and events, and what was left out."""
    level = f"{100 * found.level:g} %"
    lines = tuple(
        (
            str(row["endpoint"]),
            str(row["term"]),
            str(row["contrast"]),
            f"{row['n']} ({row['events']})",
            f"{row['hr']:.2f} ({row['lower']:.2f} to {row['upper']:.2f})",
            f"{row['prob_gt_1']:.2f}",
            f"{100 * float(str(row['share_between'])):.0f} %",
            f"{with_e_values(row)['e_value']:.2f}; {with_e_values(row)['e_value_limit']:.2f}",
        )
        for row in rows
    )
    head = ("endpoint", "term", "hazard of .. vs ..", "n (events)", f"HR ({level} credible)", "P(HR > 1)", "between")
    table = Table("RECONSTRUCTED. Hazard ratios of the cohorts, pooled.", (*head, "E-value; of the limit"), lines)
    shown = (table, Paragraph(READING)) if lines else (Paragraph("No covariate: the models describe survival alone."),)
    faults = [f"NOT FIT FOR USE: {fault}" for fault in found.faults]
    return (*shown, Items((*faults, *said)))


def files(specs: Sequence[ModelSpec]) -> tuple[tuple[str, str], ...]:
    """Return the files of the part."""
    return (
        (f"{NAME}/hazard_ratios.csv", "pooled hazard ratios, each with its share between cohorts"),
        (f"{NAME}/survival.csv", "pooled survival"),
        (f"{NAME}/diagnostics.csv", "how each fit went"),
        (f"{NAME}/e_values.csv", "confounding that would explain each ratio away"),
        *((f"{NAME}/{spec.name}.toml", "the model, every prior stated") for spec in specs),
    )
