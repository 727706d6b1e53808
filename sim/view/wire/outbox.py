"""Messages to a page leave in order by a queue of the connection, so that whoever sends one need not wait for it.

Solara hands each message to the event loop and waits until it is written: two changes of threads a message, of which a
step sends eight and a new page sixty.
"""

from __future__ import annotations

import asyncio
from collections import deque
from threading import Condition
from typing import Any

from solara.server.starlette import WebsocketWrapper
from solara.server.websocket import WebSocketDisconnect

# Seconds for which the event loop looks for further messages by itself: to be woken for each takes longer than a
# message, as the sender loses Python's lock to whoever else has something to do.
LINGERING = 0.003
MOST_WAITING = 4 << 20  # bytes; whoever sends more to a page that takes nothing waits, until the connection is closed


class Outbox(WebsocketWrapper):
    """Solara's websocket, with a queue in front of it."""

    def __init__(self, ws: Any, portal: Any) -> None:
        """Begin with an empty queue."""
        super().__init__(ws, portal)
        self._waiting: deque[str | bytes] = deque()
        self._size = 0
        self._going = self._gone = False
        self._changed = Condition()

    def send_text(self, data: str) -> None:
        """Put a message into the queue; raises WebSocketDisconnect if the connection is known to be closed."""
        self._put(data)

    def send_bytes(self, data: bytes) -> None:
        """As `send_text`."""
        self._put(data)

    def _put(self, data: str | bytes) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._gone or self._size < MOST_WAITING)
            if self._gone:
                raise WebSocketDisconnect()
            self._waiting.append(data)
            self._size += len(data)
            if self._going:
                return
            self._going = True
        try:
            self.event_loop.call_soon_threadsafe(self._start)
        except RuntimeError as error:  # the server has ended
            self._leave()
            raise WebSocketDisconnect() from error

    def _start(self) -> None:
        task = self.event_loop.create_task(self._empty())
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _empty(self) -> None:
        try:
            while self._goes_on():
                while (data := self._next()) is not None:
                    await (self._send_text_exc(data) if isinstance(data, str) else self._send_bytes_exc(data))
                    self._sent(len(data))
                await asyncio.sleep(LINGERING)
        except WebSocketDisconnect:
            self._leave()
        except BaseException:
            self._leave()
            raise

    def _goes_on(self) -> bool:
        with self._changed:
            self._going = bool(self._waiting)
            return self._going

    def _next(self) -> str | bytes | None:
        with self._changed:
            return self._waiting.popleft() if self._waiting else None

    def _sent(self, size: int) -> None:
        with self._changed:
            self._size -= size
            self._changed.notify_all()

    def _leave(self) -> None:
        with self._changed:
            self._gone = True
            self._waiting.clear()
            self._changed.notify_all()
