"""The queue in front of a connection, step by step, with an event loop of the test."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Solara still imports a part of websockets that has been replaced
    from solara.server.websocket import WebSocketDisconnect

    from sim.view.wire import outbox
    from sim.view.wire.outbox import Outbox


@pytest.fixture
def box() -> Any:
    """An outbox whose loop only notes what it is to call."""
    made: Any = Outbox.__new__(Outbox)
    asked: list[Callable[[], None]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outbox.WebsocketWrapper, "__init__", lambda self, ws, portal: None)
        made.__init__(None, None)
    made.event_loop, made.tasks = SimpleNamespace(call_soon_threadsafe=asked.append), set()
    made.asked = asked
    return made


def test_the_loop_is_asked_once_while_it_goes_on(box: Any) -> None:
    assert (box._going, box._gone, box._size) == (False, False, 0)
    box.send_text("abc")
    box.send_bytes(b"de")
    assert (list(box._waiting), box._size, box._going) == (["abc", b"de"], 5, True)
    assert box.asked == [box._start]
    assert [box._next(), box._next(), box._next()] == ["abc", b"de", None]
    assert not box._goes_on()
    assert box._going is False
    box.send_text("f")
    assert box.asked == [box._start] * 2
    assert box._goes_on()
    box._sent(5)
    assert box._size == 1


def test_whoever_sends_waits_only_while_there_is_no_room(box: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "MOST_WAITING", 5)
    met: list[bool] = []

    class Changed:
        def __enter__(self) -> None:
            pass

        def __exit__(self, *_: object) -> None:
            pass

        def wait_for(self, condition: Any) -> None:
            met.append(condition())

        def notify_all(self) -> None:
            met.append(True)

    box._changed = Changed()
    for text in ("1234", "5", "6"):
        box.send_text(text)
    assert met == [True, True, False]
    box._sent(2)
    assert (box._size, met[3:]) == (4, [True])
    box._leave()
    assert (box._gone, len(box._waiting), met[4:]) == (True, 0, [True])
    box._size = 9
    with pytest.raises(WebSocketDisconnect):
        box.send_text("7")
    assert met[5:] == [True]


def test_a_server_that_has_ended_closes_the_queue(box: Any) -> None:
    def ended(_: Any) -> None:
        raise RuntimeError

    box.event_loop = SimpleNamespace(call_soon_threadsafe=ended)
    with pytest.raises(WebSocketDisconnect):
        box.send_text("a")
    assert (box._gone, list(box._waiting)) == (True, [])


def test_a_task_is_known_while_it_runs(box: Any) -> None:
    async def run() -> list[int]:
        box.event_loop = asyncio.get_running_loop()
        box._start()
        known = [len(box.tasks)]
        while box.tasks:
            await asyncio.sleep(0)
        return [*known, len(box.tasks)]

    assert asyncio.run(run()) == [1, 0]
