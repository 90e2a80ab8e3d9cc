"""RECONSTRUCTED: mid- and post-treatment ALC, response and cycles of escc79, by when they became known.

All 20 reconstructions pooled, for OS and PFS. ``python benchmarks/time_zero_escc79.py`` prints the tables of
``docs/escc79.md``; ``--check`` compares them.
"""

import csv
import sys
import tempfile
import tomllib
from pathlib import Path

from escc_bayes.data.ensemble import read_ensemble
from escc_bayes.data.guarantee import GuaranteeRules
from escc_bayes.data.schema import schema_from
from escc_bayes.data.shipped import models_folder
from escc_bayes.time_zero.guarantee_rows import guarantee_rows
from escc_bayes.time_zero.request import Request
from escc_bayes.time_zero.run import time_zero

PAGE = Path(__file__).parents[1] / "docs" / "escc79.md"
BEGIN, END = "<!-- time zero: made -->\n", "<!-- time zero: end -->\n"
# Three weeks; the response is taken as known with the ALC after treatment; eight cycles take seven intervals.
INTERVAL, ASSESSED, MANY = 0.69, 2.5, 8
YES_NO = {"kind": "binary", "levels": ["no", "yes"]}
ALC = [["alc_baseline", 0.0], ["alc_mid", 0.75], ["alc_post", 2.5]]
LANDMARKS = {"alc_mid": (0.75, 3.0), "alc_post": (2.5, 3.0), "alc": (3.0,), "responder": (2.5, 3.0), "many": (3.0, 6.0)}
WORDS = {
    "alc_mid": "ALC mid-treatment",
    "alc_post": "ALC after treatment",
    "alc": "ALC, current",
    "responder": "Response (CR or PR)",
    "many": f"{MANY} cycles or more",
}


def ensemble(folder):
    """Return the reconstructions with response and cycles as yes and no."""
    source = models_folder() / "ensembles" / "seed1_scirep2025" / "cohorts.csv"
    with source.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        row["responder"] = "yes" if row["response"] in ("CR", "PR") else "no"
        row["many"] = "yes" if int(row["ici_cycles"]) >= MANY else "no"
        row["reached"] = f"{(MANY - 1) * INTERVAL:.2f}" if row["many"] == "yes" else ""
    target = folder / "cohorts.csv"
    with target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return read_ensemble(target, schema(), name="escc79")


def schema():
    """Return the bundled schema with what becomes known later."""
    raw = tomllib.loads((models_folder() / "cohorts" / "escc.toml").read_text(encoding="utf-8"))
    del raw["schema"]
    own = raw["covariates"]
    own["alc"] = {**own["alc_baseline"], "measured": ALC}
    own["responder"] = {**YES_NO, "known_at": ASSESSED}
    own["many"] = {**YES_NO, "starts_at": "reached"}
    own["cycles"] = {"kind": "continuous", "column": "ici_cycles"}
    return schema_from(raw, "escc.toml with cycles and response")


def lines(rows):
    """Return the analyses of one covariate as lines of a table, Cox beside Bayes; of three levels the ends alone."""
    found = {}
    for row in rows:
        if row["method"] and row["contrast"] != "medium vs high":
            at = "" if row["landmark"] != row["landmark"] else f" {row['landmark']:g}"
            found.setdefault((f"{WORDS[row['term']]}: {row['contrast']}", f"{row['analysis']}{at}"), []).append(row)
    for (contrast, analysis), both in found.items():
        ratios = " | ".join(f"{row['hr']:.2f} ({row['lower']:.2f} to {row['upper']:.2f})" for row in both)
        yield f"| {contrast} | {analysis} | {ratios} | {both[0]['n']}, {both[0]['events']}, {both[0]['dropped']} |"


def tables():
    """Return both sections in Markdown."""
    with tempfile.TemporaryDirectory() as folder:
        found = ensemble(Path(folder))
    said = []
    for endpoint in ("os", "pfs"):
        said += ["", f"{endpoint.upper()}, RECONSTRUCTED:", ""]
        said += ["| contrast | analysis, month | Cox (95 % confidence) | Bayes (95 % credible) | n, events, left out |"]
        said += ["|---|---|---|---|---|"]
        for name, months in LANDMARKS.items():
            # Five cycles or fewer leave months without a start of eight, so that clones have both strategies.
            grace = 6.0 if name == "many" else None
            rows = time_zero(found.members, Request(endpoint, name, months, grace, called="escc79")).rows
            said += lines(rows)
    return "\n".join([*said, "", *guarantees(found)]) + "\n"


def guarantees(found):
    """Return guarantee time by sequence and by cycles, of all reconstructions."""
    rules = {
        "sequence": GuaranteeRules({"": 4.0}, INTERVAL, 0.75, lead={"ici_after_crt": 1.5}),
        "many": GuaranteeRules({"no": 3.0, "yes": MANY - 1.0}, INTERVAL),
        "cycles": GuaranteeRules({}, INTERVAL, 0.75),
    }
    said = ["Guarantee time alone, no effect, SIMULATED from all 20 reconstructions (100 cohorts each, pooled):", ""]
    head = (
        "endpoint, contrast",
        "months guaranteed",
        "naive ratio (Monte Carlo error)",
        "95 % of cohorts",
        "called an effect",
    )
    said += [f"| {' | '.join(head)} |"]
    said += ["|---|---|---|---|---|"]
    for endpoint in ("os", "pfs"):
        for name, rule in rules.items():
            for row in guarantee_rows(found.members, endpoint, name, rule, level=0.95, seed=1):
                versus = (
                    "" if row["versus_guaranteed"] != row["versus_guaranteed"] else f" v {row['versus_guaranteed']:.2f}"
                )
                said.append(
                    f"| {endpoint.upper()}, {WORDS.get(name, name)}: {row['contrast']} "
                    f"| {row['guaranteed']:.2f}{versus} | "
                    f"{row['hr']:.3f} ({row['mc_error']:.3f}) | {row['lower']:.2f} to {row['upper']:.2f} | "
                    f"{100 * row['false_positive']:.1f} % |"
                )
    return said


if __name__ == "__main__":
    made = tables()
    if "--check" not in sys.argv:
        print(made)
        head, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
        PAGE.write_text(head + BEGIN + made + END + rest.split(END)[1], encoding="utf-8")
    elif PAGE.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0] != made:
        sys.exit("docs/escc79.md holds other numbers; run python benchmarks/time_zero_escc79.py")
