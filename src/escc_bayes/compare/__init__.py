"""One table, many methods.

The package's name is also its verb: ``escc_bayes.compare(...)`` calls ``comparison.compare``.
"""

import sys
from types import ModuleType


class _Verb(ModuleType):
    """A module that can be called: importing it would otherwise hide the verb of the same name."""

    def __call__(self, *args: object, **options: object) -> object:
        from escc_bayes.compare import comparison

        return comparison.compare(*args, **options)  # type: ignore[arg-type]


sys.modules[__name__].__class__ = _Verb
