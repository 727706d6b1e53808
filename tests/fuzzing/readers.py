"""Everything that reads files from elsewhere, each with right contents and with the folder that such a file lies in."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sim.scenario.files import scenarios_folder, shipped_folder
from tests.fuzzing import signed

OWN = "its own error"


@dataclass(frozen=True)
class Reader:
    """A reader of files.

    Attributes:
        name: Its name, and that of its folder in a corpus.
        kind: Kind of content (`tests.fuzzing.damage.damaged`).
        right: Gives right contents.
        read: Lays a content into an empty folder, and reads it; raises an own error of the package, or nothing.
        named: What every own error must name.
    """

    name: str
    kind: str
    right: Callable[[], list[bytes]]
    read: Callable[[Path, bytes], object]
    named: str


def _of(pattern: str, folder: Path, most: int = 6) -> Callable[[], list[bytes]]:
    return lambda: [file.read_bytes() for file in sorted(folder.glob(pattern))[:most]]


def _experiments(*words: bytes) -> Callable[[], list[bytes]]:
    def right() -> list[bytes]:
        found = [file.read_bytes() for file in sorted(shipped_folder("experiments").glob("*.yaml"))]
        return [content for content in found if any(b"kind: " + word in content for word in words)]

    return right


def _laid(place: Path, name: str, content: bytes) -> Path:
    (place / name).write_bytes(content)
    return place / name


def _scenario(place: Path, content: bytes) -> object:
    from sim.scenario.load import load_scenario
    from sim.scenario.write import scenario_hash

    (place / "timetable.csv").write_bytes(_timetables()[0])
    return scenario_hash(load_scenario(_laid(place, "case.yaml", content)))


def _scenarios() -> list[bytes]:
    from tests.properties.test_mutated_files import scenario_text

    shipped = sorted(scenarios_folder().glob("*.yaml"), key=lambda file: file.stat().st_size)
    return [scenario_text().encode(), *(file.read_bytes() for file in shipped[:6])]


def _experiment(place: Path, content: bytes) -> object:
    from sim.sweeps.experiment_files import read_experiment

    return read_experiment(_laid(place, "case.yaml", content))


def _calibration(place: Path, content: bytes) -> object:
    from sim.inference.calibration_experiment import load_experiment
    from sim.inference.observations import rows_of

    return rows_of(load_experiment(_laid(place, "case.yaml", content)))


def _filter(place: Path, content: bytes) -> object:
    from sim.inference.filter.experiment import load_filter

    return load_filter(_laid(place, "case.yaml", content))


def _timetable(place: Path, content: bytes) -> object:
    from sim.scenario.timetable import read_timetable
    from tests.strategies import tiny_scenario

    return read_timetable(_laid(place, "case.csv", content), tiny_scenario())


def _timetables() -> list[bytes]:
    from tests.properties.test_mutated_files import timetable_text

    text = timetable_text()
    return [text.encode(), text.replace(",", ";").encode(), b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()]


@cache
def _loaded_filter() -> Any:
    from sim.inference.filter.experiment import load_filter

    return load_filter("eastern-border")


def _figures(place: Path, content: bytes) -> object:
    from sim.inference.filter.figure_files import rows_of

    return rows_of(_loaded_filter(), _laid(place, "case.csv", content))


def _figure_files() -> list[bytes]:
    shipped = sorted((shipped_folder("experiments") / "data").glob("*.csv"))[:3]
    header = b"series,period_start,period_end,value,low,high,measure,agency\n"
    own = header + b"poland,2022-01-01,2022-01-31,1000,900,1100,attempts,poland\n"
    return [*(file.read_bytes() for file in shipped), own]


def _import(name: str) -> Callable[[Path, bytes], object]:
    def read(place: Path, content: bytes) -> object:
        from sim.imports import Wanted, import_file

        wanted = (Wanted(), Wanted(route="Eastern Land Border"), Wanted(dates="day-first"), Wanted(blank_is_zero=True))
        return import_file(_laid(place, name, content), wanted[len(content) % 4])

    return read


def _sheets(name: str) -> Callable[[], list[bytes]]:
    def right() -> list[bytes]:
        import tempfile

        from tests.unit.imports.files import csv_file, workbook
        from tests.unit.imports.test_incidents import LAYOUTS
        from tests.unit.imports.test_tables import AUG, HEADER, IRAQ, SYRIA

        assert AUG == (2021, 8)
        wide = [[*HEADER, "JUL2021", "AUG2021"], [*IRAQ, 100, 300], [*SYRIA, 10, 1250]]
        write = csv_file if name.endswith("csv") else workbook
        with tempfile.TemporaryDirectory() as place:
            return [write(Path(place) / name, lines).read_bytes() for lines in [wide, *LAYOUTS.values()]]

    return right


def _study(name: str) -> Callable[[Path, bytes], object]:
    """A file of a study; what is recorded of it agrees with it, so that the file itself is read."""

    def read(place: Path, content: bytes) -> object:
        folder = signed.study_with(place, name, content)
        return _look_at(folder)

    return read


def _look_at(folder: Path) -> list[object]:
    """A study as each command reads it: tables, SQL and the check; the first own error counts."""
    from sim.studies.sql import answer
    from sim.studies.store.verify import verify
    from sim.studies.stored_results import results

    found: Any = results(folder)
    tables = [found.runs, found.intervals, found.differences, found.fan("section", "attempts"), found.unfinished]
    return [*tables, answer(folder, "select count(*), sum(value) from totals", "json"), verify(folder)]


def _run(name: str) -> Callable[[Path, bytes], object]:
    def read(place: Path, content: bytes) -> object:
        from sim.studies.store.verify import verify
        from sim.studies.stored_results import results

        found: Any = results(folder := signed.run_with(place, name, content))
        return [found.summary, found.routes, found.intervals, found.info, verify(folder)]

    return read


def _sql(place: Path, content: bytes) -> object:
    from sim.studies.sql import answer

    signed.study_at(place / "study")
    return answer(place / "study", content.decode("utf-8", "replace"), ("table", "csv", "json")[len(content) % 3])


def _queries() -> list[bytes]:
    return [
        b"select scenario, avg(value) from totals where measure = 'attempts' and level = 'all' group by scenario",
        b"select * from runs order by run limit 3",
        b"with a as (select run, value from weekly) select max(value) over (order by run) from a where value > 3",
        b"select t.run, p.value from totals t join parameters p using (run) where t.value > 3 and parameter like '%a%'",
        b"select median, low90, high90 from intervals where measure in (select name from outputs)",
        b"select week, quantile_cont(value, 0.5), list(distinct name) from weekly group by all having count(*) > 1",
    ]


def _state(place: Path, content: bytes) -> object:
    from sim.states.state_file import read_state

    return read_state(_laid(place, "case.state", signed.state_of(content)))


def _month(place: Path, content: bytes) -> object:
    from sim.inference.filter.checkpoint import read

    return read(_laid(place, "case.npz", content))


def _begun(place: Path, content: bytes) -> object:
    """The records of a calibration and of a filter, which say whether they may be gone on with."""
    from sim.inference.calibration_study import RECORD as CALIBRATION
    from sim.inference.calibration_study import check_same_model
    from sim.inference.filter.resume import RECORD, check_same

    _laid(place, CALIBRATION, content)
    _laid(place, RECORD, content)
    errors = []
    about = {"experiment": "a", "record": "b"}
    for check in (lambda: check_same_model(place), lambda: check_same(place, about, True, True)):
        try:
            check()
        except Exception as error:
            errors.append(error)
    if errors:
        raise errors[len(content) % len(errors)]
    return None


def _records() -> list[bytes]:
    from sim.outputs.identity import identity

    made = {"identity": identity("inference"), "about": {"experiment": "a", "record": "b"}}
    return [json.dumps(made).encode(), b"{}"]


def readers() -> Iterator[Reader]:
    """All readers."""
    yield Reader("scenario", "text", _scenarios, _scenario, "")
    yield Reader("experiment", "text", _experiments(b"sweep", b"decision", b"threshold"), _experiment, "")
    yield Reader("calibration", "text", _experiments(b"calibration"), _calibration, "")
    yield Reader("filter", "text", _experiments(b"filter"), _filter, "")
    yield Reader("timetable", "text", _timetables, _timetable, "case.csv")
    yield Reader("figures", "text", _figure_files, _figures, "case.csv")
    yield Reader("import-csv", "text", _sheets("case.csv"), _import("case.csv"), "case.csv")
    yield Reader("import-xlsx", "zip", _sheets("case.xlsx"), _import("case.xlsx"), "case.xlsx")
    for name, kind in signed.STUDY_FILES.items():
        right = (lambda n: lambda: signed.right_study(n))(name)
        yield Reader(f"study-{name.replace('/', '-')}", kind, right, _study(name), "study")
    for name, kind in signed.RUN_FILES.items():
        yield Reader(f"run-{name}", kind, (lambda n: lambda: signed.right_run(n))(name), _run(name), "run")
    yield Reader("sql", "text", _queries, _sql, "--sql")
    yield Reader("state", "binary", signed.right_states, _state, "case.state")
    yield Reader("month", "binary", signed.right_months, _month, "case.npz")
    yield Reader("begun", "json", _records, _begun, "")


def judged(reader: Reader, place: Path, content: bytes) -> str:
    """What is wrong with how a reader ended; empty if it gave a result, or an own error that names the file."""
    from sim.load_extensions import ExtensionError
    from sim.outputs.folder import OutputError
    from sim.scenario.errors import ScenarioError
    from sim.states.errors import StateError

    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    try:
        reader.read(place, content)
    except (ScenarioError, OutputError, StateError, ExtensionError) as error:
        if not any(name in str(error) for name in (reader.named, "--sql")):  # a query may ask for what is not there
            return f"does not name {reader.named!r}: {error}"
    except Exception as error:
        import traceback

        last = [f"{Path(one.filename).name}:{one.lineno}" for one in traceback.extract_tb(error.__traceback__)[-4:]]
        return f"{type(error).__name__}: {error} ({' '.join(last)})"[:700]
    return ""
