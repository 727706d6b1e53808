"""A session's state as the query of the page's address, and back: reload and another browser show the same.

``scenario=carrier-ban&seed=7&weekly.benghazi-minsk=20@2025-06-15&ban=benghazi-minsk@2025-10-15&day=200``. A lever has a
dot in its name, and its value the day from which it applies. What is not changed is left out. What is compared
follows as ``page=Compare&compare=benghazi-surge&compare=carrier-ban&replicates=20&arms=both``; the page writes it, with
``ran=yes`` if it was started, and not only chosen: then it is run again. ``page=Why`` opens the page that explains a
run.
"""

from __future__ import annotations

from datetime import date
from urllib.parse import parse_qsl, urlencode

from sim.scenario import Scenario, ScenarioError
from sim.scenario.entry import parse_day
from sim.view.comparison import REPLICATES, SCREEN, Asked
from sim.view.levers import Ban, Choices, Setting
from sim.view.session import Session, loaded, offered
from sim.view.state.window import is_begun

LONGEST = 16_000  # signs of a query


def link_of(session: Session, day: int) -> str:
    """Return the query that leads to what is on screen; empty for a scenario that only this session has."""
    if not session.known:
        return ""
    choices = session.choices
    parts: list[tuple[str, str]] = [("scenario", session.name)]
    if session.seed is not None:
        parts.append(("seed", str(session.seed)))
    parts += [(name, f"{value!r}@{since}") for name, (value, since) in sorted(choices.values.items())]
    if choices.ban:
        parts.append(("ban", f"{','.join(choices.ban.routes)}@{choices.ban.start}"))
    for key, names in (("off", choices.off), ("unanswered", choices.unanswered)):
        if names:
            parts.append((key, ",".join(sorted(names))))
    return urlencode([*parts, ("day", str(day))], safe="@,:/")


def windows_of(start: str, query: str) -> list[Scenario]:
    """Return the scenarios of a query that cannot be opened before the run is done from which they begin.

    Those are the one with which the view was started, which a session opens first, and the one that the link leads to.
    If something in the link is not allowed, none: it is told by `restore`.
    """
    asked = dict(parse_qsl(query)) if len(query) <= LONGEST else {}
    name, on = asked.get("scenario", start), offered(start)
    try:
        found = [loaded(start)] if start in on else []
        if name in on and {"scenario", "seed"} & set(asked):
            found.append(loaded(name, _seed(asked.get("seed"))))
    except (ScenarioError, ValueError):
        return []
    return [scenario for scenario in found if scenario.begins is not None and not is_begun(scenario)]


def restore(session: Session, query: str) -> int | None:
    """Bring a session to the state of a query; returns its day, None if it has none.

    Raises:
        ScenarioError, ValueError: If something in it is not allowed; the session is as before.
    """
    if len(query) > LONGEST:
        raise ScenarioError(f"found a link of {len(query):,} signs; allowed: {LONGEST:,}")
    asked = dict(parse_qsl(query))
    before = (session.name, session.seed)
    try:
        session.open(asked.get("scenario", session.name), _seed(asked.get("seed")))
        session.choose(_choices(asked, session))
    except (ScenarioError, ValueError):
        session.open(*before)
        raise
    return None if "day" not in asked else min(max(_whole("day", asked["day"]), 0), session.base.days)


def explains(query: str) -> bool:
    """Return whether a query leads to the page that explains a run."""
    return dict(parse_qsl(query)).get("page") == "Why"


def compared(session: Session, query: str) -> Asked | None:
    """Return what the comparison of a query is of; None if it leads to another page.

    Raises:
        ScenarioError, ValueError: If something in it is not allowed.
    """
    pairs = parse_qsl(query)
    asked = dict(pairs)
    names = tuple(value for key, value in pairs if key == "compare")
    if asked.get("page") != "Compare" or len(names) < 2:
        return None
    for name in names:
        if name != SCREEN:
            session.offer(name)
    replicates = _whole("replicates", asked.get("replicates", str(REPLICATES)))
    return Asked(names, replicates, asked.get("arms") != "one", asked.get("ran") == "yes")


def _choices(asked: dict[str, str], session: Session) -> Choices:
    values = {}
    for name, text in asked.items():
        if "." in name:
            value, day = _at(name, text, session)
            values[name] = Setting(_number(name, value), day)
    ban = None
    if "ban" in asked:
        routes, day = _at("ban", asked["ban"], session)
        ban = Ban(tuple(sorted(routes.split(","))), day)
    off, unanswered = (frozenset(filter(None, asked.get(key, "").split(","))) for key in ("off", "unanswered"))
    return Choices(values, ban, off & set(session.base.measures), unanswered & set(session.base.reactions))


def _at(name: str, text: str, session: Session) -> tuple[str, date]:
    what, _, day = text.rpartition("@")
    try:
        found: date = parse_day(day)
    except ValueError:
        raise ScenarioError(f"{name}: found {text!r} in the link; allowed: such as 0.5@{session.base.start}") from None
    if not session.base.start <= found <= session.base.end:
        raise ScenarioError(
            f"{name}: found the day {found} in the link; allowed: {session.base.start} to {session.base.end}"
        )
    return what, found


def _seed(text: str | None) -> int | None:
    return None if text is None else _whole("seed", text)


def _whole(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ScenarioError(f"{name}: found {text!r} in the link; allowed: a whole number") from None


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ScenarioError(f"{name}: found {text!r} in the link; allowed: a number") from None
