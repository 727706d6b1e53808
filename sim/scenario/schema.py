"""The schema of scenarios: every field with its unit, default, range and meaning.

Quantities are numbers or distributions (`sim.scenario.quantity`). Mappings are
keyed by name, so a scenario that extends another contains only the differences,
and the order of entries has no effect.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Annotated, Any

from pydantic import (
    Field,
    PlainSerializer,
    PlainValidator,
    PrivateAttr,
    SerializationInfo,
    ValidationError,
    WithJsonSchema,
    create_model,
)

from sim.data import html
from sim.scenario.actors import (
    COLLECTIONS,
    BorderAgency,
    Carrier,
    Cohort,
    FrontexPool,
    Route,
    Section,
    Sponsor,
    TransitState,
    Zone,
)  # fmt: skip
from sim.scenario.entry import Day, Entry, Name, Text, Title
from sim.scenario.measures import AnyMeasure
from sim.scenario.places.position import Position
from sim.scenario.reactions import Reaction
from sim.scenario.rules import Behaviour, Detection, Hazards, Information, Seasons


def _read_earlier(value: Any) -> Any:
    """Return the scenario of an earlier run: as the loader gives it, or from the mapping that a record has."""
    if value is None or isinstance(value, Scenario):
        return value
    if not isinstance(value, dict):
        raise ValueError(f"found {value!r:.60}; allowed: null, or in a file the name of a scenario")
    try:
        return scenario_class().model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"{where}: {first['msg']}; allowed: a whole scenario, as a record has it") from None


def _write_earlier(value: Any, info: SerializationInfo) -> Any:
    return None if value is None else value.model_dump(mode=info.mode, exclude_none=True)


# A `Scenario`, or None. A file names it, as with `extends`; in records it stands whole, so that they need no file.
Earlier = Annotated[
    Any,
    PlainValidator(_read_earlier),
    PlainSerializer(_write_earlier),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "object"}, {"type": "null"}]}),
]


class Scenario(Entry):
    """One experiment, complete: the world, the behaviour, the measures.

    >>> from sim import load_scenario
    >>> scenario = load_scenario("carrier-ban")
    >>> scenario.start.isoformat(), scenario.days
    ('2025-01-01', 365)
    >>> scenario.measures["carrier-ban"].routes
    ['benghazi-minsk']
    """

    title: Title = Field(description="Title for reports.")
    description: Text = Field("", description="Description of the scenario.")
    start: Day = Field(description="First day.")
    days: int = Field(365, ge=1, le=3650, description="Length of the run.", json_schema_extra={"unit": "days"})
    begins: Earlier = Field(
        None,
        exclude_if=lambda value: value is None,
        description="Scenario whose run this one goes on from, on its first day: a name, or a file ending in .yaml.",
    )
    seed: int = Field(1, ge=0, lt=2**63, description="Seed of all random numbers.")
    cohorts: dict[Name, Cohort] = Field(min_length=1, max_length=200, description="People who may set out.")
    routes: dict[Name, Route] = Field(min_length=1, max_length=200, description="Ways to the hubs and over the sea.")
    carriers: dict[Name, Carrier] = Field(default_factory=dict, max_length=500, description="Carriers.")
    transit_states: dict[Name, TransitState] = Field(min_length=1, max_length=50, description="Transit states.")
    zones: dict[Name, Zone] = Field(default_factory=dict, max_length=100, description="Border zones.")
    sections: dict[Name, Section] = Field(default_factory=dict, max_length=200, description="Border sections.")
    agencies: dict[Name, BorderAgency] = Field(default_factory=dict, max_length=50, description="Border agencies.")
    places: dict[Name, Position] = Field(
        default_factory=dict, max_length=500, description="Coordinates for the map; no result depends on them."
    )
    frontex: FrontexPool = Field(default_factory=FrontexPool, description="Shared pool of officers.")
    sponsors: dict[Name, Sponsor] = Field(default_factory=dict, max_length=20, description="Sponsors.")
    behaviour: Behaviour = Field(default_factory=Behaviour, description="How migrants decide.")
    detection: Detection = Field(default_factory=Detection, description="What makes an attempt detected.")
    hazards: Hazards = Field(default_factory=Hazards, description="Hazards outdoors.")
    seasons: Seasons = Field(default_factory=Seasons, description="Calendar effects.")
    information: Information = Field(default_factory=Information, description="How news travels.")
    measures: dict[Name, AnyMeasure] = Field(default_factory=dict, max_length=500, description="Dated measures.")
    reactions: dict[Name, Reaction] = Field(
        default_factory=dict, max_length=200, description="How the other side, and agencies, answer."
    )
    answers: bool = Field(True, description="Whether anybody answers: false leaves all reactions out of the run.")
    timetable: str | None = Field(
        None, description="CSV of departures (date,origin,destination,carrier,seats) beside the scenario file."
    )
    observed: list[str] = Field(default_factory=list, description="Observed series to print beside the run.")

    # Set by the loader: the timetable's file, and the last day that its rows may name.
    _timetable: tuple[str, date] | None = PrivateAttr(default=None)
    # Set by studies with their own data: rows to compare a run with, in place of those of `observed`.
    _rows: list[dict[str, Any]] | None = PrivateAttr(default=None)

    def __eq__(self, other: object) -> bool:
        """Return whether two scenarios are equal in every field, regardless of their files."""
        return isinstance(other, Scenario) and self.__dict__ == other.__dict__

    @property
    def end(self) -> date:
        """Return the last day of the run."""
        return self.start + timedelta(days=self.days - 1)

    @property
    def first(self) -> date:
        """Return the first day that is simulated: of the run from which this one begins, or its own."""
        return self.begins.start if self.begins is not None else self.start

    def acting(self) -> dict[str, Reaction]:
        """Return the reactions of a run: none if nobody answers."""
        return self.reactions if self.answers else {}

    def _repr_html_(self) -> str:
        people = sum(cohort.size for cohort in self.cohorts.values())
        named = ("cohorts", "routes", "carriers", "transit_states", "agencies", "sections", "measures")
        lists = [(name.replace("_", " "), ", ".join(getattr(self, name))) for name in named]
        about = f"{self.start} to {self.end}, seed {self.seed}, {people:,} prospects"
        return html.block(self.title, about, html.rows([("description", self.description), *lists]))


# Collections of entries beside the fields above, by key: of the package's own further actors, and of extensions.
extra_collections = {key: entry for key, entry in COLLECTIONS.items() if key not in Scenario.model_fields}
_EXTENDED = "ExtendedScenario"


def scenario_class() -> type[Scenario]:
    """`Scenario`, or one that has further collections as well."""
    return _extended(tuple(extra_collections.items())) if extra_collections else Scenario


@lru_cache(maxsize=8)
def _extended(collections: tuple[tuple[str, type[Entry]], ...]) -> type[Scenario]:
    fields: Any = {}
    for key, entry in collections:
        words = (entry.__doc__ or key).partition("\n")[0]
        fields[key] = (dict[Name, entry], Field(default_factory=dict, max_length=500, description=words))  # type: ignore[valid-type]
    return create_model(_EXTENDED, __base__=Scenario, __module__=__name__, __doc__=Scenario.__doc__, **fields)


def __getattr__(name: str) -> Any:
    """The class of scenarios with further collections, by which they are pickled."""
    if name == _EXTENDED:
        return scenario_class()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
