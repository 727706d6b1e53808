"""Finding one's way: help by task, the parameters of a scenario, a file of one's own, all mistakes at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.cli.help import EXAMPLES, TASKS
from sim.cli.main import app
from sim.scenario import apply_overrides, get_path, load_scenario, parse_override, to_yaml
from sim.scenario.guide.describe import described, matches
from tests.command import Corridor
from tests.strategies import tiny_scenario


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tiny.yaml").write_text(to_yaml(tiny_scenario(days=40)))
    return tmp_path


def test_help_has_each_command_once_by_task_and_each_has_an_example(corridor: Corridor) -> None:
    text = corridor("--help").out
    named = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    named |= {group.typer_instance.info.name for group in app.registered_groups if group.typer_instance}
    tasks = [name for names in TASKS.values() for name in names]
    assert sorted(tasks) == sorted(named) == sorted(EXAMPLES)
    assert all(f"\n{task}:\n" in text for task in TASKS)
    assert "Others" not in text
    for name in ("compare", "show"):
        assert all(f"  {line}\n" in corridor(name, "--help").out for line in EXAMPLES[name])


def test_the_version_is_told(corridor: Corridor) -> None:
    done = corridor("--version")
    assert (done.status, done.out.split()[0]) == (0, "corridor")


def test_flights_are_found_with_their_path_unit_and_source(corridor: Corridor) -> None:
    done = corridor("show", "benghazi-surge", "--grep", "flights")
    assert "carriers.belavia.services.benghazi-minsk.weekly.2025-09-01" in done.out
    assert "flights per week" in done.out
    assert "moscow-minsk" not in done.out  # buses
    assert "\x1b" not in done.out
    assert corridor("show", "benghazi-surge", "--grep", "unicorns").status == 2
    changed = corridor("show", "tiny.yaml", "--set", "behaviour.retry=9", "--grep", "behaviour.retry between")
    assert next(line for line in changed.out.splitlines() if "behaviour.retry " in line).split("│")[2].strip() == "9"


def test_each_path_that_is_shown_can_be_set_to_its_value() -> None:
    scenario = tiny_scenario()
    rows = list(described(scenario))
    assert len(rows) > 100
    for row in rows[:: len(rows) // 40]:
        assert matches(row, row.path)
        assert apply_overrides(scenario, dict([parse_override(f"{row.path}={row.value}")])) == scenario
        if row.path != "start":
            assert f"{get_path(scenario, row.path):.12g}" == row.value


def test_a_new_scenario_is_a_commented_file_that_is_valid(here: Path, corridor: Corridor) -> None:
    words = ["new", "mine.yaml", "--extends", "benghazi-surge", "--title", "Mine"]
    done = corridor(*words, "--set", "behaviour.retry=5", "--with", "ban@2025-10-15")
    assert done.status == 0, done.err
    text = (here / "mine.yaml").read_text()
    assert "retry: 5  # Mean days between attempts" in text
    mine = load_scenario(here / "mine.yaml")
    assert (mine.title, mine.behaviour.retry) == ("Mine", 5)
    assert mine.measures["carrier-ban"].routes == ["benghazi-minsk"]
    assert corridor("validate", "mine.yaml").out == "mine.yaml: valid: Mine\n"
    assert corridor(*words).status == 2  # there is such a file
    plain = corridor("new", "plain.yaml", "--extends", "base")
    assert plain.status == 0
    assert "# measures:" in (here / "plain.yaml").read_text()
    assert corridor("new", "none.yaml").status == 2  # nobody to ask


def test_all_mistakes_of_a_file_are_told_at_once(here: Path, corridor: Corridor) -> None:
    (here / "wrong.yaml").write_text(
        "extends: tiny\nbehaviour: {retri: 3}\nhazards: {death: -1}\n"
        "measures:\n  ban: {kind: carrier-ban, routes: [nowhere], start: 2025-10-09}\n"
        "  late: {kind: carrier-ban, start: 2027-10-09}\n"
    )
    done = corridor("validate", "wrong.yaml")
    assert done.status == 2
    for line, words in ((2, "behaviour.retri: unknown key"), (3, "hazards.death: found -1"), (5, "found 'nowhere'"),
                        (6, "outside the run")):  # fmt: skip
        assert any(text.startswith(f"wrong.yaml:{line}: ") and words in text for text in done.err.splitlines()), words


def test_what_can_have_no_effect_is_a_warning(here: Path, corridor: Corridor) -> None:
    (here / "idle.yaml").write_text(
        "extends: tiny\ncarriers: {airline-iq: {services: {baghdad-minsk: {weekly: {2025-10-01: 0}}}}}\n"
    )
    done = corridor("validate", "idle.yaml")
    assert done.status == 0
    assert "warning: idle.yaml: carriers.airline-iq.services.baghdad-minsk: nothing ever departs" in done.err


def test_measures_are_listed_with_what_a_scenario_has_for_them(corridor: Corridor) -> None:
    assert "humanitarian-access (aid)" in corridor("measures").out
    assert "benghazi-minsk" in corridor("measures", "benghazi-surge").out


def test_legs_are_told_and_a_leg_of_two_prices_is_a_warning(corridor: Corridor) -> None:
    done = corridor("validate", "benghazi-hubs")
    assert done.status == 0
    assert "moscow-minsk is on benghazi-moscow-minsk and moscow-minsk" in done.out
    assert "benghazi-hubs.yaml:" in done.err and "for the same leg" in done.err
    assert "legs: " in corridor("show", "benghazi-hubs", "--grep", "legs.dubai-minsk").out
    assert "istanbul-minsk" in corridor("measures", "benghazi-hubs", "--wide").out
