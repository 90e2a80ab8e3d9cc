"""Values that nobody means, for every option of every verb."""

import random
from pathlib import Path

from typer.main import get_command

from escc_bayes.cli import app
from tests.fuzz.tomls import COHORT, MODEL, SCHEMA

VALUES = (
    *(
        "nan",
        "inf",
        "-inf",
        "-1",
        "0",
        "1",
        "2",
        "0.5",
        "95",
        "1e9",
        "1e12",
        "1000000000000",
        "9" * 30,
        "1e308",
        "1e-308",
    ),
    *(
        "",
        " ",
        "x",
        "x" * 300,
        "../x",
        "/dev/full",
        "/dev/null",
        "/",
        ".",
        "..",
        "a\nb",
        "a\x01b",
        "=1+1",
        "高",
        "🙂",
        "%s",
    ),
    *(
        "1,2",
        "3,2,1",
        "1,nan",
        "x=y",
        "x=",
        "=",
        "a=1",
        "0,0",
        "1,1,1",
        "0.5,0.2,0.9",
        "1_000",
        "0x10",
        "٣",
        "@",
        "a@b",
    ),
    *(
        "os_piecewise@",
        "None",
        "true",
        "[]",
        "{}",
        "$HOME",
        "--",
        "-",
        "*",
        "c.csv",
        "s.toml",
        "m.toml",
        "missing.toml",
    ),
)
COMMANDS = {
    "report": ["--cohort", "c.csv", "--schema", "s.toml", "--model", "m.toml", "--workers", "1", "--draws", "50"],
    "fit": ["--cohort", "c.csv", "--schema", "s.toml", "--model", "m.toml", "--engine", "laplace", "--draws", "50"],
    "baselines": ["--cohort", "c.csv", "--schema", "s.toml", "--endpoint", "os"],
    "compare": ["--cohort", "c.csv", "--schema", "s.toml", "--model", "m.toml", "--engine", "laplace", "--draws", "50"],
    "forms": [
        *("--cohort", "c.csv", "--schema", "s.toml", "--endpoint", "os", "--covariate", "age", "--raw"),
        *("--knots", "3", "--draws", "50"),
    ],
    "sensitivity": ["--hr", "0.7", "--lower", "0.5", "--upper", "0.98"],
    "audit": ["seed1_scirep2025"],
    "reconstruct": ["seed1_scirep2025", "--replicates", "1", "--steps", "1000", "--workers", "1"],
    "evidence": ["--effect", "rt_added", "--endpoint", "OS"],
    "time-zero": [
        *("--cohort", "c.csv", "--schema", "late.toml", "--endpoint", "os", "--covariate", "arm", "--landmark", "3"),
        *("--cycles", "b=2", "--interval", "0.5"),
    ],
    "paper": ["orient15", "--members", "1", "--trials", "100"],
    "plan": ["rt_consolidation", "--trials", "100"],
    "monitor": ["rt_consolidation", "--data", "c.csv", "--schema", "s.toml", "--endpoint", "os"],
}
# What decides how long a command works; a value that is allowed may well be long.
LONG = frozenset(
    {"--draws", "--tune", "--chains", "--steps", "--replicates", "--members", "--trials", "--completions", "--workers"}
)


def command(number: int, seed: int, folder: Path) -> list[str]:
    """Write a small cohort into ``folder``, which commands stand in, and return command ``number``."""
    late = SCHEMA.replace('levels = ["a", "b"]', 'levels = ["a", "b"]\nknown_at = 1.0')
    for name, text in {"c.csv": COHORT, "s.toml": SCHEMA, "late.toml": late, "m.toml": MODEL}.items():
        (folder / name).write_text(text, encoding="utf-8")
    chance = random.Random(f"{seed}/{number}")
    verbs = get_command(app).commands  # type: ignore[attr-defined]
    known = [verb for verb in verbs if verb in COMMANDS]
    verb = known[number % len(known)]
    options = [o for o in verbs[verb].params if o.name not in ("help",) and not getattr(o, "is_flag", False)]
    option = chance.choice(options)
    value = chance.choice(VALUES)
    words = list(COMMANDS[verb])
    name = option.opts[0]
    if name in LONG and value in {"1000000000000"}:
        value = "9" * 19
    if not name.startswith("--"):
        # An argument: instead of the one given, or where there is none.
        words = [value, *(words[1:] if words and not words[0].startswith("--") else words)]
    elif name in words:
        words[words.index(name) + 1] = value
    else:
        words += [name, value]
    if name != "--out":
        words += ["--out", str(folder / "work" / "out")]
    if any(o.opts[0] == "--quiet" for o in verbs[verb].params):
        words.append("--quiet")
    return [verb, *words]
