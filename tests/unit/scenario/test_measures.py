"""A kind of measure is one class: registered, a scenario may use it; nothing else knows of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import jsonschema
import pytest
from pydantic import Field
from typer.testing import CliRunner

from sim import CorridorModel, load_scenario
from sim.cli.main import app
from sim.scenario.draw import drawn_values
from sim.scenario.entry import Name
from sim.scenario.errors import ScenarioError
from sim.scenario.measures import KINDS, Measure, Misfit, register, unregister
from sim.scenario.paths import apply_overrides, parameter_paths
from sim.scenario.quantity import Quantity, quantity
from sim.scenario.schema import Scenario
from sim.scenario.write import to_yaml

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario as AnyScenario

Write = Callable[..., Path]


class Boycott(Measure):
    """Firms refuse to drive people to the border."""

    kind: Literal["transport-boycott"]
    transit_state: Name = Field(description="State.")
    factor: Quantity = quantity(0.5, "factor", 0, 10, "Factor on transfer seats.")

    def apply(self, model: CorridorModel, name: str, on: bool) -> None:
        model.states[self.transit_state].factor("transfer", name, self.factor if on else None)

    def closes(self, scenario: AnyScenario) -> list[str]:
        return ["erbil-minsk"]

    def check(self, scenario: AnyScenario) -> Iterator[Misfit]:
        if self.factor == 1:
            yield ("factor",), "found 1, which changes nothing; allowed: other factors"


@pytest.fixture(autouse=True)
def boycott() -> Iterator[None]:
    register(Boycott)
    yield
    KINDS.pop("transport-boycott", None)


ENTRY = "  boycott: {kind: transport-boycott, transit_state: belarus, announced: 2021-07-05, start: 2021-07-10"


def file(write: Write, more: str = "}") -> Path:
    seats = "transit_states: {belarus: {transfer: {2021-06-01: 8}}}\n"
    return write(f"extends: small\ndays: 20\nmeasures:\n  ban: null\n  wall: null\n{ENTRY}{more}\n{seats}")


def seats(scenario: Scenario) -> list[float]:
    """Transfer seats on each day of the run."""
    model = CorridorModel(scenario)
    found = []
    while model.running:
        model.step()
        found.append(float(model.world.states["transfer"][model.names.states.index("belarus")]))
    return found


def test_a_scenario_file_uses_it_and_it_takes_effect_from_its_start_to_its_end(write: Write) -> None:
    path = file(write, ", factor: 0.25, end: 2021-07-14}")
    scenario = load_scenario(path)
    without = seats(apply_overrides(scenario, {"measures.boycott": None}))
    assert min(without) > 0
    assert seats(scenario) == without[:9] + [n * 0.25 for n in without[9:14]] + without[14:]


def test_its_announcement_draws_a_rush_for_the_routes_that_it_closes(write: Write) -> None:
    model = CorridorModel(load_scenario(file(write)))
    route = model.names.routes.index("erbil-minsk")
    rush = []
    while model.running:
        model.step()
        rush.append(int(model.world.routes["rush"][route]))
    assert rush == [0] * 4 + [1] * 5 + [0] * 11


def test_it_has_all_that_a_scenario_may_say(write: Write) -> None:
    scenario = load_scenario(file(write, ", factor: {uniform: [0.2, 0.6]}}"))
    assert drawn_values(scenario)["measures.boycott.factor"] == pytest.approx(0.4)
    assert "measures.boycott.factor" in {parameter.path for parameter in parameter_paths(scenario)}
    assert apply_overrides(scenario, {"measures.boycott.factor": 3}).measures["boycott"].factor == 3  # type: ignore[attr-defined]
    assert load_scenario(write(to_yaml(scenario, whole=True)), any_date=True) == scenario


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (", factor: 11}", ["measures.boycott.factor", "found 11", "from 0 to 10"]),
        (", faktor: 1}", ["measures.boycott.faktor", "did you mean 'factor'"]),
        (", factor: 1}", ["measures.boycott.factor", "changes nothing"]),
        (", carriers: []}", ["measures.boycott.carriers", "allowed", "transit_state"]),
    ],
)
def test_its_errors_name_file_line_and_what_is_allowed(write: Write, more: str, words: list[str]) -> None:
    with pytest.raises(ScenarioError) as error:
        load_scenario(file(write, more))
    assert all(word in str(error.value) for word in [".yaml:6:", *words]), error.value


def test_schema_and_tables_list_it_as_long_as_it_is_registered() -> None:
    def printed(*arguments: str) -> str:
        return CliRunner().invoke(app, ["schema", *arguments]).stdout

    entry: dict[str, Any] = {"kind": "transport-boycott", "transit_state": "belarus", "start": "2021-07-10"}
    schema = json.loads(printed())
    assert jsonschema.Draft202012Validator(schema).is_valid({"measures": {"b": entry}})
    assert not jsonschema.Draft202012Validator(schema).is_valid({"measures": {"b": {**entry, "faktor": 1}}})
    assert Boycott.about() in printed("--markdown")
    unregister("transport-boycott")
    assert not jsonschema.Draft202012Validator(json.loads(printed())).is_valid({"measures": {"b": entry}})
    assert Boycott.about() not in printed("--markdown")


def test_a_kind_that_is_not_registered_is_unknown(write: Write) -> None:
    path = file(write)
    unregister("transport-boycott")
    with pytest.raises(ScenarioError, match=r"found 'transport-boycott'; allowed: .*fence"):
        load_scenario(path)
    with pytest.raises(KeyError, match=r"transport-boycott.*allowed"):
        unregister("transport-boycott")


def test_what_is_no_kind_is_refused() -> None:
    class Nameless(Measure):
        """Has no kind."""

        def apply(self, model: CorridorModel, name: str, on: bool) -> None: ...

    class Idle(Measure):
        """Does nothing."""

        kind: Literal["idle"]

    class Other(Measure):
        """Takes another's name."""

        kind: Literal["fence"]

        def apply(self, model: CorridorModel, name: str, on: bool) -> None: ...

    for found, kind, words in (
        (Nameless, TypeError, "Nameless: found no kind"),
        (Idle, TypeError, "Idle: found no method `apply`"),
        (Other, ValueError, "'fence', which is Fence's"),
        (Scenario, TypeError, "a subclass of Measure"),
    ):
        with pytest.raises(kind, match=words):
            register(found)  # type: ignore[type-var]


def test_every_shipped_kind_says_in_one_sentence_what_it_is() -> None:
    assert len(KINDS) > 10
    for name, kind in KINDS.items():
        assert kind.about().endswith("."), name
