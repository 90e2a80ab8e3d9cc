"""A posterior as a netCDF file, written by h5py alone: importing xarray takes longer than a fit by ``laplace``, and
h5netcdf looks each of a hundred variables up some thirty times.

A netCDF-4 file is an HDF5 file whose dimensions are dimension scales, numbered in the order in which they were made:
NetCDF-4 File Format Specification, appendix C of the NetCDF User's Guide. Groups, dimensions, labels, fill values and
attributes are those that ``DataTree.to_netcdf`` writes; a test holds the two files equal.
"""

from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from escc_bayes.bayes.posterior.drawn import Drawn
from escc_bayes.bayes.posterior.group import Group
from escc_bayes.bayes.posterior.inference_groups import attributes, groups, warn_of_left_out
from escc_bayes.foundation.one_file import written

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def write_netcdf(posterior: Drawn, path: Path) -> None:
    """Write every group of a posterior but those with too many values; these are named in a warning and in the file."""
    import h5py

    warn_of_left_out(posterior)
    numbers = count()
    # netCDF's own libraries read only files that know in which order things were made.
    # h5py meets no full disk: it would end the process.
    with written(path) as place, h5py.File(place, "w", track_order=True) as file:
        file.attrs["_NCProperties"] = np.bytes_(f"version=2,h5py={h5py.__version__},hdf5={h5py.version.hdf5_version}")
        found = groups(posterior)
        file.attrs.update(attributes(posterior, found))
        for name, group in found.items():
            write_group(file.create_group(name, track_order=True), group, numbers)


def write_group(place: Any, group: Group, numbers: "Iterator[int]") -> None:
    """Write the labels of each dimension as its scale, then every variable on its dimensions."""
    import h5py

    scales: dict[str, tuple[int, Any]] = {}
    for dimension, labels in group.coords.items():
        made = dataset(place, dimension, labels)
        h5py.h5ds.set_scale(made.id, dimension.encode())
        scales[dimension] = next(numbers), made
        number_dimensions(made, (dimension,), scales)
    for variable, (dims, values) in group.variables.items():
        made = dataset(place, variable, values)
        for axis, dimension in enumerate(dims):
            h5py.h5ds.attach_scale(made.id, scales[dimension][1].id, axis)
        number_dimensions(made, dims, scales)
        made.attrs.update(group.said.get(variable, {}))


def number_dimensions(made: Any, dims: tuple[str, ...], scales: "Mapping[str, tuple[int, Any]]") -> None:
    """Write which dimensions an array has, by number, so that readers need not guess their order."""
    found = np.array([scales[dimension][0] for dimension in dims], dtype=np.int32)
    if found.size:
        made.attrs.create("_Netcdf4Dimid", found[0])
        made.attrs.create("_Netcdf4Coordinates", found)


def dataset(place: Any, name: str, values: np.ndarray) -> Any:
    """Write one array: words as text of any length, true and false as 0 and 1 that say so, NaN for a gap in numbers."""
    import h5py

    if values.dtype.kind == "U":
        return place.create_dataset(name, data=values.astype(object), dtype=h5py.string_dtype(), track_order=True)
    if values.dtype.kind == "b":
        made = place.create_dataset(name, data=values.astype(np.int8), track_order=True)
        made.attrs["dtype"] = "bool"
        return made
    if values.dtype.kind == "f":
        made = place.create_dataset(name, data=values, fillvalue=np.nan, track_order=True)
        made.attrs.create("_FillValue", np.array([np.nan], dtype=values.dtype))
        return made
    return place.create_dataset(name, data=values, track_order=True)
