"""Clocks of a connection: which run when, and that they are stopped; by a loop and a transport of the test."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import h11
import pytest
from uvicorn.protocols.http.h11_impl import H11Protocol

from sim.view.slow_clients import PatientToAPoint


class Timer:
    def __init__(self, seconds: float, act: Any) -> None:
        self.seconds, self.act, self.running = seconds, act, True

    def cancel(self) -> None:
        self.running = False


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A connection, with its timers; what uvicorn does with it is noted only."""
    protocol: Any = PatientToAPoint.__new__(PatientToAPoint)
    timers, passed = list[Timer](), list[str]()

    def call_later(seconds: float, act: Any) -> Timer:
        timers.append(Timer(seconds, act))
        return timers[-1]

    for name in ("connection_made", "data_received", "handle_websocket_upgrade", "pause_writing", "resume_writing",
                 "connection_lost"):  # fmt: skip
        monkeypatch.setattr(H11Protocol, name, lambda self, *given, name=name: passed.append(name))
    protocol.loop = SimpleNamespace(call_later=call_later)
    protocol.transport = SimpleNamespace(abort=lambda: None, get_protocol=lambda: protocol)
    protocol.conn = SimpleNamespace(their_state=h11.IDLE, trailing_data=(b"", False))
    return SimpleNamespace(protocol=protocol, timers=timers, passed=passed,
                           running=lambda: [timer.seconds for timer in timers if timer.running])  # fmt: skip


def test_a_request_has_ten_seconds_from_the_opening(line: Any) -> None:
    line.protocol.connection_made(line.protocol.transport)
    assert (line.running(), line.passed) == ([10.0], ["connection_made"])
    assert line.timers[0].act is line.protocol.transport.abort
    line.protocol.data_received(b"whole")
    assert (line.running(), line.protocol._asking) == ([], None)
    assert line.passed == ["connection_made", "data_received"]


@pytest.mark.parametrize(
    ("state", "rest", "runs"),
    [(h11.IDLE, b"GET", True), (h11.IDLE, b"", False), (h11.SEND_BODY, b"", True), (h11.DONE, b"x", False)],
)
def test_the_clock_runs_while_a_request_is_not_whole(line: Any, state: Any, rest: bytes, runs: bool) -> None:
    line.protocol.conn = SimpleNamespace(their_state=state, trailing_data=(rest, False))
    line.protocol.data_received(b"a")
    assert line.running() == [10.0] * runs
    line.protocol.data_received(b"b")
    assert line.running() == [10.0] * runs, "from its first byte"
    if runs:
        assert line.timers[0].act is line.protocol.transport.abort


def test_a_websocket_has_its_pings_and_no_clock(line: Any) -> None:
    line.protocol.connection_made(line.protocol.transport)
    line.protocol.handle_websocket_upgrade(None)
    assert (line.running(), line.protocol._asking) == ([], None)
    assert line.passed[-1] == "handle_websocket_upgrade"
    line.protocol.transport.get_protocol = lambda: None
    line.protocol.conn = SimpleNamespace(their_state=h11.IDLE, trailing_data=(b"GET", False))
    line.protocol.data_received(b"GET")
    assert line.running() == []


def test_an_answer_has_thirty_seconds_to_be_read_on(line: Any) -> None:
    line.protocol.pause_writing()
    assert (line.running(), line.passed) == ([30.0], ["pause_writing"])
    assert line.timers[0].act is line.protocol.transport.abort
    line.protocol.resume_writing()
    assert (line.running(), line.protocol._reading, line.passed[1:]) == ([], None, ["resume_writing"])


def test_when_the_connection_is_lost_no_clock_runs_on(line: Any) -> None:
    line.protocol.connection_made(line.protocol.transport)
    line.protocol.pause_writing()
    assert line.running() == [10.0, 30.0]
    line.protocol.connection_lost(None)
    assert (line.running(), line.protocol._asking, line.protocol._reading) == ([], None, None)
    assert line.passed[-1] == "connection_lost"
    line.protocol.connection_lost(None)
