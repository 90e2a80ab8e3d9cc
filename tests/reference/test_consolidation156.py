"""The bundled SIMULATED cohort is what its script writes, and many patients of its law have the stated truth."""

import csv
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from benchmarks import make_consolidation156 as law
from lifelines import CoxPHFitter, CoxTimeVaryingFitter
from tests.reference import consolidation156_page as estimates

from escc_bayes.data.bundled import SIMULATED, example_cohort
from escc_bayes.matching.design import design_of, scores_of
from escc_bayes.matching.immortal import as_if_known
from escc_bayes.matching.patients import patients_of
from escc_bayes.matching.request import Request

FOLDER = SIMULATED["consolidation156"].folder
PAGE = Path(__file__).parents[2] / "docs" / "consolidation156.md"
MANY = 200_000


@pytest.fixture(scope="module")
def stated():
    with (FOLDER / "truth.csv").open(newline="", encoding="utf-8") as stream:
        return {row["quantity"]: row for row in csv.DictReader(stream)}


@pytest.fixture(scope="module")
def many():
    """The same law with so many patients that chance is small."""
    return law.patients(MANY, 20251)


def test_its_files_are_those_that_the_script_writes(stated):
    seed = int(float(stated["seed"]["value"]))
    made = law.patients(law.PATIENTS, seed).to_csv(index=False, lineterminator="\n")
    assert (FOLDER / "cohort.csv").read_text(encoding="utf-8") == made
    truth = law.truth(seed).to_csv(index=False, lineterminator="\n")
    assert (FOLDER / "truth.csv").read_text(encoding="utf-8") == truth


def test_it_has_156_patients_32_pairs_and_no_grade_3():
    cohort = example_cohort("consolidation156")
    assert repr(cohort).startswith("SIMULATED cohort consolidation156: 156 patients")
    asked = Request("os", "radiotherapy", cohort.schema.treatment.on, caliper=0.2)
    people = patients_of(as_if_known(cohort, "radiotherapy"), asked)
    assert design_of(people, asked, scores_of(people, asked).score).sets == 32
    assert np.bincount(cohort.covariate("pneumonitis").values.astype(int)).size <= 3
    pfs, os = cohort.endpoint("pfs"), cohort.endpoint("os")
    assert (pfs.time <= os.time).all()
    start = cohort.covariate("radiotherapy").changes.months[:, 0]
    treated = ~np.isnan(start)
    assert start[treated].min() >= 3.0
    assert (start[treated] < pfs.time[treated]).all()


def rates_of(table, endpoint):
    """Events and risk-weighted months before and from the start of radiotherapy on: hazards are constant given x.

    The maximum-likelihood rate is events over the sum of exp(x'prognosis) months, its log's variance one over events.
    """
    risk = np.exp(law.predictor(table, law.PROGNOSIS))
    months, event = (table[f"{endpoint}_{what}"].to_numpy(dtype=float) for what in ("months", "event"))
    start = table["rt_month"].to_numpy()
    treated = ~np.isnan(start)
    before = np.where(treated, start, months)
    first = event[~treated].sum(), (risk * before).sum()
    return first, (event[treated].sum(), (risk * (months - before))[treated].sum())


@pytest.mark.parametrize(
    ("endpoint", "median", "ratio"),
    [
        ("os", "median OS without radiotherapy, average covariates, months", "hazard ratio of death"),
        ("pfs", "median PFS without radiotherapy, average covariates, months", "hazard ratio of PFS"),
    ],
)
def test_rates_and_hazard_ratios_are_those_stated(many, stated, endpoint, median, ratio):
    (events, months), (events_on, months_on) = rates_of(many, endpoint)
    true_hr = float(stated[f"{ratio} from the start of radiotherapy on"]["value"])
    # Months are rounded to hundredths and starts to tenths, which moves a rate by less than 1 in 1,000.
    apart = math.log(events_on / months_on * months / events) - math.log(true_hr)
    assert abs(apart) < 4.0 * math.sqrt(1 / events + 1 / events_on) + 1e-3
    true_rate = math.log(2.0) / float(stated[median]["value"])
    assert abs(math.log(events / months / true_rate)) < 4.0 / math.sqrt(events) + 1e-3


def test_the_wish_for_radiotherapy_depends_on_covariates_as_stated(monkeypatch):
    """Without an effect, whoever lives free of progression beyond every start had what was wished for."""
    monkeypatch.setattr(law, "HR_DEATH", 1.0)
    monkeypatch.setattr(law, "HR_PROGRESSION", 1.0)
    table = law.patients(MANY, 7)
    table = table[table["pfs_months"] > 15.0]
    unit = [{**dict.fromkeys(law.CHOICE, 0.0), name: 1.0} for name in law.CHOICE]
    x = np.column_stack([np.ones(len(table)), *(law.predictor(table, one) for one in unit)])
    given, b = (table["radiotherapy"] == "thoracic").to_numpy(dtype=float), np.zeros(x.shape[1])
    for _ in range(25):
        p = 1.0 / (1.0 + np.exp(-x @ b))
        information = (x * (p * (1.0 - p))[:, None]).T @ x
        b = b + np.linalg.solve(information, x.T @ (given - p))
    se = np.sqrt(np.diag(np.linalg.inv(information)))
    assert (np.abs(b - [law.INTERCEPT, *law.CHOICE.values()]) < 4.0 * se).all()


def test_whoever_ever_had_it_compared_from_time_zero_looks_better_than_true(many):
    risk = np.exp(law.predictor(many, law.PROGNOSIS))
    months, event = many["os_months"].to_numpy(), many["os_event"].to_numpy(dtype=float)
    treated = (many["radiotherapy"] == "thoracic").to_numpy()
    rates = [event[of].sum() / (risk * months)[of].sum() for of in (treated, ~treated)]
    assert rates[0] / rates[1] < law.HR_DEATH - 0.1


def test_the_page_prints_the_truth_that_is_stated(stated):
    text = PAGE.read_text(encoding="utf-8")
    lines = [f"| {row['quantity']} | {float(row['value']):g} | {row['source']} |" for row in stated.values()]
    assert [line for line in lines if line not in text] == []


def test_the_page_prints_the_estimates_of_designs():
    """`python -m tests.reference.consolidation156_page` writes them."""
    text = PAGE.read_text(encoding="utf-8")
    assert [line for line in estimates.lines_of_designs() if line not in text] == []


@pytest.mark.slow
def test_the_page_prints_the_estimates_by_the_month_of_the_start():
    text = PAGE.read_text(encoding="utf-8")
    assert [line for line in estimates.lines_of_starts(estimates.later()) if line not in text] == []


def with_indicators(table):
    """Every covariate of the design as numbers, a column for each level but one."""
    numbers = pd.get_dummies(table[["sex", "ecog", "location", "metastases", "sites"]].astype(str), drop_first=True)
    return pd.concat([numbers.astype(float), table[["age"]]], axis=1)


def printed_of(words, endpoint):
    """The ratio with its limits in one line of the page."""
    line = next(line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith(f"| {words}"))
    return line.split(" | ")[1 + ("os", "pfs").index(endpoint)]


def as_printed(fitted):
    limits = fitted.confidence_intervals_.loc["treated"]
    hr, lower, upper = np.exp([fitted.params_["treated"], *limits])
    return f"{hr:.2f} ({lower:.2f} to {upper:.2f})"


@pytest.mark.parametrize("endpoint", ["os", "pfs"])
def test_landmark_and_time_updated_estimates_of_the_page_are_those_of_lifelines(endpoint):
    """Rows by hand from the file: who is followed beyond month 7, and months before and from the start on."""
    table = pd.read_csv(FOLDER / "cohort.csv", dtype={"ecog": str, "sites": str})
    x, months = with_indicators(table), table[f"{endpoint}_months"]
    event, start = table[f"{endpoint}_event"], table["rt_month"]
    late = x.assign(months=months, event=event, treated=(start <= 7.0).astype(float))[months > 7.0]
    fitted = CoxPHFitter().fit(late, "months", "event")
    assert printed_of("landmark at month 7", endpoint) == as_printed(fitted)
    end = start.fillna(np.inf).clip(upper=months)
    before = x.assign(id=table.index, start=0.0, stop=end, event=event * (start.isna()), treated=0.0)
    on = x.assign(id=table.index, start=start, stop=months, event=event, treated=1.0)[start.notna()]
    fitted = CoxTimeVaryingFitter().fit(pd.concat([before, on]), "event", "start", "stop", id_col="id")
    assert printed_of("time-updated", endpoint) == as_printed(fitted)


@pytest.mark.parametrize(("endpoint", "true"), [("os", 0.7), ("pfs", 0.636)])
def test_analyses_from_the_start_on_hold_the_truth_as_the_page_says(endpoint, true):
    for words in ("landmark", "time-updated"):
        lower, upper = printed_of(words, endpoint).split("(")[1].rstrip(")").split(" to ")
        assert float(lower) < true < float(upper)
