"""A fit for ArviZ as a file: `arviz.nc`, netCDF 4, which `arviz.from_netcdf` and `xarray.open_datatree` read."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sim.inference.calibration_study import put
from sim.outputs.folder import OutputError

NAME = "arviz.nc"
_NEEDED = ("arviz_base", "h5netcdf", "h5py")


def check_arviz() -> None:
    """Check that what writes the file is installed, before a fit of hours; raises OutputError."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        text = f"--arviz: found no module {missing[0]}; needs the extra `arviz`"
        raise OutputError(f"{text}: pip install 'corridor-sim[arviz]'")


def write_arviz(tree: Any, folder: Path) -> None:
    """Write what `to_arviz` returned into a folder; raises OutputError."""
    put(folder / NAME, bytes(tree.to_netcdf(None, engine="h5netcdf")))
