"""Modules that are called as the verb of their name: importing one would otherwise hide the verb."""

from collections.abc import Callable
from types import ModuleType


class VerbModule(ModuleType):
    """A module that is called as what its own function ``_verb`` returns."""

    _verb: Callable[[], Callable[..., object]]

    def __call__(self, *args: object, **options: object) -> object:
        return self._verb()(*args, **options)
