"""The files of the verb ``forms``: forms.csv, hazard_ratios.csv, along.csv, the figure, and run.json."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from escc_bayes.compare.form_results import CovariateForms, FormRatio
from escc_bayes.estimand.tables import Row
from escc_bayes.foundation.csv import write_csv
from escc_bayes.plots.band import Band
from escc_bayes.plots.forms import forms_along
from escc_bayes.report.document.figure_files import write_figure
from escc_bayes.report.document.sheet import Sheet, drawn
from escc_bayes.report.verbs.files import write_run
from escc_bayes.report.verbs.rows import loo_columns

HEIGHT_MM = 105.0
SAME_CLASS = "one class holds both values: their hazards are equal by construction"


def write_forms_files(folder: Path, found: CovariateForms) -> None:
    """Write tables, figure and run.json."""
    write_csv(folder / "forms.csv", form_table(found))
    write_csv(folder / "hazard_ratios.csv", ratio_table(found, found.ratios))
    write_csv(folder / "along.csv", ratio_table(found, found.along))
    write_figure(folder, forms_sheet(found))
    write_run(folder, "forms", found.records, {row.form: row.verdict for row in found.rows})


def origin(found: CovariateForms) -> dict[str, object]:
    """Return the columns that both tables end with."""
    return {"n": found.n, "events": found.events, "provenance": found.provenance, "clock": found.clock}


def form_table(found: CovariateForms) -> list[Row]:
    """Return rows of ``forms.csv``, best first."""
    return [
        {
            "endpoint": found.endpoint,
            "covariate": found.found.name,
            "form": row.form,
            **loo_columns(row),
            "members": found.members,
            **origin(found),
            "verdict": row.verdict,
            "effect": row.effect,
        }
        for row in found.rows
    ]


def ratio_table(found: CovariateForms, ratios: Sequence[FormRatio]) -> list[Row]:
    """Return rows of hazard ratios, form by form; a number is written with the digits that name it."""
    return [
        {
            "endpoint": found.endpoint,
            "term": found.found.name,
            "form": one.form,
            "value": float(f"{one.value:.10g}"),
            "versus": one.versus,
            "hr": one.hr,
            "lower": one.lower,
            "upper": one.upper,
            "level": found.level,
            "interval": "credible",
            "prob_gt_1": one.prob_gt_1,
            **origin(found),
            "note": SAME_CLASS if math.isnan(one.prob_gt_1) else "",
        }
        for one in ratios
    ]


def forms_sheet(found: CovariateForms) -> Sheet:
    """Return the figure: every form, the best with its limits."""
    number, schema = found.found, found.found.data.schema
    versus = found.along[0].versus
    label = f"{schema.label or number.name} ({schema.unit})" if schema.unit else schema.label or number.name
    cuts = ", ".join(f"{cut:g}" for cut in number.cuts)
    bands = {row.form: band(row.words, row.weight, found, row.form) for row in found.rows if row.effect}

    return drawn(
        lambda part: forms_along(
            bands, patients=found.patients, cuts=number.cuts, label=label, log=number.log, ax=part.subplots()
        ),
        name="forms",
        section="forms",
        outcome=found.endpoint,
        title=f"{schema.label or number.name} and {found.endpoint}: hazard ratio over {versus:g} by form of effect",
        about=found.sentences[0],
        words=f"Lines: posterior medians; band: {100 * found.level:g} % credible interval of the form that foretells "
        f"patients left out best. {f'Dotted: cut points {cuts}. ' if cuts else ''}Ticks: patients. In brackets: "
        f"stacking weights, the rest of 1 is the model without {number.name}.",
        clock=found.clock,
        provenance=found.provenance,
        height_mm=HEIGHT_MM,
    )


def band(words: str, weight: float, found: CovariateForms, form: str) -> Band:
    """Return one form as a curve."""
    own = [one for one in found.along if one.form == form]
    at, middle, lower, upper = np.array([(one.value, one.hr, one.lower, one.upper) for one in own]).T
    return Band(f"{words} ({weight:.2f})", at, middle, lower, upper)
