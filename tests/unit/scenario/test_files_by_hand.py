"""Fields in words, the editors' schema, and files that are found, chained and read, each with its whole text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Literal

import pytest

from sim.scenario import files, load
from sim.scenario.entry import Entry
from sim.scenario.errors import ScenarioError
from sim.scenario.experiments import check_kind, experiment_content, experiment_file, experiments_folder
from sim.scenario.fields import allowed, child, find, keys_allowed, limits, note
from sim.scenario.files import display, inside, read_bytes, read_text, scenario_file
from sim.scenario.json_schema import _full_name, _limit_numbers, _relaxed, scenario_json_schema
from sim.scenario.kinds import Registry, registry_of
from sim.scenario.load import load_scenario
from sim.scenario.nodes import from_plain
from sim.scenario.paths import get_path, parameter_paths, parse_override
from sim.scenario.timetable import read_timetable
from tests.strategies import START, tiny_scenario

Write = Callable[..., Path]
TINY = tiny_scenario()


def told(call: Callable[[], object]) -> str:
    with pytest.raises(ScenarioError) as caught:
        call()
    return str(caught.value)


def words(path: str, found: Any = None) -> str:
    spot = find([date.fromisoformat(part) if part[:2] == "20" else part for part in path.split(".")], TINY.model_dump())
    assert spot is not None
    return allowed(spot, found)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("days", "a whole number from 1 to 3,650 (days)"),
        ("seed", "a whole number from 0 to 9,223,372,036,854,775,807"),
        ("title", "text of up to 200 characters, none of them a control character"),
        ("start", "a date such as 2021-08-03"),
        ("answers", "true or false"),
        ("detection.coverage", "a number from 0 to 50 (1), or a distribution such as {triangular: [low, mode, high]}"),
        ("behaviour.retry", "a number from 1 to 365 (days), or a distribution such as {triangular: [low, mode, high]}, "
                            "or a mapping of cohorts to them"),
        ("sections.kuznica.barrier", "a number from 0 to 5,000 (km), or a distribution such as {triangular: [low, "
                                     "mode, high]}, or a mapping of dates to them"),
        ("transit_states.libya.visas", "a mapping of dates to values such as {2021-08-03: 0.5}, each a number from 0 "
                                       "to 1,000,000 (persons per day)"),
        ("transit_states.libya.hub", "a name of lower-case letters, digits and single hyphens, such as 'erbil-minsk'"),
        ("sponsors", "a mapping of names to values, at most 20"),
        ("seasons.calm_sea", "a list, each item a number from 0 to 1 (share)"),
        ("frontex", "a mapping with the keys officers, lag"),
        ("routes.baghdad-minsk.mode", "air, land, sea (did you mean 'sea'?)"),
    ],
)  # fmt: skip
def test_a_field_is_described_by_what_it_allows(path: str, text: str) -> None:
    found = words(path, "se")
    if path == "sections.kuznica.barrier":
        assert found.endswith(", or a mapping of dates to them")
    else:
        assert found == f"allowed: {text}"


def test_limits_are_told_as_far_as_there_are_any() -> None:
    plain = note(None)
    assert (plain.unit, plain.low, plain.default, limits(plain)) == ("", None, None, "")
    field = type(TINY).model_fields["days"]
    about = note(field)
    assert (about.low, about.high, about.default, about.unit) == (1, 3650, 365, "days")
    assert limits(type(about)("km", 1, None, 1, "", "")) == " of at least 1 (km)"
    assert note(type(TINY).model_fields["seed"]).high == 2**63 - 1
    spot = find(["behaviour"], None)
    assert spot is not None
    assert "retry" in keys_allowed(spot)
    assert child(spot, "no-such-key") is None
    measures = find(["measures", "x"], {"measures": {"x": {"kind": "fence"}}})
    assert measures is not None
    assert "pace" in keys_allowed(measures, {"kind": "fence"})
    assert keys_allowed(measures, {"kind": 3}) == keys_allowed(measures) == []
    assert find(["behaviour", "x", "y"], None) is None


def test_values_are_read_by_path() -> None:
    scenario = tiny_scenario({"behaviour": {"retry": {"iraqis": 5, "others": 2}}})
    assert get_path(scenario, "behaviour.retry.syrians") == 2
    assert get_path(scenario, "behaviour.patience.iraqis") == scenario.behaviour.patience
    assert get_path(scenario, "seasons.calm_sea.11") == scenario.seasons.calm_sea[11]
    assert get_path(scenario, f"transit_states.libya.interception.{START}") == 0.3
    assert told(lambda: get_path(scenario, "seasons.calm_sea.12")).startswith(
        "seasons.calm_sea.12: found '12' in seasons.calm_sea; allowed: 0, 1, "
    )
    assert told(lambda: get_path(scenario, "x")).startswith("x: found 'x'; allowed: title, description, start")
    paths = [one.path for one in parameter_paths(scenario)]
    assert {"behaviour.retry.iraqis", "behaviour.retry.others", "behaviour.price"} <= set(paths)
    assert len(paths) == len(set(paths))
    assert not [path for path in paths if path.startswith(("begins", "days", "seed"))]
    assert parse_override(" a.b =1 ") == ("a.b", 1)
    assert told(lambda: parse_override("=3")) == "--set: found '=3'; allowed: path.to.parameter=value"
    assert told(lambda: parse_override("days")) == "--set: found 'days'; allowed: path.to.parameter=value"


def test_the_schema_for_editors_takes_null_and_partial_files() -> None:
    schema = scenario_json_schema()
    assert list(schema["properties"])[:2] == ["extends", "title"]
    assert "required" not in schema
    visas = schema["$defs"]["TransitState"]["properties"]["visas"]
    (pattern,) = visas["patternProperties"]
    assert pattern == r"^\d{4}-\d{2}-\d{2}$"
    assert visas["additionalProperties"] is False
    number, nothing = visas["patternProperties"][pattern]["anyOf"]
    assert nothing == {"type": "null", "description": "Takes the inherited entry out."}
    assert {"type": "number", "minimum": 0, "maximum": 1_000_000} in number["anyOf"]
    assert {"$ref": "#/$defs/Distribution"} in number["anyOf"]
    days = schema["properties"]["days"]
    assert days["description"] == "Length of the run: a number from 1 to 3,650 (days). Default: 365."
    kinds = schema["$defs"]["Distribution"]["properties"]
    assert kinds["uniform"]["description"] == "uniform: [low, high]"
    shape: dict[str, Any] = {"anyOf": [{"type": "number"}], "properties": {"x": {"type": "number"}}, "type": "number"}
    _limit_numbers(shape, 1, None)
    assert shape == {"anyOf": [{"type": "number", "minimum": 1}], "properties": {"x": {"type": "number"}},
                     "type": "number", "minimum": 1}  # fmt: skip
    assert _relaxed({"required": ["a"], "oneOf": [1], "properties": {"required": {"title": "x", "type": "y"}}}) == {
        "anyOf": [1], "properties": {"required": {"type": "y"}},
    }  # fmt: skip
    assert _full_name(Entry) == "sim__scenario__entry__Entry"


class Base(Entry):
    """A base of kinds."""

    def act(self) -> None:
        """Do nothing."""


def test_a_registry_takes_kinds_that_say_their_name_and_act() -> None:
    registry = Registry(Base, ("act",), "act(self)")

    class Good(Base):
        kind: Literal["good-one"]

        def act(self) -> None:
            """Act."""

    class Idle(Base):
        kind: Literal["idle"]

    class Odd(Base):
        kind: Literal["Odd"]

    class Two(Base):
        kind: Literal["a", "b"]

    assert registry.register(Good) is registry.register(Good) is Good
    assert registry.known == {"good-one": Good}
    assert registry_of(Base) is registry
    assert registry_of(Good) is registry_of("x") is None
    assert registry.read({"kind": "good-one"}) == Good(kind="good-one")
    entry = Good(kind="good-one")
    assert registry.read(entry) is entry
    named = 'allowed: kind: Literal["a-name"], lower-case letters, digits and single hyphens'
    for kind, text in (
        (Idle, "Idle: found no method `act`; needed: act(self)"), (Odd, f"Odd: found the kinds ('Odd',); {named}"),
        (Two, f"Two: found the kinds ('a', 'b'); {named}"), (Base, f"Base: found no kind; {named}"),
        (Entry, f"found {Entry!r}; allowed: a subclass of Base"),
    ):  # fmt: skip
        with pytest.raises(TypeError) as caught:
            registry.register(kind)  # type: ignore[type-var]
        assert str(caught.value) == text
    other = type("Other", (Good,), {"act": lambda self: None, "__module__": __name__})
    with pytest.raises(
        ValueError, match="found the kind 'good-one', which is Good's; allowed: a name that is not taken"
    ):
        registry.register(other)
    assert registry.missing({"kind": "bad"}).startswith("kind: found 'bad'; allowed: good-one")
    assert registry.missing(3) == "missing `kind`; allowed: good-one"
    with pytest.raises(KeyError, match="found the kind 'x'; allowed: good-one"):
        registry.unregister("x")
    registry.unregister("good-one")
    assert registry.known == {}


HEADER = "seats,carrier,date,origin,destination\n"


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ("1,airline-iq,2025-10-01,baghdad,minsk", None), ("2000,airline-iq,2026-01-28,baghdad,minsk", None),
        ("0,airline-iq,2025-10-01,baghdad,minsk", "seats: found '0'; allowed: a whole number from 1 to 2000 (seats)"),
        ("2001,airline-iq,2025-10-01,baghdad,minsk",
         "seats: found '2001'; allowed: a whole number from 1 to 2000 (seats)"),
        ("1.5,airline-iq,2025-10-01,baghdad,minsk",
         "seats: found '1.5'; allowed: a whole number from 1 to 2000 (seats)"),
        ("5,airline-iq,2025-09-30,baghdad,minsk", "date: found 2025-09-30, outside the run; allowed: from 2025-10-01 "
                                                  "to 2026-01-28"),
        ("5,airline-iq,2026-01-29,baghdad,minsk", "date: found 2026-01-29, outside the run; allowed: from 2025-10-01 "
                                                  "to 2026-01-28"),
        ("5,airline-iq,20251001,baghdad,minsk", "date: found '20251001'; allowed: a date such as 2021-08-03"),
        ("5,airline-iq,2025-13-01,baghdad,minsk", "date: found '2025-13-01'; allowed: a date such as 2021-08-03"),
        ("5,airline-i,2025-10-01,baghdad,minsk", "carrier: found 'airline-i', which is not one of the carriers; "
         "allowed: airline-iq, airline-ly, boats, buses (did you mean 'airline-iq'?)"),
        ("5,airline-iq,2025-10-01,erbil,minsk", "origin: found 'erbil', where 'airline-iq' has no service; allowed: "
                                                "baghdad"),
        ("5,airline-iq,2025-10-01,baghdad,vienna", "destination: found 'vienna', where 'airline-iq' has no service; "
                                                   "allowed: minsk"),
        ("5,airline-iq,2025-10-01,baghdad", None),
    ],
)  # fmt: skip
def test_a_departure_is_of_the_run_a_carrier_and_one_of_its_routes(tmp_path: Path, row: str, text: str | None) -> None:
    file = tmp_path / "t.csv"
    file.write_text(HEADER + row + "\n")
    if row.count(",") < 4:
        assert told(lambda: read_timetable(file, TINY)) == (
            f"{file}:2: found 4 cells; allowed: 5 (seats,carrier,date,origin,destination; the delimiter is comma)"
        )
    elif text is None:
        day = 0 if "2025-10-01" in row else 119
        assert read_timetable(file, TINY) == [(day, "airline-iq", "baghdad-minsk", int(row.partition(",")[0]))]
    else:
        assert told(lambda: read_timetable(file, TINY)) == f"{file}:2: {text}"


def test_a_carrier_of_two_routes_between_the_same_places_is_told(tmp_path: Path) -> None:
    routes = TINY.routes | {"again": TINY.routes["baghdad-minsk"]}
    services = dict.fromkeys(("baghdad-minsk", "again"), TINY.carriers["airline-iq"].services["baghdad-minsk"])
    carrier = TINY.carriers["airline-iq"].model_copy(update={"services": services})
    scenario = TINY.model_copy(update={"routes": routes, "carriers": {"airline-iq": carrier}})
    file = tmp_path / "t.csv"
    file.write_text(HEADER + "5,airline-iq,2025-10-01,baghdad,minsk\n")
    assert told(lambda: read_timetable(file, scenario)) == (
        f"{file}:2: origin: found 'baghdad', from where 'airline-iq' serves several routes: ['baghdad-minsk', "
        "'again']; one such route is allowed"
    )


def test_files_are_shown_within_the_working_folder_by_their_way_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert display(tmp_path / "a" / "b.yaml") == "a/b.yaml"
    assert display(Path("a/../b.yaml")) == "a/../b.yaml"
    assert display(Path("/elsewhere/b.yaml")) == "/elsewhere/b.yaml"
    assert display(Path("a\nb")) == "'a\\nb'"
    file = tmp_path / "f"
    assert told(lambda: read_bytes(file)) == "f: cannot be read: No such file or directory"
    assert told(lambda: read_bytes(tmp_path)).endswith(": found a folder; a file is needed")
    file.write_bytes(b"a\n\xff")
    assert told(lambda: read_text(file)) == "f:2: found the byte 0xff, which is not UTF-8; save the file as UTF-8"
    monkeypatch.setattr(files, "MAX_BYTES", 3)
    assert read_bytes(file) == b"a\n\xff"
    file.write_bytes(b"abcd")
    assert told(lambda: read_bytes(file)) == "f: too large; allowed: up to 3 bytes"
    assert inside(file, tmp_path / "x", tmp_path)
    assert not inside(file, tmp_path / "x")
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "link").symlink_to(file)
    assert not inside(tmp_path / "x" / "link", tmp_path / "x")
    assert scenario_file("a/b.yml") == Path("a/b.yml")
    assert told(lambda: scenario_file("carrier-bann")).startswith(
        "found 'carrier-bann', no scenario that ships, and no path ending in .yaml or .yml; allowed: "
    )


def test_a_folder_that_ships_is_beside_a_clone_or_inside_a_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "sim"
    package.mkdir()
    monkeypatch.setattr(files, "_PACKAGE", package)
    assert files.shipped_folder("x") == package / "_x"
    (tmp_path / "pyproject.toml").touch()
    assert files.shipped_folder("x") == tmp_path / "x"
    (package / "_x").mkdir()
    assert files.shipped_folder("x") == package / "_x"


def test_experiments_are_found_and_are_of_a_kind() -> None:
    name = sorted(file.stem for file in experiments_folder().glob("*.yaml"))[0]
    assert experiment_file(name) == experiments_folder() / f"{name}.yaml"
    assert experiment_file("a.yml") == Path("a.yml")
    assert told(lambda: experiment_file("no-such")).startswith(
        "found 'no-such', no experiment that ships, and no path ending in .yaml or .yml; allowed: "
    )
    path, root = experiment_content({"kind": "sweep", date(2021, 8, 3): (1, {"a": date(2021, 8, 4)})})
    assert path == Path("experiment.yaml")
    assert root.plain() == {"kind": "sweep", date(2021, 8, 3): [1, {"a": "2021-08-04"}]}
    assert check_kind(root, ["sweep", "filter"]) == "sweep"
    assert told(lambda: check_kind(root, ["filter"])) == (
        "experiment:1: kind: found sweep, which is for `corridor sweep`; allowed here: filter"
    )
    assert told(lambda: check_kind(from_plain({"kind": "swep"}, "f", 3), ["sweep"])) == (
        "f:3: kind: found 'swep'; allowed: sweep (did you mean 'sweep'?)"
    )
    assert told(lambda: check_kind(from_plain({}, "f", 3), ["sweep"])) == "f:3: kind: missing; allowed: sweep"


def test_chains_of_files_are_of_twenty_at_most_and_without_circles(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write("extends: small\n", "c01.yaml")
    for k in range(2, 21):
        write(f"extends: c{k - 1:02}\n", f"c{k:02}.yaml")
    assert load_scenario(tmp_path / "c19.yaml").title == "Small world"
    assert told(lambda: load_scenario(tmp_path / "c20.yaml")) == (
        "c01.yaml:1: extends: found more than 20 files in a chain"
    )
    write("extends: b\n", "a.yaml")
    write("extends: a\n", "b.yaml")
    assert told(lambda: load_scenario(tmp_path / "a.yaml")) == "b.yaml:1: extends: a cycle: a extends b extends a"
    write("extends: 3\n", "a.yaml")
    assert told(lambda: load_scenario(tmp_path / "a.yaml")) == (
        "a.yaml:1: extends: found 3; allowed: a scenario's name or a file ending in .yaml"
    )
    assert load._last_day(from_plain({"start": START, "days": 1})) == START
    assert load._last_day(from_plain({"start": START})) == date(2026, 9, 30)
    assert load._last_day(from_plain({"start": START, "days": True})) is None
    assert load._last_day(from_plain({"start": START, "days": 10**9})) is None
    assert load._last_day(from_plain({"days": 3})) is None


def test_a_run_begins_from_a_file_that_is_found(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    window = "extends: small\nstart: 2021-07-11\ndays: 9\nmeasures: {ban: null, wall: null}\nbegins: "
    found = load_scenario(write(f"{window}small\n"))
    assert found.begins is not None
    assert (found.begins.title, found.begins.days, found.first) == ("Small world", 60, date(2021, 7, 1))
    write("extends: small\nbegins: small\n", "chained.yaml")
    assert told(lambda: load_scenario(write(f"{window}chained\n"))) == (
        "case.yaml:5: begins: found 'chained', which itself begins from another run, 'small'; allowed: a scenario "
        "without `begins`"
    )
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "in.yaml").write_text(f"{window}../small.yaml\n".replace("extends: small", "extends: base"))
    assert told(lambda: load_scenario(tmp_path / "x" / "in.yaml")).startswith(
        "x/in.yaml:5: begins: found '../small.yaml', outside the scenario's folder x"
    )
