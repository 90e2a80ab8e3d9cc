"""What becomes of one covariate's hazard ratio when it is known from another month on.

The package's name is also its verb: ``escc_bayes.time_zero(...)`` calls ``asked.time_zero``.
"""

import sys
from types import ModuleType


class _Verb(ModuleType):
    """A module that can be called: importing it would otherwise hide the verb of the same name."""

    def __call__(self, *args: object, **options: object) -> object:
        from escc_bayes.time_zero import asked

        return asked.time_zero(*args, **options)  # type: ignore[arg-type]


sys.modules[__name__].__class__ = _Verb
