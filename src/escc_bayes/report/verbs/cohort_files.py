"""A cohort as files that ``read_cohort`` reads back: a table, and a schema beside it. Times in months."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from escc_bayes.data.cohort import Cohort
from escc_bayes.data.covariates import CovariateData
from escc_bayes.estimand.tables import Row
from escc_bayes.evidence.pooling.prior_file import quoted
from escc_bayes.foundation.csv import write_csv
from escc_bayes.hazard.piecewise import FloatArray

type Keys = Mapping[str, str]

PATIENT, PROVENANCE = "patient", "provenance"


def write_cohort(folder: Path, cohort: Cohort, *, name: str, about: str) -> None:
    """Write ``cohort.csv`` and ``cohort.toml``, which is found by itself beside the table.

    Parameters
    ----------
    name : of the cohort in outputs.
    about : a sentence on top of the schema.
    """
    columns, tables = laid_out(cohort)
    rows: list[Row] = [{word: values[i] for word, values in columns.items()} for i in range(cohort.rows)]
    write_csv(folder / "cohort.csv", rows)
    lines = [f"# {about}", "schema = 1", f"name = {quoted(name)}", 'time_unit = "months"', f"id = {quoted(PATIENT)}"]
    if cohort.sampled:
        lines += [f"weight = {quoted(str(cohort.schema.weight))}", 'weight_kind = "sampling"']
    if cohort.cluster is not None:
        lines.append(f"cluster = {quoted(str(cohort.schema.cluster))}")
    for table, keys in tables.items():
        lines += ["", f"[{table}]", *(f"{key} = {value}" for key, value in keys.items())]
    (folder / "cohort.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def laid_out(cohort: Cohort) -> tuple[dict[str, list[object]], dict[str, Keys]]:
    """Return the columns of the table, and the tables of the schema in TOML."""
    columns: dict[str, list[object]] = {PATIENT: list(cohort.ids)}
    tables: dict[str, Keys] = {}
    for name in cohort.endpoints:
        add_endpoint(cohort, name, columns, tables)
    for name, data in cohort.covariates.items():
        if data.changes is None:
            add_covariate(name, data, columns, tables)
    if cohort.sampled:
        columns[str(cohort.schema.weight)] = [float(value) for value in cohort.weight]
    if cohort.cluster is not None:
        columns[str(cohort.schema.cluster)] = [int(code) + 1 for code in cohort.cluster]
    columns[PROVENANCE] = [cohort.provenance] * cohort.rows
    return columns, tables


def add_endpoint(cohort: Cohort, name: str, columns: dict[str, list[object]], tables: dict[str, Keys]) -> None:
    """Add the columns of an endpoint, and its table."""
    data, schema = cohort.endpoints[name], cohort.schema.endpoints[name]
    time, event, entry = f"{name}_months", f"{name}_event", f"{name}_entry"
    columns[time] = [None if np.isnan(value) else float(value) for value in data.time]
    columns[event] = [None if np.isnan(value) else int(value) for value in data.event]
    keys = {"time": quoted(time), "event": quoted(event)}
    if (data.entry > 0.0).any():
        columns[entry] = [None if np.isnan(value) else float(value) for value in data.entry]
        keys["entry"] = quoted(entry)
    if schema.not_after is not None:
        keys["not_after"] = quoted(schema.not_after)
    if not data.present.all():
        keys["missing"] = quoted("drop")
    if schema.label:
        keys["label"] = quoted(schema.label)
    tables[f"endpoints.{quoted(name)}"] = keys


def add_covariate(name: str, data: CovariateData, columns: dict[str, list[object]], tables: dict[str, Keys]) -> None:
    """Add the columns of a covariate that stays as it is, and its table."""
    schema = data.schema
    keys = {"kind": quoted(schema.kind)}
    if schema.categorical:
        columns[name] = [None if np.isnan(code) else schema.levels[int(code)] for code in data.values]
        keys["levels"] = f"[{', '.join(quoted(level) for level in schema.levels)}]"
        if schema.labels:
            pairs = (f"{quoted(level)} = {quoted(label)}" for level, label in schema.labels.items())
            keys["labels"] = f"{{ {', '.join(pairs)} }}"
    else:
        columns[name] = numbers(data.values)
        keys |= {"center": repr(float(schema.center)), "scale": repr(float(schema.scale))}
    if data.known_later:
        columns[f"{name}_known_at"] = numbers(data.known_at)
        keys["known_at"] = quoted(f"{name}_known_at")
    keys |= {word: quoted(text) for word, text in (("unit", schema.unit), ("label", schema.label)) if text}
    tables[f"covariates.{quoted(name)}"] = keys


def numbers(values: FloatArray) -> list[object]:
    """Return numbers, None where there is none."""
    return [None if np.isnan(value) else float(value) for value in values]
