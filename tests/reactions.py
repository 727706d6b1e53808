"""Random reactions of the tiny scenario, and when each should fire, worked out anew from what a run counted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from sim.engine.streams import draw, name_key, stream
from sim.engine.tables import (
    F_ARRIVED,
    F_LANDED,
    R_BOARDED,
    R_DEPARTURES,
    S_ATTEMPTS,
    S_CLAIMS,
    S_PATROL_CALLS,
)
from sim.model import CorridorModel
from sim.scenario.schema import Scenario, scenario_class
from tests.strategies import MEASURES, POINT, START, TINY, merge

# An action of each kind, with an actor who may do so; strengths and quantities are drawn beside them.
ACTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "departures": ("belarus", {"routes": ["baghdad-minsk"], "weekly": 5}),
    "visas": ("moscow", {"factor": 0.3, "more": 2}),
    "posture": ("libya", {"boats_tolerated": 0.1, "interception": 0.9}),
    "return-offer": ("belarus", {"assisted_return": 0.1, "may_return": 1}),
    "evacuation": ("belarus", {"zones": ["lida"], "share": 0.5}),
    "steering": ("moscow", {"zones": {"lida": 3}, "weakest": 2}),
    "pulse": ("moscow", {"intensity": 3, "pulse_days": 4, "pause_days": 3}),
    "stop": ("belarus", {"days": 3, "evacuation": 0.3}),
    "redeployment": ("poland", {"sections": ["kuznica"], "share": 0.7}),
    "mutual-aid": ("poland", {"agency": "lithuania", "officers": 15}),
    "frontex-request": ("lithuania", {"officers": 8}),
    "turn-back": ("lithuania", {"share": 1}),
    "crossing-closure": ("poland", {"points": ["terespol"]}),
}
DAY = st.integers(0, 40)


@st.composite
def triggers(draw: st.DrawFn, measures: list[str], others: list[str]) -> dict[str, Any]:
    """A trigger of any kind; of another reaction only if there are some."""
    kinds = [
        "route",
        "agency",
        "pressure",
        "flow",
        *(["measure"] if measures else []),
        *(["reaction"] if others else []),
    ]
    kind = draw(st.sampled_from(kinds))
    if kind == "measure":
        phase = draw(st.sampled_from(["announced", "in-force"]))
        return {"kind": kind, "measure": draw(st.sampled_from(measures)), "phase": phase}
    if kind == "reaction":
        return {"kind": kind, "reaction": draw(st.sampled_from(others))}
    if kind == "route":
        routes = draw(st.lists(st.sampled_from(sorted(TINY["routes"])), min_size=1, max_size=2, unique=True))
        state = draw(st.sampled_from(["banned", "emptied"]))
        return {"kind": kind, "routes": routes, "state": state, "days": draw(st.integers(1, 9))}
    if kind == "agency":
        does = draw(st.sampled_from(["reinforces", "turns-back", "closes"]))
        return {"kind": kind, "agency": draw(st.sampled_from(["poland", "lithuania"])), "does": does}
    side, value = draw(st.sampled_from(["above", "below"])), draw(st.sampled_from([0.05, 0.3, 1, 4, 12]))
    found = {"kind": kind, side: value, "days": draw(st.integers(1, 5))}
    if draw(st.booleans()):
        found["release"] = value * (0.5 if side == "above" else 2)
    if kind == "pressure":
        where = draw(st.sampled_from([{}, {"agency": "poland"}, {"sections": ["kuznica", "dieveniskes"]}]))
        return found | where
    of = draw(st.sampled_from(["departures", "boarded", "arrivals", "landed", "attempts", "claims"]))
    return (
        found | {"of": of} | ({} if of in ("attempts", "claims") else {"routes": ["benghazi-minsk", "benghazi-italy"]})
    )


@st.composite
def answering(draw: st.DrawFn, most: int = 6, longest: int = 100) -> Scenario:
    """The tiny scenario with a crossing point, a sponsor that rests, some measures and reactions to them."""
    measures: dict[str, Any] = {}
    kinds = st.lists(st.sampled_from(sorted(MEASURES)), max_size=2)
    for number, kind in enumerate(["carrier-ban", *draw(kinds)]):
        start = START + timedelta(days=draw(DAY))
        end = draw(st.one_of(st.none(), st.integers(0, 30)))
        entry = {"kind": kind, "start": start, "announced": start - timedelta(days=draw(st.integers(0, 10)))}
        entry |= {"lag": draw(st.integers(0, 4)), **MEASURES[kind]}
        measures[f"{kind}-{number}"] = entry | ({} if end is None else {"end": start + timedelta(days=end)})
    reactions: dict[str, Any] = {}
    for number in range(draw(st.integers(2, most))):
        kind = draw(st.sampled_from(sorted(ACTIONS)))
        actor, fields = ACTIONS[kind]
        reactions[f"r{number}-{kind}"] = {
            "actor": actor,
            "when": draw(triggers(sorted(measures), sorted(reactions))),
            "after": draw(st.integers(0, 9)),
            "probability": draw(st.sampled_from([0, 0.5, 1, 1, 1])),
            "do": {"kind": kind, **fields},
            "until": draw(st.one_of(st.none(), st.integers(1, 20))),
            "rest": draw(st.integers(1, 9)),
            "strength": draw(st.sampled_from([0, 0.3, 1, 1])),
        }
    changes = merge(POINT, {
        "seed": draw(st.integers(0, 2**40)), "measures": measures, "reactions": reactions,
        "sponsors": {"moscow": {"transit_states": ["belarus", "libya"], "start": START + timedelta(days=3000)}},
    })  # fmt: skip
    return scenario_class()(**merge(TINY, changes) | {"days": draw(st.integers(40, longest))})


def watched(scenario: Scenario) -> tuple[CorridorModel, list[dict[str, Any]]]:
    """Return a model run to its end, and what stood in its agencies' orders on the evening of each day."""
    model, seen = CorridorModel(scenario), []
    while model.running:
        model.step()
        own = model.world.sections
        seen.append({
            name: (float(agency.record["turn_back"]), bool((own["hours"][agency.numbers] <= 0)[
                own["is_point"][agency.numbers] != 0].any()))
            for name, agency in model.agencies.items()
        })  # fmt: skip
    return model, seen


def expected(model: CorridorModel, seen: list[dict[str, Any]]) -> dict[str, list[list[int]]]:
    """Return first day, and first day after, of each time that each reaction should be in force; -1 for no end.

    Plain and slow: day by day, from the definitions in the model's description.
    """
    scenario = model.settings
    now = {name: {"held": False, "row": 0, "rises": 0, "due": None, "since": None, "free": 0, "periods": []}
           for name in sorted(scenario.reactions)}  # fmt: skip
    for day in range(scenario.days):
        yesterday = {name for name, state in now.items() if state["since"] is not None}
        for name, state in now.items():
            reaction: Any = scenario.reactions[name]
            if reaction.strength == 0:
                continue
            before = state["held"]
            state["held"] = _holds(model, seen, reaction.when, day, state, yesterday)
            begins = state["held"] and not before
            if begins:
                state["rises"] += 1
                key = name_key(scenario.seed, "reaction", name)
                lucky = draw(key, stream("reaction"), state["rises"] - 1) < reaction.probability
                if lucky and state["due"] is None and state["since"] is None and day >= state["free"]:
                    state["due"] = day + int(reaction.after)
            to_trigger = reaction.until is None
            if to_trigger and not state["held"]:
                state["due"] = None
            if state["since"] is not None:
                over = not state["held"] if to_trigger else day - state["since"] == int(reaction.until)
                if over:
                    state["periods"][-1][1], state["since"] = day, None
                    state["free"] = day + int(reaction.rest)
            if state["due"] == day:
                state["periods"].append([day, -1])
                state["since"], state["due"] = day, None
    return {name: state["periods"] for name, state in now.items()}


def _holds(
    model: CorridorModel, seen: list[dict[str, Any]], when: Any, day: int, state: dict[str, Any], yesterday: set[str]
) -> bool:
    """Whether a trigger holds on the morning of a day; ``row`` of the state counts days in a row."""
    scenario, world = model.settings, model.world
    if when.kind == "reaction":
        return when.reaction in yesterday
    if when.kind == "measure":
        acts = _acts(model, when.measure, day)
        measure: Any = scenario.measures[when.measure]
        first = ((measure.announced or measure.start) - scenario.start).days
        waits = first <= day < (measure.start - scenario.start).days + int(measure.lag)
        return acts or (when.phase == "announced" and waits)
    if when.kind == "agency":
        if when.does == "reinforces":
            own = model.agencies[when.agency].numbers
            if day < 8:
                return False
            old, new = (world.section_capacity[day - back][own].sum() for back in (8, 1))
            return bool(old > 0 and new >= old * (1 + when.rise))
        turned, closed = seen[day - 1][when.agency] if day else (0.0, False)
        return bool(day and (turned >= when.share if when.does == "turns-back" else closed))
    if when.kind == "route" and when.state == "banned":
        bans = [(name, m) for name, m in scenario.measures.items() if m.kind == "carrier-ban"]
        return any(_acts(model, name, day) and set(ban.closes(scenario)) & set(when.routes) for name, ban in bans)
    if when.kind == "route":
        numbers = [model.names.routes.index(route) for route in when.routes]
        counts = world.route_flows[:day, numbers, R_BOARDED].sum(axis=1)
        return bool(counts.any()) and bool((counts[-when.days :] == 0).all()) and len(counts) >= when.days
    if day < 7:
        return False
    value = _value(model, when, day)
    limit = when.above if when.below is None else when.below
    if state["held"] and when.release is not None:
        limit = when.release
    beyond = value > limit if when.below is None else value < limit
    state["row"] = (state["row"] + 1 if beyond else 0) if not state["held"] else state["row"]
    return beyond if state["held"] else state["row"] >= when.days


def _acts(model: CorridorModel, name: str, day: int) -> bool:
    """Whether a measure is in force on a day."""
    measure: Any = model.settings.measures[name]
    first = (measure.start - model.settings.start).days + int(measure.lag)
    last = (measure.end - model.settings.start).days if measure.end else day
    return name not in model.measures.failed and first <= day <= last


def _value(model: CorridorModel, when: Any, day: int) -> float:
    """What a threshold watches, of the seven days before a day."""
    world, week = model.world, slice(day - 7, day)
    if when.kind == "pressure":
        names, calls = model.names.sections, world.section_flows[week, :, S_PATROL_CALLS].sum(axis=0)
        capacity = world.section_capacity[day - 1]
        if when.agency:
            own = [k for k, name in enumerate(names) if model.settings.sections[name].agency == when.agency]
        else:
            own = [names.index(name) for name in when.sections]
        if not own:
            return float(max(c / 7 / max(k, 1 / 7) for c, k in zip(calls, capacity, strict=True)))
        return float(calls[own].sum() / 7 / max(capacity[own].sum(), 1 / 7))
    if when.of in ("attempts", "claims"):
        flow = S_ATTEMPTS if when.of == "attempts" else S_CLAIMS
        return float(world.section_flows[week, :, flow].sum())
    if when.of in ("departures", "boarded"):
        flow = R_DEPARTURES if when.of == "departures" else R_BOARDED
        return float(world.route_flows[week, [model.names.routes.index(r) for r in when.routes], flow].sum())
    flow = F_ARRIVED if when.of == "arrivals" else F_LANDED
    return float(
        world.pair_flows[week, [k for k, (_, r) in enumerate(model.names.pairs) if r in when.routes], flow].sum()
    )
