"""Operating characteristics against closed forms, and the promise that workers and kills change nothing."""

import math
import os
import subprocess
import sys

import numpy as np
import pytest

from escc_bayes.foundation.scheduler import Serial
from escc_bayes.trial.design.trial_plan import planned
from escc_bayes.trial.reading.design import load_design
from escc_bayes.trial.significance.boundaries import spent_by_look
from escc_bayes.trial.simulation import workers
from escc_bayes.trial.simulation.checkpoint import Checkpoint, resumable
from escc_bayes.trial.simulation.interim_table import interim_rows, interim_table
from escc_bayes.trial.simulation.operating_characteristics import operating_characteristics
from escc_bayes.trial.simulation.summary import plain_sentence, summary
from escc_bayes.trial.simulation.tally import CHUNK
from tests.unit.trial.designs import small


@pytest.fixture(scope="module")
def consolidation():
    return operating_characteristics(load_design("rt_consolidation"), trials=20_000, seed=5)


@pytest.mark.parametrize("rule", ["bayes", "logrank"])
def test_247_events_give_power_080_and_type_one_error_0025(consolidation, rule):
    """Schoenfeld's 246.8 events; the limit of normality adds less than 0.005 to 3 Monte Carlo errors."""
    power = consolidation.of("truth", rule, "power")
    assert power.value == pytest.approx(0.80, abs=3.0 * power.mc_error + 0.005)
    error = consolidation.of("null", rule, "type_one_error")
    assert error.value == pytest.approx(0.025, abs=3.0 * error.mc_error)


@pytest.mark.parametrize("rule", ["bayes", "logrank"])
def test_assurance_and_ceiling_of_the_only_evidence(consolidation, rule):
    """PLANNING row 40: assurance 0.611, limit 0.840 at 247 events (normal approximation)."""
    assurance = consolidation.of("design_prior", rule, "assurance")
    assert assurance.closed_form == pytest.approx(0.611, abs=5e-4)
    assert assurance.value == pytest.approx(0.611, abs=3.0 * assurance.mc_error + 0.002)
    limit = consolidation.of("design_prior", rule, "assurance_limit")
    assert limit.value == pytest.approx(0.840, abs=5e-4)
    assert (limit.mc_error, limit.trials) == (0.0, 0)


def test_the_plain_sentence_and_the_table(consolidation):
    sentence = plain_sentence(consolidation, "bayes")
    assert sentence.startswith("bayes: power at the point estimate 0.80, assurance 0.6")
    assert sentence.endswith("with unlimited events 0.84 (normal approximation: 0.800, 0.611, 0.840)")
    printed = "\n".join(summary(consolidation))
    assert "P(HR(radiotherapy vs no radiotherapy) < 1 | data) > 0.975" in printed
    assert "20,000 trials of each scenario" in printed


def test_a_dual_criterion_is_never_easier(consolidation):
    for scenario, quantity in (("truth", "power"), ("null", "type_one_error"), ("design_prior", "assurance")):
        dual, single = (consolidation.of(scenario, rule, quantity) for rule in ("dual", "bayes"))
        assert dual.value < single.value
        assert dual.value == pytest.approx(dual.closed_form, abs=4.0 * dual.mc_error + 0.005)


def test_three_looks_agree_with_the_recursive_integration():
    """Bayesian rule with futility, O'Brien-Fleming and Pocock at 382 events: 4 Monte Carlo errors and 0.005."""
    found = operating_characteristics(load_design("ici_sequence"), trials=8_000, seed=6)
    for rule in ("bayes", "logrank_obrien_fleming", "logrank_pocock"):
        for scenario, quantity in (("truth", "power"), ("null", "type_one_error"), ("design_prior", "assurance")):
            number = found.of(scenario, rule, quantity)
            assert number.value == pytest.approx(number.closed_form, abs=4.0 * number.mc_error + 0.005)
    early = found.of("truth", "bayes", "stop_early_success")
    assert 0.0 < early.value < found.of("truth", "bayes", "power").value
    assert 228.0 < found.of("truth", "bayes", "expected_events").value < 382.0
    assert found.of("null", "bayes", "stop_early_futility").value > 0.5


def test_delayed_effect_of_lrstat_has_power_080():
    """PLANNING row 16: 315 events at hazard ratio 1 for 6 months, then 0.58: rpact simulates .800 at month 41.28.

    There two looks (80 % and all events) with O'Brien-Fleming spending; 3 Monte Carlo errors and 0.01 for accrual.
    """
    design = small(
        control={"median": 13.0},
        effect={"hr": [1.0, 0.58], "cuts": [6.0]},
        accrual={"patients": 468, "rates": [26 / 9 * k for k in range(1, 10)], "cuts": [float(k) for k in range(1, 9)]},
        analyses={"events": [252, 315]},
        design_prior=None,
    )
    found = operating_characteristics(design, trials=6_000, seed=7)
    power = found.of("truth", "logrank", "power")
    assert power.value == pytest.approx(0.800, abs=3.0 * power.mc_error + 0.01)
    assert power.closed_form is None


def test_no_design_prior_no_assurance():
    found = operating_characteristics(small(design_prior=None), trials=500, seed=1)
    assert {quantity.scenario for quantity in found.quantities} == {"truth", "null"}
    assert plain_sentence(found, "bayes").count("assurance") == 0


def test_two_workers_give_the_same_numbers_as_one(monkeypatch):
    design = small()
    trials = 2 * CHUNK + 300
    monkeypatch.setattr(workers, "BUNDLE", 1)
    one, two = (operating_characteristics(design, trials=trials, seed=3, workers=count) for count in (1, 2))
    assert one.quantities == two.quantities


FAULTS = """
import resource, threading
from escc_bayes.trial.design.trial_plan import planned
from escc_bayes.trial.simulation.decide import criteria_of
from escc_bayes.trial.reading.design import load_design
from escc_bayes.trial.simulation.tally import CHUNK, tally_chunk
design = load_design("rt_consolidation")
criteria = criteria_of(planned(design))
def work():
    tally_chunk(design, criteria, 3 * CHUNK, 1, 0)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    tally_chunk(design, criteria, 3 * CHUNK, 1, 1)
    tally_chunk(design, criteria, 3 * CHUNK, 1, 2)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
thread = threading.Thread(target=work)
thread.start()
thread.join()
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="counts page faults of glibc's allocator")
def test_chunks_do_not_fetch_their_memory_anew():
    """A chunk of 1,000 trials fetched 7,000 pages from the kernel, which took longer than its arithmetic.

    In a thread, and with the variable of glibc that Dask sets for its workers: 60,000 pages without our own setting.
    """
    environment = os.environ | {"MALLOC_TRIM_THRESHOLD_": "65536"}
    done = subprocess.run([sys.executable, "-c", FAULTS], env=environment, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 4_000


def test_looks_add_up_to_what_becomes_of_the_trials():
    """Three looks: ends by look sum to power and to early stops; spent alpha is that of recursive integration."""
    rules = [
        {"name": "logrank", "success": "log-rank one-sided 0.025", "spending": "pocock"},
        {"name": "bayes", "success": "P(HR < 1 | data) > 0.985", "futility": "P(HR < 1 | data) < 0.3"},
    ]
    design = small(accrual={"patients": 200, "months": 12.0}, analyses={"events": [40, 80, 120]}, rule=rules)
    found = operating_characteristics(design, trials=4_000, seed=2)
    rows = interim_table(found)
    assert len(rows) == 3 * 2 * 3
    for scenario, quantity in (("truth", "power"), ("null", "type_one_error"), ("design_prior", "assurance")):
        for rule in ("logrank", "bayes"):
            mine = [row for row in rows if (row.scenario, row.rule) == (scenario, rule)]
            assert sum(row.success for row in mine) == pytest.approx(
                found.of(scenario, rule, quantity).value, abs=1e-12
            )
            stopped = found.of(scenario, rule, "stop_early_futility").value
            assert sum(row.futility for row in mine) == pytest.approx(stopped, abs=1e-12)
    spent = spent_by_look((1 / 3, 2 / 3, 1.0), planned(design).rules[0].boundaries.upper)
    ends = [row.success for row in rows if (row.scenario, row.rule) == ("null", "logrank")]
    assert np.cumsum(ends) == pytest.approx(spent, abs=3.0 * 0.0025 + 0.002)
    first = rows[0]
    assert (first.look, first.when, first.events) == (1, "40 events", pytest.approx(40.0, abs=1e-6))
    assert interim_rows(rows)[-1]["month"] == ""
    assert interim_table(operating_characteristics(small(), trials=250, seed=1)) == ()


def test_a_killed_run_goes_on_and_ends_the_same(tmp_path, monkeypatch):
    design, trials = small(), 3 * CHUNK
    whole = operating_characteristics(design, trials=trials, seed=3)
    monkeypatch.setattr(workers, "BUNDLE", 1)
    kept = {seed: Checkpoint.of(design.digest, trials=trials, seed=seed, folder=tmp_path) for seed in (3, 4)}
    asked = {"trials": trials, "seed": 3, "checkpoint": kept[3]}

    class KilledError(Exception):
        pass

    def kill(done, total):
        if done == 2:
            raise KilledError

    with pytest.raises(KilledError):
        resumable(planned(design), **asked, scheduler=Serial(), progress=kill)
    begun = []
    monkeypatch.setattr(workers, "tally_chunk", watched(workers.tally_chunk, begun))
    assert resumable(planned(design), **asked, scheduler=Serial()).quantities == whole.quantities
    assert begun == [2]
    resumable(planned(design), trials=trials, seed=4, checkpoint=kept[4], scheduler=Serial())
    assert begun == [2, 0, 1, 2]
    for checkpoint in kept.values():
        checkpoint.forget()
    assert not any(tmp_path.iterdir())


def watched(tally_chunk, begun):
    def watching(design, criteria, trials, seed, chunk):
        begun.append(chunk)
        return tally_chunk(design, criteria, trials, seed, chunk)

    return watching


def test_monte_carlo_errors_are_those_of_repeated_runs():
    """Standard deviation of power over 40 runs of 250 trials against the stated error; within 35 %."""
    design = small()
    runs = [
        operating_characteristics(design, trials=250, seed=seed).of("truth", "bayes", "power") for seed in range(40)
    ]
    spread = np.std([run.value for run in runs], ddof=1)
    assert spread == pytest.approx(np.mean([run.mc_error for run in runs]), rel=0.35)


def test_posterior_control_hazards_spread_the_power(tmp_path):
    """Control hazards taken from a saved posterior: every trial uses one draw, and the mean hazard is the truth."""
    import xarray as xr

    log_rates = np.log(np.array([[[0.04, 0.06], [0.08, 0.06]]]))
    data = xr.Dataset({"log_rate": (("chain", "draw", "piece"), log_rates)}, coords={"piece": ["0-6", "6+"]})
    xr.DataTree.from_dict({"posterior": data}).to_netcdf(tmp_path / "fit.nc", engine="h5netcdf")
    design = small(control={"posterior": str(tmp_path / "fit.nc")})
    assert design.control.draws == 2
    assert design.control.mean_rates == pytest.approx([0.06, 0.06])
    known = small(control={"hazard": 0.06})
    spread, fixed = (operating_characteristics(d, trials=1_000, seed=1) for d in (design, known))
    month = "expected_months"
    assert spread.of("truth", "bayes", month).mc_error > fixed.of("truth", "bayes", month).mc_error
    assert math.isclose(
        spread.of("truth", "bayes", "power").value, fixed.of("truth", "bayes", "power").value, abs_tol=0.06
    )
