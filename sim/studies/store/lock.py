"""The lock of a study's folder: it admits one writer, and a writer that dies leaves nothing locked."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

from sim.outputs.folder import OutputError

PREFIX = ".lock"


class Lock:
    """The lock of a writer of a whole study, or of one of its shards, which share the study's lock.

    The system releases it when the process ends for any reason. The files remain.

    Args:
        folder: The study's folder.
        shard: Name of the shard, empty for the whole study.

    Raises:
        OutputError: If another process is writing there.
        OSError: If the folder is not writable.
    """

    def __init__(self, folder: Path, shard: str) -> None:
        """Acquire the lock, or report who holds it."""
        self._held: list[IO[str]] = []
        try:
            self._take(folder, folder / PREFIX, shared=bool(shard))
            if shard:
                self._take(folder, folder / (PREFIX + shard), shared=False)
        except BaseException:
            self.release()
            raise

    def release(self) -> None:
        """Release the lock; does nothing if it is already released."""
        while self._held:
            self._held.pop().close()

    def _take(self, folder: Path, file: Path, *, shared: bool) -> None:
        stream = file.open("a+", encoding="utf-8")
        if not _locked(stream, shared):
            stream.seek(0)
            who = stream.read().strip() or "another process"
            stream.close()
            text = f"another corridor ({who}) is writing here; wait for it, or choose another folder"
            raise OutputError(f"{folder}: {text}")
        self._held.append(stream)
        stream.truncate(0)
        stream.write("one that does a shard" if shared else f"process {os.getpid()}")
        stream.flush()


def _locked(stream: IO[str], shared: bool) -> bool:
    """Lock an open file until this process closes it; return False if another process holds the lock."""
    try:
        import fcntl
    except ImportError:  # Windows has no shared locks: there the locks of the shards must suffice
        import msvcrt

        try:
            if not shared:
                msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            return False
        return True
    try:
        fcntl.flock(stream.fileno(), (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
