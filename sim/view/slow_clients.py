"""Connections that dawdle are closed: else a few hundred of them, each sending a byte now and then, hold the server."""

from __future__ import annotations

from asyncio import TimerHandle, Transport
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

SECONDS_TO_ASK = 10.0  # for a whole request, from its first byte, or from when the connection was opened
SECONDS_TO_READ = 30.0  # without taking anything of an answer


class PatientToAPoint(H11Protocol):
    """uvicorn's protocol, which itself waits for ever for the rest of a request, and for an answer to be read."""

    _asking: TimerHandle | None = None
    _reading: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Await a request."""
        super().connection_made(transport)
        self._asking = self.loop.call_later(SECONDS_TO_ASK, transport.abort)

    def data_received(self, data: bytes) -> None:
        """Take a part of a request; the clock runs while it is not whole."""
        super().data_received(data)
        if self.transport.get_protocol() is not self:
            return  # it is a websocket now, whose request is never read to its end here
        begun = self.conn.their_state is h11.IDLE and bool(self.conn.trailing_data[0])
        if not begun and self.conn.their_state is not h11.SEND_BODY:
            self._asking = _stopped(self._asking)
        elif self._asking is None:
            self._asking = self.loop.call_later(SECONDS_TO_ASK, self.transport.abort)

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """The connection is another protocol's from here on, which has its pings."""
        self._asking = _stopped(self._asking)
        super().handle_websocket_upgrade(event)

    def pause_writing(self) -> None:
        """The client takes nothing more."""
        super().pause_writing()
        self._reading = self.loop.call_later(SECONDS_TO_READ, self.transport.abort)

    def resume_writing(self) -> None:
        """The client goes on."""
        super().resume_writing()
        self._reading = _stopped(self._reading)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is awaited any more."""
        self._asking, self._reading = _stopped(self._asking), _stopped(self._reading)
        super().connection_lost(exc)


def _stopped(timer: TimerHandle | None) -> Any:
    if timer is not None:
        timer.cancel()
