"""Work in another process, with a process and a pipe of the test: what is told of it, and that it is ended."""

from __future__ import annotations

import os
import pickle
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest

from sim.outputs.folder import OutputError
from sim.scenario import ScenarioError
from sim.view.panels import apart as module
from sim.view.panels.apart import _do, apart


@pytest.fixture
def other(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The other process: ``says`` is what comes from it; None is a look at which nothing has come."""
    found = SimpleNamespace(says=[], did=[], made=[])

    class Pipe:
        def __init__(self, name: str) -> None:
            self.name = name

        def poll(self, seconds: float) -> bool:
            found.did.append(seconds)
            if found.says and found.says[0] is None:
                found.says.pop(0)
                return False
            return True

        def recv(self) -> Any:
            if not found.says:
                raise EOFError
            return found.says.pop(0)

        def close(self) -> None:
            found.did.append(f"{self.name} closed")

    class Process:
        def __init__(self, **settings: Any) -> None:
            found.made.append(settings)

        def start(self) -> None:
            found.did.append("start")

        def kill(self) -> None:
            found.did.append("kill")

        def join(self) -> None:
            found.did.append("join")

    def pipe(duplex: bool) -> Any:
        found.did.append(("duplex", duplex))
        return Pipe("here"), Pipe("there")

    monkeypatch.setattr(module, "start_server", lambda: found.did.append("server"))
    monkeypatch.setattr(module, "safe_path", nullcontext)
    context = SimpleNamespace(Pipe=pipe, Process=Process)
    monkeypatch.setattr(module.multiprocessing, "get_context", lambda method: context)
    return found


BEGUN: list[Any] = ["server", ("duplex", False), "start", "there closed"]
ENDED: list[Any] = ["kill", "join", "here closed"]


def test_progress_is_told_as_it_comes_until_there_is_a_result(other: Any) -> None:
    other.says = [("on", (1, 4)), None, ("on", (3, 4)), ("done", "found")]
    told: list[Any] = []
    assert apart(len, "ab", report=lambda *now: told.append(now)) == "found"
    assert told == [(0, 0, 0), (1, 4, 0), (1, 4, 0), (3, 4, 0)]
    assert other.did == [*BEGUN, 0.2, 0.2, 0.2, 0.2, *ENDED]
    [made] = other.made
    assert (made["daemon"], made["target"]) == (True, _do)
    assert pickle.loads(made["args"][2]) == (len, ("ab",))


def test_it_is_ended_whatever_happens(other: Any) -> None:
    other.says = [("wrong", "found x")]
    with pytest.raises(OutputError, match=r"^found x$"):
        apart(len, report=lambda *_: None)
    assert other.did[-3:] == ENDED
    with pytest.raises(OutputError, match=r"^the process that did it has died$"):
        apart(len, report=lambda *_: None)
    assert other.did[-3:] == ENDED

    def cancelled(*_: int) -> None:
        raise KeyError("cancelled")

    other.says = [("done", 1)]
    with pytest.raises(KeyError):
        apart(len, report=cancelled)
    assert other.did[-3:] == ENDED


def work(kind: str, advance: Any) -> str:
    """Work that tells progress, then ends well or not."""
    advance(2, 5)
    if kind == "well":
        return "found"
    raise {"output": OutputError("no room"), "scenario": ScenarioError("found x"), "any": KeyError("y")}[kind]


@pytest.mark.parametrize(
    ("kind", "last"),
    [
        ("well", ("done", "found")), ("output", ("wrong", "no room")), ("scenario", ("wrong", "found x")),
        ("any", ("wrong", "KeyError: 'y'")),
    ],
)  # fmt: skip
def test_in_the_other_process_it_is_done_with_less_priority(
    kind: str, last: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent, nice, ensured = list[Any](), list[int](), list[Any]()
    monkeypatch.setattr(os, "nice", nice.append)
    monkeypatch.setattr(module, "ensure", ensured.append)
    _do(SimpleNamespace(send=sent.append), (), pickle.dumps((work, (kind,))))
    assert sent == [("on", (2, 5)), last]
    assert (nice, ensured) == ([5], [[]])
