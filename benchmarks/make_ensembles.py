"""Write models/ensembles/: the cohorts that the bundled studies' prints leave possible, from the study files alone.

For each bundled ensemble (``escc79``, ``cui156``) a folder named after its study:

    cohorts.csv   every member's rows, by the column ``member``; member 1 is the bundled cohort
    targets.csv   what was printed, what every member has, what cannot be had beside the rest
    spread.csv    what was not printed, and how far the members differ in it
    notes.txt     the same in sentences, with the assumptions of the layout and what the audit calls contradictory
    made.json     seed, number of members, digests of study and layout

One seed gives the same bytes, on any number of cores. ``--check`` makes everything again and compares.

Run from the repository: ``python benchmarks/make_ensembles.py [NAME ...] [--replicates 20] [--workers N] [--check]``.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from escc_bayes.data.bundled import ENSEMBLES
from escc_bayes.data.ensemble import MEMBER
from escc_bayes.data.shipped import find_study
from escc_bayes.data.study import read_study
from escc_bayes.evidence.reconstruction.automatic import layout_for
from escc_bayes.evidence.reconstruction.reconstruct import Reconstruction, reconstruct
from escc_bayes.evidence.reconstruction.table import summary
from escc_bayes.foundation.csv import write_csv
from escc_bayes.foundation.outputs import write_json
from escc_bayes.report.verbs.reconstruct import record_of, write_what_was_matched

SEED, REPLICATES = 1, 20


def searched(name: str, replicates: int, workers: int | None) -> Reconstruction:
    """Return the cohorts of one ensemble."""
    study = read_study(find_study(ENSEMBLES[name].study))
    return reconstruct(study, layout_for(study, None, ()), seed=SEED, replicates=replicates, workers=workers)


def write_ensemble(folder: Path, found: Reconstruction) -> None:
    """Write the files of one ensemble."""
    rows = [{MEMBER: number, **row} for number, cohort in enumerate(found.cohorts, start=1) for row in cohort]
    write_csv(folder / "cohorts.csv", rows)
    write_what_was_matched(folder, found)
    record = record_of(found, SEED)
    made = {"study": found.study.id, "seed": SEED, "members": len(found.cohorts)}
    write_json(folder / "made.json", made | {"print_digest": record.spec_digest, "cohorts_digest": record.data_digest})


def differences(made: Path, committed: Path) -> list[str]:
    """Return the names of the files that differ."""
    names = sorted({path.name for folder in (made, committed) for path in folder.glob("*")})
    return [name for name in names if content(made / name) != content(committed / name)]


def content(path: Path) -> bytes | None:
    """Return the bytes of a file; None where there is none."""
    return path.read_bytes() if path.is_file() else None


def main() -> None:
    """Write or compare the ensembles asked for."""
    parser = argparse.ArgumentParser(description="Make or check the bundled ensembles.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of {', '.join(ENSEMBLES)}; default: all")
    parser.add_argument("--replicates", type=int, default=REPLICATES)
    parser.add_argument("--workers", type=int, default=None)
    parser.add_argument("--check", action="store_true", help="compare with what is committed, write nothing")
    asked = parser.parse_args()
    differing: list[str] = []
    for name in asked.names or ENSEMBLES:
        found = searched(name, asked.replicates, asked.workers)
        if asked.check:
            with tempfile.TemporaryDirectory() as folder:
                write_ensemble(Path(folder), found)
                differing += [f"{name}: {file}" for file in differences(Path(folder), ENSEMBLES[name].folder)]
        else:
            with tempfile.TemporaryDirectory() as folder:
                write_ensemble(Path(folder), found)
                shutil.copytree(folder, ENSEMBLES[name].folder, dirs_exist_ok=True)
        print("\n".join(summary(found)), flush=True)
    if differing:
        sys.exit(f"differ from what is committed: {', '.join(differing)}")


if __name__ == "__main__":
    main()
