"""A Dask cluster of two local processes gives the same bits, and says what is wrong when it cannot be used."""

import socket

import numpy as np
import pytest

from escc_bayes.foundation import cluster
from escc_bayes.foundation.chunks import run_chunks
from escc_bayes.foundation.cluster import Cluster, refuse_other_versions, versions
from escc_bayes.foundation.errors import InputError
from escc_bayes.foundation.scheduler import Processes, Serial
from escc_bayes.trial.simulation.operating_characteristics import operating_characteristics
from escc_bayes.trial.simulation.tally import CHUNK
from escc_bayes.trial.simulation.workers import BUNDLE
from tests.unit.foundation.test_scheduler import drawn, failing
from tests.unit.trial.designs import small

distributed = pytest.importorskip("distributed")
# Dask's own sockets and event loops end a little after it has closed.
pytestmark = pytest.mark.filterwarnings(
    "ignore:unclosed:ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)


@pytest.fixture(scope="module")
def address():
    """The address of a scheduler with two worker processes."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as local:
        yield local.scheduler_address


def test_serial_processes_and_dask_give_the_same_bits(address):
    schedulers = (Serial(), Processes(2), Cluster(address))
    found = [[part["values"] for part in run_chunks(drawn, 5, scheduler=s)] for s in schedulers]
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])


def test_a_trial_design_has_the_same_numbers_on_dask(address):
    """More than one bundle, so that both workers have a share."""
    design, trials = small(), BUNDLE * CHUNK + 300
    here = operating_characteristics(design, trials=trials, seed=3)
    there = operating_characteristics(design, trials=trials, seed=3, scheduler=address)
    assert there.quantities == here.quantities


def test_an_error_of_a_chunk_reaches_the_caller(address):
    with pytest.raises(InputError, match="chunk 1 cannot be computed"):
        list(run_chunks(failing, 3, scheduler=Cluster(address)))


def test_nobody_at_the_address(monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(InputError, match="no Dask scheduler answers there; start one with `dask scheduler`"):
        list(run_chunks(drawn, 2, scheduler=Cluster(f"tcp://127.0.0.1:{port}")))


def test_other_versions_are_refused():
    refuse_other_versions("tcp://h:1", {"tcp://w:2": versions()})
    with pytest.raises(InputError, match="tcp://w:2 has numpy 1.0, here it is"):
        refuse_other_versions("tcp://h:1", {"tcp://w:2": versions() | {"numpy": "1.0"}})
