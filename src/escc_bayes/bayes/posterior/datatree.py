"""A posterior as an ArviZ DataTree, with every group that ArviZ's functions ask for."""

from typing import TYPE_CHECKING

from escc_bayes.bayes.posterior.drawn import Drawn
from escc_bayes.bayes.posterior.group import Group
from escc_bayes.bayes.posterior.inference_groups import attributes, groups, warn_of_left_out

if TYPE_CHECKING:
    import xarray as xr


def datatree(posterior: Drawn, *names: str) -> "xr.DataTree":
    """Return the tree of a posterior, with the groups that are named, or with all that are not too large."""
    import xarray as xr

    if not names:
        warn_of_left_out(posterior)
    found = groups(posterior, *names)
    tree = xr.DataTree.from_dict({name: dataset(group) for name, group in found.items()})
    tree.attrs = attributes(posterior, found)
    return tree


def dataset(group: Group) -> "xr.Dataset":
    """Return a group as a dataset."""
    import xarray as xr

    found = xr.Dataset(dict(group.variables), coords=dict(group.coords))
    for variable, said in group.said.items():
        found[variable].attrs.update(said)
    return found
