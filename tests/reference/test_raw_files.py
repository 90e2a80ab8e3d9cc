"""Raw files as hospitals keep them: draft, decide nothing, and have the hazard ratios of R's coxph.

Every file holds the rows of raw_files.csv (SIMULATED); R had the clean ones (raw_files.R, raw_files.json).
"""

import json
import math
import re

import pytest
from tests.reference.raw_files import FILES, HERE, gb18030, sheet, spss

import escc_bayes as eb
from escc_bayes.data.files.options import FileOptions
from escc_bayes.data.schema import load_schema
from escc_bayes.spec.draft.draft import draft

R = json.loads((HERE / "raw_files.json").read_text())
FEMALE = {"F", "Female", "女", "여", "жен", "weiblich"}


def drafted(path, folder):
    """Return the draft of a file with its schema written, [file] included."""
    dictionary = folder / "dictionary.csv"
    options = FileOptions(dictionary=str(dictionary)) if dictionary.exists() else FileOptions()
    found = draft(path, options)
    stated = f'\n[file]\ndictionary = "{dictionary}"\n' if dictionary.exists() else ""
    (folder / "schema.toml").write_text(found.schema + stated, encoding="utf-8")
    return found


@pytest.mark.filterwarnings("ignore::escc_bayes.foundation.errors.DataWarning")
@pytest.mark.parametrize("write", FILES, ids=lambda write: write.__name__)
def test_a_raw_file_gives_the_hazard_ratios_of_r(write, tmp_path):
    path = write(tmp_path)
    found = drafted(path, tmp_path)
    assert not re.search(r'= \[?"CHECK"', found.schema)
    cohort = eb.read_cohort(path, load_schema(tmp_path / "schema.toml"))
    sex, age, stage = list(cohort.covariates)[:3]
    fit = eb.fit_classical(eb.model(f"os ~ {sex} + {age} + {stage}", cohort), cohort)
    cox = [e for e in fit.hazard_ratios() if e.method == "cox"]
    assert (cox[0].n, cox[0].events) == (R["n"], R["events"])
    turn = 1.0 if cohort.covariates[sex].schema.levels[1] in FEMALE else -1.0
    units = (turn, cohort.covariates[age].schema.scale, 1.0, 1.0)
    for e, log_hr, unit in zip(cox, R["log_hr"], units, strict=True):
        assert math.log(e.value) == pytest.approx(unit * log_hr, abs=1e-8), e.contrast


@pytest.mark.parametrize("write", [gb18030, spss, sheet], ids=lambda write: write.__name__)
def test_who_a_patient_is_stands_in_no_draft(write, tmp_path):
    """Neither the identity number nor the name nor the telephone number of a remark, in what is written or said."""
    path = write(tmp_path)
    found = drafted(path, tmp_path)
    everything = "\n".join([found.schema, found.model, *found.notes, *map(repr, found.rows)])
    assert not any(word in everything for word in ("1101011950", "Muster", "Eva", "13800000000"))
