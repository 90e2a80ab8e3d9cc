"""One table, many methods.

The package's name is also its verb: ``escc_bayes.compare(...)`` calls ``comparison.compare``.
"""

import sys
from collections.abc import Callable

from escc_bayes.foundation.verb_module import VerbModule


def _verb() -> Callable[..., object]:
    from escc_bayes.compare.comparison import compare

    return compare


sys.modules[__name__].__class__ = VerbModule
