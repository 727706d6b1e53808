"""Background studies: a thread sends the runs to other processes while the interface stays responsive."""

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
    """Return a pool for all cores but one, which is left to the interface."""
    return Pool(max(available_cores() - 1, 1))


@dataclass(frozen=True)
class Progress:
    """The progress of a study: runs done, requested and failed, seconds since the start, and any error.

    ``result`` is that of the last successful study.
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
        """Return runs per second; 0 before the first has ended."""
        return self.done / self.seconds if self.seconds > 0 else 0.0

    @property
    def left(self) -> float | None:
        """Return the seconds left, or None if unknown."""
        return (self.total - self.done) / self.rate if self.rate > 0 else None


class _CancelledError(Exception):
    pass


class Background:
    """Carries out at most one study at a time; a new one can start when the last has ended.

    Args:
        digest: Returns what to keep of a study, whose folder is then deleted.
        tell: Called with the progress, from the working thread.
        place: Makes the executor of the runs.
    """

    def __init__(
        self,
        digest: Callable[[Study], Any],
        tell: Callable[[Progress], None] = lambda _: None,
        place: Callable[[], Workplace] = spare_pool,
    ) -> None:
        """Set up without starting anything."""
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
        """Return whether a study is under way."""
        return self._thread is not None and self._thread.is_alive()

    def start(self, plan: Plan) -> bool:
        """Start a study; return False, without effect, if one is running or the session is closed."""
        with self._lock:
            if self.busy or self._closed:
                return False
            self._cancel = threading.Event()
            self._say(Progress("running", total=len(plan.runs), result=self.progress.result))
            self._thread = threading.Thread(target=self._work, args=(plan, self._cancel), daemon=True)
            self._thread.start()
            return True

    def cancel(self) -> None:
        """Cancel the study: wait for current runs, and discard the results."""
        with self._lock:
            if not self.busy:
                return
            self._cancel.set()
            if self._place is not None:
                self._place.stop()
            self._say(replace(self.progress, state="cancelling"))

    def close(self) -> None:
        """Close: the study ends without further reports."""
        self._closed = True
        self.tell = lambda _: None
        self.cancel()
        self.progress = Progress()

    def wait(self, longest: float | None = None) -> bool:
        """Wait for the end of the study; return whether it has ended."""
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
        except Exception as error:  # shown in the page: nothing else would report an error in a thread
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
