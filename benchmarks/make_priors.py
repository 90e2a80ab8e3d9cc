"""Write models/priors/*.toml: the priors that a specification names without a path, from the bundled studies.

The same as, for each line of ``PRIORS``,

    escc-bayes evidence --effect EFFECT --endpoint OS --disjoint china20_ict_registry="..." --out FOLDER

Run from the repository: ``python benchmarks/make_priors.py [FOLDER]``.
"""

import sys
from pathlib import Path

from escc_bayes.data.shipped import find_study, models_folder, study_names
from escc_bayes.data.study import read_study
from escc_bayes.evidence.pooling.pool import PoolRequest
from escc_bayes.evidence.pooling.prior_file import prior_toml
from escc_bayes.evidence.pooling.study_effects import Question
from escc_bayes.evidence.pooling.synthesis import PriorRequest, answer
from escc_bayes.spec.prior import HalfNormal, Normal

PRIORS = ("rt_added", "alc_low", "ici_added_to_chemo")
ENDPOINT = "OS"
# As the study file of liu_polymet asks to check: one registry of 20 hospitals, two strata of it.
DISJOINT = {
    "china20_ict_registry": (
        "liuq2025_ivb_nodal took patients with non-regional nodal metastases only, liu_polymet those with more than "
        "five lesions; that nobody is in both was not verified with the authors"
    )
}


def main(folder: Path) -> None:
    """Write one file for each effect."""
    folder.mkdir(parents=True, exist_ok=True)
    studies = [read_study(find_study(name)) for name in study_names()]
    for effect in PRIORS:
        request = PoolRequest(effect, ENDPOINT, HalfNormal(0.5), Normal(0.0, 2.0), 0.95, disjoint=DISJOINT)
        found = answer(studies, Question(effect, ENDPOINT), request, PriorRequest(3, 0.0), named=False)
        (folder / f"{effect}.toml").write_text(prior_toml(found.prior), encoding="utf-8")
        print(found.prior.hazard_ratio_words())


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else models_folder() / "priors")
