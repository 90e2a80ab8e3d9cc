"""Which version of a library is installed, read from the names of folders: nothing is imported, no file is opened."""

import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

ENDING = ".dist-info"


def installed_version(package: str) -> str:
    """Return the version of an installed package, or ``not installed``.

    Folders ``numpy-2.4.1.dist-info`` on Python's path say it (PEP 376, PEP 491); what was installed in another way is
    asked of ``importlib.metadata``, whose import costs as much as a fit of fifty patients.

    Examples
    --------
    >>> installed_version("no-such-library")
    'not installed'
    """
    known = versions_on(tuple(sys.path)).get(canonical(package))
    return known if known is not None else asked(package)


@cache
def versions_on(path: tuple[str, ...]) -> dict[str, str]:
    """Return versions by canonical name of what lies in the folders of a path; the first folder wins, as on import."""
    found: dict[str, str] = {}
    for folder in path:
        for name in names_in(folder or "."):
            if name.endswith(ENDING):
                package, _, version = name.removesuffix(ENDING).partition("-")
                found.setdefault(canonical(package), version)
    return found


def names_in(folder: str) -> Iterable[str]:
    """Return the names in a folder; none of what is no folder, such as a zip file."""
    try:
        return [entry.name for entry in Path(folder).iterdir()]
    except OSError:
        return ()


def canonical(package: str) -> str:
    """Return a package's name as all its spellings have it in common (PEP 503)."""
    return package.lower().replace("_", "-").replace(".", "-")


def asked(package: str) -> str:
    """Return what ``importlib.metadata`` knows of a package."""
    import importlib.metadata

    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"
