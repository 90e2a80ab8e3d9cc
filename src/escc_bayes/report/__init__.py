"""One self-contained HTML page from fits and tables.

The package's name is also its verb: ``escc_bayes.report(...)`` calls ``verbs.report.report``.
"""

import sys
from types import ModuleType


class _Verb(ModuleType):
    """A module that can be called: importing it would otherwise hide the verb of the same name."""

    def __call__(self, *args: object, **options: object) -> object:
        from escc_bayes.report.verbs import report

        return report.report(*args, **options)  # type: ignore[arg-type]


sys.modules[__name__].__class__ = _Verb
