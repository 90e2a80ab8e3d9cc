"""Where the seconds of a first fit go: import, compile, sample, derive; and what a second fit costs.

Backend ``pymc`` of engine ``nuts``; ``native_speed.py`` measures the other.

Each line is measured in a fresh process on the bundled cohort. ``python benchmarks/first_fit.py`` empties nothing:
for a cold measurement it points PyTensor at an empty folder of its own. It writes ``benchmarks/first_fit.md``.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

WORK = r"""
import json, sys, time
def clock():
    return time.process_time()
start = clock()
import escc_bayes as eb
cohort, spec = eb.example_cohort("escc79"), eb.load_spec(sys.argv[1])
seconds = {"read cohort and specification": clock() - start}
start = clock()
from escc_bayes.bayes.pymc import nuts
seconds["import PyMC and nutpie"] = clock() - start
start = clock()
from escc_bayes.spec.plan import make_plan
nuts.compiled_density(make_plan(spec, cohort), lambda *a: None)
seconds["compile"] = clock() - start
start = clock()
posterior = eb.fit(spec, cohort, seed=1, backend="pymc")
seconds["sample and check, 4 x (1500 + 1500)"] = clock() - start
start = clock()
posterior.to_datatree()
seconds["every DataTree group"] = clock() - start
import numpy as np
start = clock()
eb.fit(spec, cohort.subset(np.arange(78)), seed=2, backend="pymc")
seconds["second fit, other data, same structure"] = clock() - start
print(json.dumps(seconds))
"""


def measured(model: str, cache: str) -> dict[str, float]:
    """Return CPU seconds of each step in a fresh process with this compilation cache."""
    flags = f"base_compiledir={cache}"
    environment = os.environ | {"PYTENSOR_FLAGS": flags}
    command = [sys.executable, "-W", "ignore", "-c", WORK, model]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return json.loads(done.stdout.splitlines()[-1])


def table() -> str:
    """Return the table as Markdown: cold and warm cache for each family."""
    columns = {}
    for model in ("os_piecewise", "os_weibull"):
        with tempfile.TemporaryDirectory() as cache:
            columns[f"{model}, empty cache"] = measured(model, cache)
            columns[f"{model}, with cache"] = measured(model, cache)
    names = list(next(iter(columns.values())))
    lines = ["| CPU seconds | " + " | ".join(columns) + " |", "|---|" + "---|" * len(columns)]
    lines += [f"| {name} | " + " | ".join(f"{c[name]:.1f}" for c in columns.values()) + " |" for name in names]
    return "\n".join(lines)


if __name__ == "__main__":
    from escc_bayes.foundation.record import versions

    found = ", ".join(f"{name} {version}" for name, version in versions())
    text = f"# Where the seconds of a first fit go\n\nMade by `benchmarks/first_fit.py`; {found}.\n\n{table()}\n"
    Path(__file__).with_suffix(".md").write_text(text)
    print(text)
