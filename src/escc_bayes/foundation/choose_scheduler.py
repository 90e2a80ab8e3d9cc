"""Which scheduler computes a long run: a number of processes, or the address of a Dask scheduler, decides."""

from escc_bayes.foundation.cluster import Cluster
from escc_bayes.foundation.errors import InputError
from escc_bayes.foundation.scheduler import Processes, Scheduler, Serial


def scheduler_for(workers: int = 1, address: str | None = None) -> Scheduler:
    """Return the scheduler that a number of processes, or the address of a Dask scheduler, asks for.

    Parameters
    ----------
    workers : processes of this machine.
    address : such as ``tcp://192.168.0.7:8786``; None: this machine.

    Raises
    ------
    InputError : both are asked for, workers below 1, no address, or the extra ``cluster`` is not installed.
    """
    if workers < 1:
        raise InputError(f"--workers {workers}: at least one process is needed")
    if address is None:
        return Serial() if workers == 1 else Processes(workers)
    if workers > 1:
        raise InputError(
            f"--workers {workers} and --scheduler {address}: a Dask scheduler brings its own workers; leave one out"
        )
    return Cluster(address)
