"""What `sensitivity` of the 79-patient cohort costs: CPU of each part, and one process against two, in pairs.

    python benchmarks/sensitivity_speed.py [PAIRS] > benchmarks/sensitivity_speed.md

Two processes are compared with one by wall time, which says something where two cores are idle, and by the CPU of the
busier process, which does on a loaded machine too: no run can end before it.
"""

import json
import os
import subprocess
import sys
import time
import warnings
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage

PAIRS = 3
COHORT, MODEL, SEED = "escc79", "os_piecewise", 20251
RUN = "escc_bayes.sensitivity.run"


def cpu(who: int) -> float:
    """Return user and system time in seconds."""
    used = getrusage(who)
    return used.ru_utime + used.ru_stime


def parts() -> dict[str, float]:
    """Return the CPU of the fit and of each part, in this process."""
    import escc_bayes as eb
    from escc_bayes.foundation.chunks import no_progress
    from escc_bayes.sensitivity.parts import PARTS
    from escc_bayes.sensitivity.subject import Asked, subject_of

    found = {}
    before = cpu(RUSAGE_SELF)
    subject = subject_of(eb.example_cohort(COHORT), eb.load_spec(MODEL), Asked(SEED))
    found["fit"] = cpu(RUSAGE_SELF) - before
    for part in PARTS:
        before = cpu(RUSAGE_SELF)
        part.run(subject, no_progress)
        found[part.name] = cpu(RUSAGE_SELF) - before
    return found


def all_parts(workers: int) -> dict[str, float]:
    """Return wall time and CPU of this process and of the others, of all parts with so many processes."""
    begun = time.perf_counter()
    import escc_bayes as eb
    from escc_bayes.foundation.crew import crew
    from escc_bayes.sensitivity.run import examine, silent
    from escc_bayes.sensitivity.subject import Asked

    with crew(workers, needs=RUN) as scheduler:
        examine(eb.example_cohort(COHORT), eb.load_spec(MODEL), Asked(SEED, scheduler=scheduler), silent)
    return {"wall": time.perf_counter() - begun, "own": cpu(RUSAGE_SELF), "others": cpu(RUSAGE_CHILDREN)}


def fresh(*argument: str) -> dict[str, float]:
    """Return what a fresh process of this script measures."""
    one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    said = subprocess.run(
        [sys.executable, __file__, *argument], check=True, capture_output=True, text=True, env=os.environ | one
    )
    return json.loads(said.stdout.splitlines()[-1])


def main(pairs: int) -> None:
    """Print both tables as Markdown."""
    print("# What `sensitivity` costs\n")
    print(f"`{COHORT}` with `{MODEL}`, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}.\n")
    print("| part, one process | CPU s |\n|---|---|")
    each = fresh("parts")
    for name, seconds in each.items():
        print(f"| {name} | {seconds:.1f} |")
    print(f"| in sum | {sum(each.values()):.1f} |\n")
    print("| pair | processes | wall s | CPU s | busier process, CPU s | gain, wall | gain, busier process |")
    print("|---|---|---|---|---|---|---|")
    for pair in range(1, pairs + 1):
        alone, two = fresh("all", "1"), fresh("all", "2")
        for workers, one in ((1, alone), (2, two)):
            busier = max(one["own"], one["others"])
            gains = f"{alone['wall'] / one['wall']:.2f} | {alone['own'] / busier:.2f}" if workers == 2 else " | "
            cells = f"{one['wall']:.0f} | {one['own'] + one['others']:.1f} | {busier:.1f}"
            print(f"| {pair} | {workers} | {cells} | {gains} |")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    asked = sys.argv[1] if len(sys.argv) > 1 else str(PAIRS)
    if asked == "parts":
        print(json.dumps(parts()))
    elif len(sys.argv) > 2:
        print(json.dumps(all_parts(int(sys.argv[2]))))
    else:
        main(int(asked))
