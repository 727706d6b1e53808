"""A state in a file: restored elsewhere it goes on to the same bytes; a spoilt or foreign one is named."""

from __future__ import annotations

import hashlib
import os
import pickle
import random
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import CorridorModel
from sim.engine import rules
from sim.outputs.run_data import run_data_of
from sim.scenario import load_scenario, resolve
from sim.states import state_file
from sim.states.attributes import loads
from sim.states.errors import StateError
from sim.states.state_file import read_state
from tests.properties.differing import differing
from tests.strategies import finished, tiny_scenario
from tests.unit.states.test_state import SCRATCH

ONCE = settings(max_examples=60, deadline=None, derandomize=True, database=None)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return finished(tiny_scenario(), 40).save(tmp_path_factory.mktemp("states") / "tiny.state")


def test_what_is_read_is_what_was_written(saved: Path) -> None:
    state = read_state(saved)
    model = finished(tiny_scenario(), 40)
    assert state.scenario == model.settings
    assert (state.day, state.origin) == (40, str(saved))
    again = CorridorModel.restore(saved)
    assert differing(model, again, SCRATCH) == []
    assert again.state().tables.keys() == state.tables.keys()


IN_A_NEW_PROCESS = """
import sys, hashlib
from sim import CorridorModel
from sim.outputs.run_data import run_data_of
model = CorridorModel.restore(sys.argv[1])
model.run_model()
print(hashlib.sha256(repr([v.tobytes() for v in run_data_of(model) if hasattr(v, "tobytes")]).encode()).hexdigest())
"""


def test_a_new_process_goes_on_to_the_same_bytes(saved: Path) -> None:
    found = subprocess.run(
        [sys.executable, "-c", IN_A_NEW_PROCESS, str(saved)],
        capture_output=True, text=True, check=True, env=dict(os.environ),
    )  # fmt: skip
    whole = run_data_of(finished(tiny_scenario()))
    parts = [value.tobytes() for value in whole if hasattr(value, "tobytes")]
    assert found.stdout.strip() == hashlib.sha256(repr(parts).encode()).hexdigest()


@pytest.mark.parametrize("name", ["coordinated-campaign", "eastern-border", "finland-2023", "haftar-boats"])
def test_a_shipped_scenario_is_the_same_in_a_file(name: str) -> None:
    scenario = resolve(load_scenario(name))
    assert state_file.read_scenario(state_file.written_scenario(scenario)) == scenario


@given(st.data())
@ONCE
def test_a_spoilt_file_ends_in_one_message_that_names_it(saved: Path, data: st.DataObject) -> None:
    content = bytearray(saved.read_bytes())
    if data.draw(st.booleans()):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] ^= 1 << data.draw(st.integers(0, 7))
    else:
        del content[data.draw(st.integers(0, len(content) - 1)) :]
    spoilt = saved.with_name("spoilt.state")
    spoilt.write_bytes(content)
    with pytest.raises(StateError) as error:
        read_state(spoilt)
    assert str(error.value).startswith(str(spoilt))
    assert "\n" not in str(error.value)


def test_other_files_and_formats_are_told_apart(saved: Path, tmp_path: Path) -> None:
    with pytest.raises(StateError, match=r"nothing.state: cannot be read: No such file"):
        read_state(tmp_path / "nothing.state")
    (tmp_path / "text").write_text("start: 2021-05-01\n")
    with pytest.raises(StateError, match=r"text: found something other"):
        read_state(tmp_path / "text")
    later = b"corridor-state-2\n" + random.Random(1).randbytes(99)
    (tmp_path / "later").write_bytes(later + state_file._checksum(later))
    with pytest.raises(StateError, match=r"found corridor-state-2; this version of corridor reads corridor-state-1"):
        read_state(tmp_path / "later")


def test_another_identity_is_refused_by_what_differs(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "fingerprint", lambda: {"attempts.detected": "0"})
    with pytest.raises(StateError, match=r"differs in a rule changed by hand, attempts.detected \(here only\); accept"):
        CorridorModel.restore(saved)
    older = CorridorModel.restore(saved, accept_older=True)
    older.run_model()
    assert differing(older, finished(tiny_scenario()), SCRATCH) == []


class Anything:
    """What a file from somebody else could have in it."""

    def __reduce__(self) -> object:
        return os.system, ("true",)


@pytest.mark.parametrize("thing", [Anything(), os.getcwd, pa.Table], ids=["a reduction", "a function", "a class"])
def test_a_file_runs_nothing(thing: object) -> None:
    model = CorridorModel(tiny_scenario())
    with pytest.raises(StateError, match="none of the classes"):
        loads(pickle.dumps(thing), model)


def test_a_state_is_small() -> None:
    model = finished(resolve(load_scenario("minsk-2021")), 30)
    state = model.state()
    sizes = sum(table.kept.nbytes for table in state.tables.values()) + len(state.attributes)
    assert sizes / len(model.world.rows) < 60, "before it is compressed"
