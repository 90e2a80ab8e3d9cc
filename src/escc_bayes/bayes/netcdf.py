"""A posterior as a netCDF file, written by h5netcdf alone: importing xarray takes longer than a fit by ``laplace``.

Groups, dimensions, labels, fill values and attributes are those that ``DataTree.to_netcdf`` writes; a test holds the
two files equal.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from escc_bayes.bayes.groups import attributes, groups, warn_of_left_out

if TYPE_CHECKING:
    from escc_bayes.bayes.posterior import Posterior


def write_netcdf(posterior: "Posterior", path: Path) -> None:
    """Write every group of a posterior but those with too many values; these are named in a warning and in the file."""
    import h5netcdf

    warn_of_left_out(posterior)
    with h5netcdf.File(path, "w") as file:
        file.attrs.update(attributes(posterior))
        for name, group in groups(posterior).items():
            place = file.create_group(name)
            place.dimensions = {dimension: labels.size for dimension, labels in group.coords.items()}
            # Labels first: those that come later replace a placeholder, which costs as much again.
            for dimension, labels in group.coords.items():
                write_array(place, dimension, (dimension,), labels)
            for variable, (dims, values) in group.variables.items():
                write_array(place, variable, dims, values)


def write_array(place: Any, name: str, dims: tuple[str, ...], values: np.ndarray) -> None:
    """Write one array: words as text of any length, true and false as 0 and 1 that say so, NaN for a gap in numbers."""
    import h5py

    if values.dtype.kind == "U":
        place.create_variable(name, dims, h5py.string_dtype())[...] = values.astype(object)
    elif values.dtype.kind == "b":
        place.create_variable(name, dims, np.int8, data=values.astype(np.int8)).attrs["dtype"] = "bool"
    else:
        gap = np.nan if values.dtype.kind == "f" else None
        place.create_variable(name, dims, values.dtype, data=values, fillvalue=gap)
