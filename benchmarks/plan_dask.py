"""`plan rt_consolidation` on Dask: wall-clock and CPU seconds over one worker and two, and whether the digits agree.

Usage: python benchmarks/plan_dask.py [TRIALS] [ROUNDS]  (default 1,000,000 and 1; meant for idle cores)
"""

import os
import resource
import sys
import time

from distributed import LocalCluster

from escc_bayes.trial.reading.design import load_design
from escc_bayes.trial.simulation.operating_characteristics import operating_characteristics, table


def cpu():
    """Return CPU seconds of this process and of the children that have ended."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def timed(trials, workers):
    """Return wall-clock seconds of the run, CPU seconds with starting the cluster, and the table."""
    began = cpu()
    with LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as cluster:
        start = time.perf_counter()
        found = operating_characteristics(
            load_design("rt_consolidation"), trials=trials, seed=1, scheduler=cluster.scheduler_address
        )
        wall = time.perf_counter() - start
    return wall, cpu() - began, table(found)


def main():
    trials, rounds = (int(given) for given in (sys.argv[1:] + ["1000000", "1"][len(sys.argv) - 1 :]))
    print(f"{trials:,} trials, three scenarios, three rules; load {os.getloadavg()[0]:.1f} at the start\n")
    print("| workers | wall, s | CPU with the cluster, s | digits |\n|---|---|---|---|")
    first = None
    for _ in range(rounds):
        walls = []
        for workers in (1, 2):
            wall, used, found = timed(trials, workers)
            first = first or found
            walls.append(wall)
            same = "the same" if found == first else "DIFFERENT"
            print(f"| {workers} | {wall:.1f} | {used:.1f} | {same} |", flush=True)
        print(f"\nTwo workers are {walls[0] / walls[1]:.2f} times faster.\n", flush=True)


if __name__ == "__main__":
    main()
