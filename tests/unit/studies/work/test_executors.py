"""Where runs are done, as it is asked for."""

from __future__ import annotations

import pytest

from sim.studies.work.executors import ClusterError, Dask, Pool, Serial, workplace


def test_where_to_work() -> None:
    assert isinstance(workplace(1), Serial)
    assert isinstance(workplace(3), Pool)
    assert workplace(3).workers == 3
    with pytest.raises(ClusterError, match="no scheduler answers there"):
        Dask("tcp://127.0.0.1:1", timeout=0.5)
