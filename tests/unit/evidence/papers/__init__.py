"""Papers as a new user would transcribe them: each computed from simulated patients, then printed with few digits.

``paper(name, seed)`` is true by construction. The words (men, adenocarcinoma, arm B, docetaxel) come from other fields
than the bundled studies.
"""

import numpy as np

from tests.unit.evidence.papers.survival import (
    competing,
    interim_and_final,
    phase_two,
    restricted_means,
    subgroups,
    three_arms,
    two_arms,
)
from tests.unit.evidence.papers.tables import (
    baseline_table,
    case_control,
    degrees_of_freedom,
    means,
    nested,
    single_arm,
    words_of_caution,
)

PAPERS = {
    make.__name__: make
    for make in (
        two_arms,
        interim_and_final,
        three_arms,
        subgroups,
        phase_two,
        competing,
        restricted_means,
        means,
        case_control,
        baseline_table,
        degrees_of_freedom,
        single_arm,
        nested,
        words_of_caution,
    )
}


def paper(name, seed):
    """Return the parts of one true paper."""
    return PAPERS[name](np.random.default_rng([seed, len(name)]))
