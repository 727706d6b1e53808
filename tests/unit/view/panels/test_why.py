"""Why the flow is what it is: each route by step, with the difference that the changes make."""

from __future__ import annotations

from sim.studies.limits.observed import TITLES
from sim.view.panels.why import AFTER, BEFORE, Why, explained
from sim.view.session import Session
from tests.strategies import tiny_scenario


def test_a_changed_run_is_explained_beside_the_unchanged_one() -> None:
    session = Session("benghazi-surge")
    session.take("tiny", tiny_scenario(days=60))
    why = Why(session)
    assert why.stale
    session.set_lever("visas.belarus", 0)
    seen: list[tuple[int, int]] = []
    found = explained(session.scenario, session.base, lambda *progress: seen.append(progress))
    assert seen[-1][0] == seen[-1][1] > 2
    assert found["steps"]
    for entry in found["steps"]:
        assert " to " in entry["title"]
        assert AFTER in entry["table"]["title"]
        labels = [line["label"] for line in entry["table"]["lines"]]
        assert labels == [title for title in TITLES.values() if title in labels]
        assert {"can pay", "boarded", "in"} <= set(labels)
    assert all(BEFORE in table["columns"] for table in found["differences"])
