"""Which kind of design a file is of, known before anything is loaded that only such a design needs."""

from pathlib import Path

from escc_bayes.data.shipped import find_toml, models_folder
from escc_bayes.foundation.toml import read_toml
from escc_bayes.trial.errors import DesignError

SINGLE_ARM, PFS_OS, MULTI_ARM, REESTIMATION = "single_arm", "pfs_os", "multi_arm", "reestimation"
RESPONSE_ADAPTIVE = "response_adaptive"
KINDS = (SINGLE_ARM, PFS_OS, MULTI_ARM, REESTIMATION, RESPONSE_ADAPTIVE)


def kind_of(name_or_path: str | Path) -> object:
    """Return what a design's file says it is, one of ``KINDS``; None of two arms and one endpoint."""
    return read_toml(design_path(name_or_path)).get("kind")


def design_path(name_or_path: str | Path) -> Path:
    """Return the path of a design's file, or of a bundled design by name."""
    return find_toml(name_or_path, models_folder() / "designs", "trial design", DesignError)
