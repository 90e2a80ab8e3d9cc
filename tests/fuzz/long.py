"""The long form: `make fuzz`, or `python -m tests.fuzz.long [SEED [KIND ...]]`.

Prints what is wrong, and figures; exits 1 if anything is wrong.
"""

import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.fuzz import csvs, option_values, saved_files, tomls
from tests.fuzz.running import End, run

type Command = Callable[[int, int, Path], list[str]]
KINDS: dict[str, tuple[Command, int]] = {
    "tomls": (tomls.command, 500),
    "options": (option_values.command, 100),
    "csvs": (csvs.command, 500),
    "saved": (saved_files.command, 100),
}


def ends(make: Command, seed: int, number: int) -> End:
    """Run command ``number`` in a folder of its own."""
    folder, before = Path(tempfile.mkdtemp(prefix="fuzz-")), Path.cwd()
    (folder / "work").mkdir()
    os.chdir(folder)
    try:
        return run(make(number, seed, folder), folder / "work")
    finally:
        os.chdir(before)
        shutil.rmtree(folder, ignore_errors=True)


def warm_up() -> None:
    """Let the search of `reconstruct` be compiled before anything is timed."""
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    words = ["seed1_scirep2025", "--replicates", "1", "--steps", "1000", "--quiet", "--out", str(folder / "out")]
    run(["reconstruct", *words], folder, seconds=600)
    shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    """Run every kind, or those named; say what is wrong as it is found."""
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 13
    wrong = 0
    warm_up()
    for kind in sys.argv[2:] or KINDS:
        make, count = KINDS[kind]
        began, codes, slowest = time.process_time(), Counter[int](), 0.0
        for number in range(count):
            end = ends(make, seed, number)
            codes[end.code] += 1
            slowest = max(slowest, end.seconds)
            if end.faults:
                wrong += 1
                command = " ".join(map(repr, end.words))
                print(f"{kind} {number}: {'; '.join(end.faults)}\n  {command}\n  {end.stderr[-400:]}", flush=True)
        spent = time.process_time() - began
        counted = ", ".join(f"{n} with exit code {code}" for code, n in sorted(codes.items()))
        print(f"{kind}: {count} commands, {counted}; slowest {slowest:.1f} s, all {spent:.0f} s of CPU", flush=True)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
