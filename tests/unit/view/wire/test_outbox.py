"""Messages of many threads leave one connection: none is lost, each thread's in its order, nobody waits for ever."""

from __future__ import annotations

import asyncio
import warnings
from threading import Thread
from typing import Any

import pytest
from starlette.websockets import WebSocketDisconnect as Closed

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Solara still imports a part of websockets that has been replaced
    from solara.server.websocket import WebSocketDisconnect

    from sim.view.wire import outbox
    from sim.view.wire.outbox import Outbox


class Line:
    """A websocket that takes messages slowly, and breaks after some."""

    def __init__(self, breaks_after: int | None = None) -> None:
        self.taken: list[str | bytes] = []
        self.breaks_after = breaks_after

    async def send_text(self, data: str | bytes) -> None:
        await asyncio.sleep(0)
        if len(self.taken) == self.breaks_after:
            raise Closed(1006)
        self.taken.append(data)

    send_bytes = send_text


def told(line: Line, act: Any) -> None:
    """Let threads act on an outbox in front of a line, while an event loop runs."""

    async def run() -> None:
        box = Outbox(line, None)
        threads = [Thread(target=act, args=(box, k)) for k in range(3)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.01)  # in which the last message is taken up
        while box.tasks:
            await asyncio.sleep(0.001)

    asyncio.run(asyncio.wait_for(run(), 30))


def test_all_messages_leave_in_the_order_of_each_thread() -> None:
    line = Line()
    told(line, lambda box, k: [box.send_text(f"{k} {number:03}") for number in range(50)])
    assert len(line.taken) == 150
    for k in "012":
        own = [text for text in line.taken if str(text).startswith(k)]
        assert own == sorted(own, key=str)


def test_texts_and_bytes_keep_their_order() -> None:
    line = Line()
    told(line, lambda box, k: [box.send_text("a"), box.send_bytes(b"b")] if k == 0 else None)
    assert line.taken == ["a", b"b"]


def test_whoever_sends_too_much_waits_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "MOST_WAITING", 10)
    line, lost = Line(breaks_after=20), []

    def act(box: Outbox, _: int) -> None:
        try:
            for _ in range(50):
                box.send_text("123456")
        except WebSocketDisconnect:
            lost.append(True)

    told(line, act)
    assert len(line.taken) == 20
    assert len(lost) == 3
