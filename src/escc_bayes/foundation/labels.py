"""Names under which results stand side by side: results that share a name are numbered, so that none hides another."""

from collections.abc import Hashable, Sequence


def numbered(names: Sequence[str], identities: Sequence[Hashable]) -> tuple[str, ...]:
    """Return a label for each result: its name; the second and later different results of one name get a number.

    Parameters
    ----------
    names : of the results.
    identities : what tells results of one name apart, such as digests; equal ones share a label.

    Examples
    --------
    >>> numbered(["os", "os", "pfs", "os"], ["a", "b", "c", "a"])
    ('os', 'os (2)', 'pfs', 'os')
    """
    seen: dict[str, list[Hashable]] = {}
    taken = set(names)
    given: dict[tuple[str, Hashable], str] = {}
    for name, identity in zip(names, identities, strict=True):
        of_name = seen.setdefault(name, [])
        if identity in of_name:
            continue
        of_name.append(identity)
        label, number = name, len(of_name)
        while len(of_name) > 1 and label in taken:
            label = f"{name} ({number})"
            number += 1
        taken.add(label)
        given[name, identity] = label
    return tuple(given[name, identity] for name, identity in zip(names, identities, strict=True))
