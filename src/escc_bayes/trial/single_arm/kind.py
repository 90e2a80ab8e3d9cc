"""Whether a design's file is of a single arm, known before anything is loaded that only such a design needs."""

from pathlib import Path

from escc_bayes.data.shipped import find_toml, models_folder
from escc_bayes.foundation.toml import read_toml
from escc_bayes.trial.errors import DesignError

KIND = "single_arm"


def is_single_arm(name_or_path: str | Path) -> bool:
    """Return whether a design's file says that it is of a single arm."""
    path = find_toml(name_or_path, models_folder() / "designs", "trial design", DesignError)
    return read_toml(path).get("kind") == KIND
