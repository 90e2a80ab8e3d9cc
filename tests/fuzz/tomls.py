"""TOML files that almost are right: bundled ones with a value, a key or a byte changed."""

import json
import random
import tomllib
from pathlib import Path

from escc_bayes.data.shipped import models_folder

COHORT = "\n".join(
    ["id,t,d,arm,age", *(f"P{i},{2.5 + i},{i % 2},{'ab'[i % 3 == 0]},{50 + (i * 7) % 23}" for i in range(1, 41))]
)
SCHEMA = """
schema = 1
name = "small"
time_unit = "months"
id = "id"
[endpoints.os]
time = "t"
event = "d"
[covariates.arm]
kind = "binary"
levels = ["a", "b"]
[covariates.age]
kind = "continuous"
center = 60.0
scale = 10.0
"""
MODEL = """
schema = 1
name = "small"
[outcome]
endpoint = "os"
[baseline]
family = "piecewise_exponential"
cuts = [6.0, 12.0, 24.0]
at = "mean"
smoothing = "random_walk"
sd = { halfnormal = 0.5 }
[priors]
baseline_survival = { at = 12.0, median = 0.7, lower = 0.3 }
[[effect]]
covariate = "arm"
structure = "fixed"
prior = { normal = [0.0, 1.0] }
[[effect]]
covariate = "age"
structure = "linear"
prior = { hr_median = 1.0, hr_upper = 4.0 }
[variants.sceptical]
effect.arm.prior = { hr_median = 1.0, hr_upper = 1.8 }
"""
VALUES: tuple[object, ...] = (
    *(
        0,
        -1,
        1,
        2,
        1e9,
        10**9,
        10**18,
        2**63 - 1,
        1e-300,
        1e300,
        -1e300,
        0.5,
        float("inf"),
        float("-inf"),
        float("nan"),
    ),
    *(
        "",
        " ",
        "x",
        "os",
        "a",
        "b",
        "é低🙂",
        "a\x01b",
        "a\nb",
        "=1+1",
        "x" * 300,
        "../x",
        "../../etc/passwd",
        "@",
        "a@b",
    ),
    *(True, False, [], {}, [[]], [1], [1, 1], [3, 2, 1], ["a"], ["a", "a"], [""], [None], {"normal": [0, 1]}),
    *(
        {"normal": [0, 0]},
        {"normal": [1e9, 1e9]},
        {"halfnormal": -1},
        {"halfnormal": 1e9},
        [1.0] * 1000,
        {"a": {"b": {}}},
    ),
)


def written(value: object) -> str:
    """Return a value as TOML; tables inline."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        inner = ", ".join(f"{json.dumps(str(k))} = {written(v)}" for k, v in value.items())
        return f"{{ {inner} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(written(v) for v in value if v is not None)}]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value)


def places(value: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """Return the path of every value within a table."""
    found = [path] if path else []
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in inner:
        found += places(below, (*path, key))
    return found


def changed(text: str, chance: random.Random) -> str:
    """Return TOML text with one to three changes."""
    if chance.random() < 0.2:
        return torn(text, chance)
    table = tomllib.loads(text)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        change(table, chance)
    return "\n".join(f"{json.dumps(str(key))} = {written(value)}" for key, value in table.items()) + "\n"


def change(table: dict[str, object], chance: random.Random) -> None:
    """Change one place of a table: another value, gone, doubled, another key."""
    found = places(table)
    if not found:
        return
    *way, last = chance.choice(found)
    holder: object = table
    for key in way:
        holder = holder[key]  # type: ignore[index]
    what = chance.random()
    if what < 0.6:
        holder[last] = chance.choice(VALUES)  # type: ignore[index]
    elif what < 0.75:
        del holder[last]  # type: ignore[attr-defined]
    elif isinstance(holder, dict):
        holder[chance.choice(("x", "", "name", "schema", "a b", "priors", f"{last}_", str(last).upper()))] = holder[
            last
        ]
    else:
        holder.insert(0, chance.choice(VALUES))  # type: ignore[attr-defined]


def torn(text: str, chance: random.Random) -> str:
    """Return text that ends early, or with letters changed."""
    place = chance.randrange(len(text))
    if chance.random() < 0.4:
        return text[:place]
    letters = list(text)
    for _ in range(chance.randint(1, 5)):
        letters[chance.randrange(len(letters))] = chance.choice('\x00\x01\n"[]{}=,.#é9-')
    return "".join(letters)


def command(number: int, seed: int, folder: Path) -> list[str]:
    """Write changed file ``number`` into ``folder`` and return a command that reads it."""
    chance = random.Random(f"{seed}/{number}")
    kind = ("schema", "model", "design", "study", "layout")[number % 5]
    cohort, schema, out = folder / "c.csv", folder / "s.toml", folder / "work" / "out"
    cohort.write_text(COHORT, encoding="utf-8")
    schema.write_text(SCHEMA, encoding="utf-8")
    told = ["--out", str(out)]
    path = folder / f"{kind}.toml"
    if kind == "schema":
        path.write_bytes(changed(SCHEMA, chance).encode("utf-8", "surrogatepass"))
        return ["baselines", "--cohort", str(cohort), "--schema", str(path), "--endpoint", "os", *told]
    if kind == "model":
        bundled = chance.choice(("", "", "os_piecewise", "os_weibull"))
        text = (models_folder() / f"{bundled}.toml").read_text(encoding="utf-8") if bundled else MODEL
        path.write_bytes(changed(text, chance).encode("utf-8", "surrogatepass"))
        on = ["--cohort", "escc79"] if bundled else ["--cohort", str(cohort), "--schema", str(schema)]
        draws = ["--engine", "laplace", "--draws", "100", "--quiet"]
        return ["fit", *on, "--model", str(path), *draws, *told]
    at = {"design": "designs", "study": "studies", "layout": "reconstructions"}[kind]
    source = chance.choice(sorted((models_folder() / at).glob("*.toml")))
    path.write_bytes(changed(source.read_text(encoding="utf-8"), chance).encode("utf-8", "surrogatepass"))
    if kind == "design":
        return ["plan", str(path), "--trials", "100", "--quiet", *told]
    if kind == "study":
        return ["audit", str(path), *told]
    study = tomllib.loads(source.read_text(encoding="utf-8")).get("study", source.stem)
    return ["reconstruct", str(study), "--layout", str(path), "--replicates", "1", "--steps", "1000", "--quiet", *told]
