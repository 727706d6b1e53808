"""Stored states in `corridor run`: --until DATE --save FILE, and --from FILE."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sim.cli.common import announce_compilation, days_bar
from sim.cli.streams import notes_console, say
from sim.data.days import day_of, is_day

if TYPE_CHECKING:
    from sim.scenario import Scenario
    from sim.states.state import State


class Stored(NamedTuple):
    """What the command line asks about stored states."""

    until: date | None
    save: Path | None
    begin: Path | None
    accept_older: bool

    def check(self) -> None:
        """Check, before anything is run, that the state could be written; raises OutputError."""
        from sim.outputs.folder import OutputError, check_writable

        if self.save is not None:
            if self.save.is_dir():
                raise OutputError(f"--save: found the folder {self.save}; a file is needed")
            check_writable(self.save.parent)

    def state(self) -> State | None:
        """Return the state from which to go on, if any; raises StateError."""
        if self.begin is None:
            return None
        from sim.states.state_file import read_state

        return read_state(self.begin)

    def refuse(self, where: str) -> None:
        """Raise ScenarioError if anything is asked, as ``where`` has no stored states."""
        from sim.scenario.errors import ScenarioError

        for option, value in (("--save", self.save), ("--from", self.begin), ("--until DATE", self.until)):
            if value is not None:
                raise ScenarioError(f"{option}: found {value} with {where}; allowed: with a single run")


def asked(until: str | None, save: Path | None, begin: Path | None, accept_older: bool) -> Stored:
    """Return what is asked; ``until`` counts if it is a date.

    Raises:
        ScenarioError: If there is no such date, or there is one and nowhere to save the state.
    """
    from sim.scenario.errors import ScenarioError

    day = None
    if until is not None and is_day(until.strip()):
        try:
            day = day_of(until.strip())
        except ValueError:
            raise ScenarioError(f"--until: found {until!r}; there is no such date") from None
        if save is None:
            raise ScenarioError(
                f"--until: found {until}; needed: --save FILE, to which the state on that day is written"
            )
    return Stored(day, save, begin, accept_older)


def run_until(scenario: Scenario, stored: Stored, quiet: bool) -> None:
    """Run a scenario up to the morning of a day, and write the state to a file."""
    from sim.runs import run_model

    stored.check()
    state = stored.state()
    notes = notes_console(quiet)
    announce_compilation(notes)
    with days_bar(notes) as advance:
        model = run_model(
            scenario,
            progress=lambda day: advance(day, scenario.days),
            state=state,
            until=stored.until,
            accept_older=stored.accept_older,
        )
    if stored.save is None:
        return
    file = model.save(stored.save)
    if not quiet:
        size = file.stat().st_size
        say(f"Written to {file}: {model.settings.title}, the morning of {model.date}, {size:,} bytes")
        say(f"To go on: corridor run SCENARIO --from {file}")
