"""A study that is carried out while the interface stays live: in a thread that hands its runs to other processes."""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from sim.outputs.folder import OutputError
from sim.scenario import ScenarioError
from sim.studies.carry_out import carry_out
from sim.studies.plan import Plan
from sim.studies.study import Study
from sim.studies.work.executors import Pool, Workplace, available_cores

LEAST_PAUSE = 0.15  # seconds between two reports of progress
State = Literal["idle", "running", "cancelling", "cancelled", "done", "failed"]


def spare_pool() -> Workplace:
    """Processes for all cores but one, which is left to the interface."""
    return Pool(max(available_cores() - 1, 1))


@dataclass(frozen=True)
class Progress:
    """How far the work is: runs done, asked for and failed, seconds since the first began, and what went wrong.

    ``result`` is that of the last study that ended well.
    """

    state: State = "idle"
    done: int = 0
    total: int = 0
    failed: int = 0
    seconds: float = 0.0
    error: str = ""
    result: Any = None

    @property
    def rate(self) -> float:
        """Runs a second; 0 before the first has ended."""
        return self.done / self.seconds if self.seconds > 0 else 0.0

    @property
    def left(self) -> float | None:
        """Seconds left, if that can be told."""
        return (self.total - self.done) / self.rate if self.rate > 0 else None


class _CancelledError(Exception):
    pass


class Background:
    """At most one study at a time; a new one can be begun when the last has ended.

    Args:
        digest: What is kept of a study; its folder is deleted after that.
        tell: Called with the progress, from the thread that does the work.
        place: Makes the place where the runs are done.
    """

    def __init__(
        self,
        digest: Callable[[Study], Any],
        tell: Callable[[Progress], None] = lambda _: None,
        place: Callable[[], Workplace] = spare_pool,
    ) -> None:
        """Nothing is under way."""
        self.progress = Progress()
        self.tell = tell
        self._digest, self._make_place = digest, place
        self._lock = threading.RLock()
        self._cancel = threading.Event()
        self._place: Workplace | None = None
        self._thread: threading.Thread | None = None
        self._closed = False

    @property
    def busy(self) -> bool:
        """Whether a study is under way."""
        return self._thread is not None and self._thread.is_alive()

    def start(self, plan: Plan) -> bool:
        """Begin a study; False, and nothing happens, if one is under way or nobody looks any more."""
        with self._lock:
            if self.busy or self._closed:
                return False
            self._cancel = threading.Event()
            self._say(Progress("running", total=len(plan.runs), result=self.progress.result))
            self._thread = threading.Thread(target=self._work, args=(plan, self._cancel), daemon=True)
            self._thread.start()
            return True

    def cancel(self) -> None:
        """Ask it to end; runs in flight are waited for, and nothing is kept of it."""
        with self._lock:
            if not self.busy:
                return
            self._cancel.set()
            if self._place is not None:
                self._place.stop()
            self._say(replace(self.progress, state="cancelling"))

    def close(self) -> None:
        """Nobody looks any more: it ends, and tells nothing."""
        self._closed = True
        self.tell = lambda _: None
        self.cancel()
        self.progress = Progress()

    def wait(self, longest: float | None = None) -> bool:
        """Wait for the end; returns whether it has come."""
        if self._thread is not None:
            self._thread.join(longest)
        return not self.busy

    def _work(self, plan: Plan, cancel: threading.Event) -> None:
        folder = Path(tempfile.mkdtemp(prefix="corridor-view-"))
        try:
            found = self._carried_out(plan, folder, cancel)
            last = replace(self.progress, state="done", result=found, error="")
        except _CancelledError:
            last = Progress("cancelled", result=self.progress.result)
        except (OutputError, ScenarioError) as error:
            last = Progress("failed", result=self.progress.result, error=str(error).replace(f"{folder}: ", ""))
        except Exception as error:  # told in the page: a thread has nobody else to tell
            last = Progress("failed", result=self.progress.result, error=f"{type(error).__name__}: {error}")
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            self._place = None
        self._thread = None
        self._say(last)

    def _carried_out(self, plan: Plan, folder: Path, cancel: threading.Event) -> Any:
        place = self._make_place()
        with self._lock:
            self._place = place
        began = last_told = time.monotonic()

        def report(done: int, total: int, failed: int) -> None:
            nonlocal last_told
            if cancel.is_set():
                raise _CancelledError
            now = time.monotonic()
            if done == total or now - last_told >= LEAST_PAUSE:
                last_told = now
                self._say(replace(self.progress, done=done, total=total, failed=failed, seconds=now - began))

        study = carry_out(plan, folder, place=place, progress=report)
        if cancel.is_set():
            raise _CancelledError
        return self._digest(study)

    def _say(self, progress: Progress) -> None:
        if not self._closed:
            self.progress = progress
            self.tell(progress)
