"""One self-contained HTML page from fits and tables.

The package's name is also its verb: ``escc_bayes.report(...)`` calls ``verbs.report.report``.
"""

import sys
from collections.abc import Callable

from escc_bayes.foundation.verb_module import VerbModule


def _verb() -> Callable[..., object]:
    from escc_bayes.report.verbs.report import report

    return report


sys.modules[__name__].__class__ = VerbModule
