"""Work in the background: a thread sends it to other processes while the interface stays responsive."""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
import weakref
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


Report = Callable[[int, int, int], None]  # done, total, failed; raises what ends the work if it was cancelled


class Job:
    """Does one thing at a time in a thread; another can begin when the last has ended.

    Args:
        tell: Called with the progress, from the working thread.
    """

    def __init__(self, tell: Callable[[Progress], None] = lambda _: None) -> None:
        """Set up without starting anything."""
        self.progress = Progress()
        self.tell = tell
        self._lock = threading.RLock()
        self._cancel = threading.Event()
        self._thread: threading.Thread | None = None
        self._closed = False

    @property
    def busy(self) -> bool:
        """Return whether work is under way."""
        return self._thread is not None and self._thread.is_alive()

    def begin(self, work: Callable[[Report], Any], total: int = 0) -> bool:
        """Begin what returns the result; return False, without effect, if the last is under way or all is closed.

        ``work`` gets what to report its progress to, and does so several times a second, to be cancelled.
        """
        with self._lock:
            if self.busy or self._closed:
                return False
            self._cancel = threading.Event()
            self._say(Progress("running", total=total, result=self.progress.result))
            self._thread = threading.Thread(target=self._work, args=(work, self._cancel), daemon=True)
            self._thread.start()
            return True

    def cancel(self) -> None:
        """Cancel: what is being done ends first, and the results are discarded."""
        with self._lock:
            if not self.busy:
                return
            self._cancel.set()
            self._stop()
            self._say(replace(self.progress, state="cancelling"))

    def forget(self) -> None:
        """Forget the last result, unless something is under way."""
        with self._lock:
            if not self.busy:
                self._say(Progress())

    def close(self) -> None:
        """Close: the work ends without further reports."""
        self._closed = True
        self.tell = lambda _: None
        self.cancel()
        self.progress = Progress()

    def wait(self, longest: float | None = None) -> bool:
        """Wait for the end of the work; return whether it has ended."""
        with self._lock:
            working = self._thread
        if working is not None:
            working.join(longest)
        return not self.busy

    def _stop(self) -> None:
        """Hurry the end of what is being done; called when it was cancelled."""

    def _work(self, work: Callable[[Report], Any], cancel: threading.Event) -> None:
        try:
            found = work(self._report(cancel))
            if cancel.is_set():
                raise _CancelledError
            last = replace(self.progress, state="done", result=found, error="")
        except _CancelledError:
            last = Progress("cancelled", result=self.progress.result)
        except (OutputError, ScenarioError) as error:
            last = Progress("failed", result=self.progress.result, error=str(error))
        except Exception as error:  # shown in the page: nothing else would report an error in a thread
            last = Progress("failed", result=self.progress.result, error=f"{type(error).__name__}: {error}")
        with self._lock:  # whoever waits for the end, or begins anew, meets what it came to
            self._thread = None
            self._say(last)

    def _report(self, cancel: threading.Event) -> Report:
        began = last_told = time.monotonic()

        def report(done: int, total: int, failed: int) -> None:
            nonlocal last_told
            if cancel.is_set():
                raise _CancelledError
            now = time.monotonic()
            if done == total or now - last_told >= LEAST_PAUSE:
                last_told = now
                self._say(replace(self.progress, done=done, total=total, failed=failed, seconds=now - began))

        return report

    def _say(self, progress: Progress) -> None:
        if not self._closed:
            self.progress = progress
            self.tell(progress)


class Background(Job):
    """Carries out studies. The folder of the last one is kept until another begins, or all is closed.

    Args:
        digest: Returns what to show of a study.
        tell: Called with the progress, from the working thread.
        place: Makes the executor of the runs.

    Attributes:
        folder: Of the last study that was done; None if there is none.
    """

    def __init__(
        self,
        digest: Callable[[Study], Any],
        tell: Callable[[Progress], None] = lambda _: None,
        place: Callable[[], Workplace] = spare_pool,
    ) -> None:
        """Set up without starting anything."""
        super().__init__(tell)
        self.folder: Path | None = None
        self._digest, self._make_place = digest, place
        self._place: Workplace | None = None

    def start(self, plan: Plan) -> bool:
        """Start a study; return False, without effect, if one is running or the session is closed."""
        return self.begin(lambda report: self._carried_out(plan, report), len(plan.runs))

    def close(self) -> None:
        """Close: the study ends without further reports, and its folder is deleted."""
        super().close()
        self._keep(None)

    def _stop(self) -> None:
        if self._place is not None:
            self._place.stop()

    def _carried_out(self, plan: Plan, report: Report) -> Any:
        folder = Path(tempfile.mkdtemp(prefix="corridor-view-"))
        try:
            place = self._make_place()
            with self._lock:
                self._place = place
            study = carry_out(plan, folder, place=place, progress=report)
            report(len(plan.runs), len(plan.runs), len(study.failed))
            found = self._digest(study)
        except BaseException as error:
            shutil.rmtree(folder, ignore_errors=True)
            if isinstance(error, OutputError):
                raise OutputError(str(error).replace(f"{folder}: ", "")) from None
            raise
        finally:
            self._place = None
        self._keep(folder)
        return found

    def _keep(self, folder: Path | None) -> None:
        """Keep a study's folder in place of the last one."""
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
        self.folder = folder
        if folder is not None and self._closed:
            self._keep(None)
        elif folder is not None:
            weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
