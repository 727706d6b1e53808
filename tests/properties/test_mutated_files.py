"""A file that went wrong ends in a message with file and line: never in a traceback, for ever, or out of memory.

All cases are read in one process of their own, in which 10 s of computing a file and 1 GB of memory more than at the
start are the limit, and in which a tag or command that ran would leave a trace.
"""

from __future__ import annotations

import multiprocessing
import os
import traceback
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sim.scenario import ScenarioError, load_scenario, scenarios_folder, to_yaml
from sim.studies.work.fork_server import start_server
from tests.faults.lives import PATIENCE
from tests.limits import limit_memory, limited
from tests.mutations import MUTATIONS, write_case
from tests.strategies import START, tiny_scenario

pytestmark = pytest.mark.skipif(os.name == "nt", reason="limits are POSIX's")
FILES = int(os.environ.get("CORRIDOR_FILES", "300"))  # the nightly command asks for more
SECONDS, MEMORY = 10, 2**30
MOST_PERSONS = 20_000  # of accepted files that are also run
WITHOUT_LINE = ("too large", "cannot be read", "a file is needed")


def scenario_text() -> str:
    measures = {"ban": {"kind": "carrier-ban", "start": START + timedelta(days=5), "carriers": ["airline-iq"]}}
    text = to_yaml(tiny_scenario({"behaviour": {"retry": {"triangular": [1, 3, 9]}}}, days=20, measures=measures))
    return text + "timetable: timetable.csv\n"


def timetable_text() -> str:
    rows = [f"{START + timedelta(days=n)},baghdad,minsk,airline-iq,9" for n in range(0, 20, 3)]
    return "\n".join(["date,origin,destination,carrier,seats", *rows, ""])


def read_all(folder: Path, numbers: range) -> None:
    """In a process of its own: write and read each case; what is wrong goes into ``report``."""
    from sim.model import CorridorModel

    os.chdir(folder)
    limit_memory(MEMORY)
    scenario, timetable = scenario_text(), timetable_text()
    found = {"accepted": 0, "refused": 0}
    with (folder / "report").open("w", encoding="utf-8") as report:
        for number in numbers:
            case = write_case(number, folder, scenario, timetable)
            try:
                with limited(SECONDS):
                    try:
                        loaded = load_scenario("case.yaml")
                        found["accepted"] += 1
                    except ScenarioError as error:
                        found["refused"] += 1
                        report.writelines(f"{case}: {fault}\n" for fault in faults(error))
                        continue
                    if sum(cohort.size for cohort in loaded.cohorts.values()) <= MOST_PERSONS:
                        model = CorridorModel(loaded)
                        for _ in range(3):
                            model.step()
            except BaseException:
                report.write(f"{case}: {traceback.format_exc()}\n")
        report.writelines(f"{case}: left {name}\n" for name in strangers(folder))
        report.write(f"{found['accepted']} accepted, {found['refused']} refused\n")


def strangers(folder: Path) -> list[str]:
    return sorted({file.name for file in folder.iterdir()} - {"case.yaml", "timetable.csv", "report"})


def faults(error: ScenarioError) -> Iterator[str]:
    """What a message lacks: a file and line for each problem, on one printable line that is not too long."""
    if not error.problems:
        yield "no problem is named"
    for problem in error.problems:
        if problem.file not in ("case.yaml", "timetable.csv"):
            yield f"no file: {problem}"
        if problem.line < 1 and not any(words in problem.text for words in WITHOUT_LINE):
            yield f"no line: {problem}"
    for line in str(error).split("\n"):
        if not line.isprintable() or not 0 < len(line) < 2000:
            yield f"not one readable line: {line[:200]!r}"


@pytest.mark.parametrize("part", range(2))
def test_a_file_that_went_wrong_ends_in_a_message(tmp_path: Path, part: int) -> None:
    numbers = range(part * FILES // 2, (part + 1) * FILES // 2)
    start_server()
    process: Any = multiprocessing.get_context("forkserver").Process(target=read_all, args=(tmp_path, numbers))
    process.start()
    process.join(max(PATIENCE, FILES))
    assert process.exitcode == 0
    *wrong, summary = (tmp_path / "report").read_text(encoding="utf-8").splitlines()
    assert wrong == []
    accepted, refused = (int(word) for word in summary.split() if word.isdecimal())
    assert accepted + refused == len(numbers)
    assert refused > len(numbers) / 2
    assert accepted > 0, "a comment that was changed, an order of lines: some files stay valid"


def test_each_way_to_go_wrong_is_among_the_cases(tmp_path: Path) -> None:
    ways = {write_case(number, tmp_path, scenario_text(), timetable_text()).split()[2] for number in range(150)}
    assert ways == {mutation.__name__ for mutation in MUTATIONS}


OUTSIDE = {
    "above": "../outside.{}",
    "absolute": "{folder}/outside.{}",
    "by a link": "link.{}",
    "by a linked folder": "inner/outside.{}",
    "round about": "../here/../outside.{}",
}


@pytest.mark.parametrize("way", OUTSIDE)
@pytest.mark.parametrize("field", ["extends", "timetable"])
def test_nothing_outside_the_folder_is_read_unless_asked_for(tmp_path: Path, field: str, way: str) -> None:
    here = tmp_path / "here"
    here.mkdir()
    (tmp_path / "outside.yaml").write_text(to_yaml(tiny_scenario(days=20)))
    (tmp_path / "outside.csv").write_text(timetable_text())
    suffix = {"extends": "yaml", "timetable": "csv"}[field]
    (here / f"link.{suffix}").symlink_to(tmp_path / f"outside.{suffix}")
    (here / "inner").symlink_to(tmp_path)
    target = OUTSIDE[way].replace("{folder}", str(tmp_path)).replace("{}", suffix)
    text = "title: child\n" if field == "extends" else to_yaml(tiny_scenario(days=20))
    (here / "case.yaml").write_text(f"{field}: {target}\n{text}")
    with pytest.raises(ScenarioError, match="outside the scenario's folder") as refused:
        load_scenario(here / "case.yaml")
    assert refused.value.problems[0].line == 1
    loaded = load_scenario(here / "case.yaml", allow_outside=True)
    assert loaded.days == 20


@pytest.mark.parametrize(
    "tag", ["!!python/object/apply:os.system", "!!python/name:os.system", "!!timestamp", "!x", "!"]
)
def test_tags_run_nothing_and_are_refused_with_their_line(tmp_path: Path, tag: str) -> None:
    (tmp_path / "case.yaml").write_text(f"days: 20\ntitle: {tag} 'touch {tmp_path}/pwned'\n")
    with pytest.raises(ScenarioError) as refused:
        load_scenario(tmp_path / "case.yaml")
    assert refused.value.problems[0].line == 2
    assert "tags are not allowed" in str(refused.value)
    assert not (tmp_path / "pwned").exists()


def test_what_ships_may_be_extended_from_anywhere(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text("extends: benghazi-surge\ntitle: mine\n")
    assert (
        load_scenario(tmp_path / "case.yaml").cohorts
        == load_scenario(scenarios_folder() / "benghazi-surge.yaml").cohorts
    )
