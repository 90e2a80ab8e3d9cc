"""What becomes of one covariate's hazard ratio when it is known from another month on.

The package's name is also its verb: ``escc_bayes.time_zero(...)`` calls ``asked.time_zero``.
"""

import sys
from collections.abc import Callable

from escc_bayes.foundation.verb_module import VerbModule


def _verb() -> Callable[..., object]:
    from escc_bayes.time_zero.asked import time_zero

    return time_zero


sys.modules[__name__].__class__ = VerbModule
