"""Links lead back to the state that they were made from, or say what is not allowed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario import ScenarioError, to_yaml
from sim.view.comparison import SCREEN, Asked
from sim.view.session import Session
from sim.view.state.link import compared, explains, link_of, restore, windows_of
from tests.strategies import START, tiny_scenario


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("link") / "tiny.yaml"
    path.write_text(to_yaml(tiny_scenario()), encoding="utf-8")
    return str(path)


@given(
    share=st.floats(0, 1),
    visas=st.floats(0, 5000),
    days=st.tuples(*[st.integers(0, 100)] * 3),
    seed=st.none() | st.integers(0, 2**63 - 1),
    ban=st.booleans(),
)
def test_a_link_leads_to_the_same_state(
    file: str, share: float, visas: float, days: tuple[int, ...], seed: int | None, ban: bool
) -> None:
    session = Session(file)
    if seed is not None:
        session.set_seed(seed)
    session.set_lever("facilitation.belarus", share, day=days[0])
    session.set_lever("visas.belarus", visas, day=days[1])
    session.set_ban(["baghdad-minsk"] if ban else [], days[2])
    other = Session("benghazi-surge")
    other.start = file
    assert restore(other, link_of(session, 33)) == 33
    assert (other.name, other.seed, other.choices) == (session.name, session.seed, session.choices)
    assert other.scenario == session.scenario
    assert link_of(other, 33) == link_of(session, 33)


def test_a_link_says_what_is_compared() -> None:
    session = Session("benghazi-surge")
    query = f"scenario=carrier-ban&day=9&page=Compare&compare=benghazi-hubs&compare={SCREEN}&replicates=4&arms=one"
    assert restore(session, query) == 9
    assert compared(session, query) == Asked(("benghazi-hubs", SCREEN), 4, arms=False)
    assert compared(session, query.removesuffix("&arms=one")) == Asked(("benghazi-hubs", SCREEN), 4)
    assert compared(session, f"{query}&ran=yes") == Asked(("benghazi-hubs", SCREEN), 4, arms=False, ran=True)
    assert compared(session, "scenario=carrier-ban&day=9") is None
    with pytest.raises(ValueError, match="not offered"):
        compared(session, "page=Compare&compare=../x.yaml&compare=carrier-ban")


def test_only_windows_have_to_be_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    window = tiny_scenario(start=START + timedelta(days=40), days=20, begins=tiny_scenario())
    Path("window.yaml").write_text(to_yaml(window), encoding="utf-8")
    Path("plain.yaml").write_text(to_yaml(tiny_scenario()), encoding="utf-8")
    assert windows_of("plain.yaml", "") == windows_of("plain.yaml", "scenario=plain.yaml&seed=3") == []
    [found] = windows_of("plain.yaml", "scenario=window.yaml&seed=3&day=9")
    assert (found.start, found.seed) == (window.start, 3)
    assert [one.seed for one in windows_of("window.yaml", "seed=3")] == [window.seed, 3]
    for wrong in ("scenario=../x.yaml", "scenario=window.yaml&seed=x", "scenario=window.yaml&" + "x" * 20_000):
        assert windows_of("plain.yaml", wrong) == []


def test_what_is_not_changed_is_not_in_the_link() -> None:
    session = Session("benghazi-surge")
    assert link_of(session, 5) == "scenario=benghazi-surge&day=5"
    session.set_measure("buffer-zone-poland", False)
    assert link_of(session, 5) == "scenario=benghazi-surge&off=buffer-zone-poland&day=5"
    session.take("point-3", session.base)
    assert link_of(session, 5) == ""
    assert restore(Session("benghazi-surge"), "") is None


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("scenario=../../etc/passwd", "not offered"),
        ("scenario=carrier-ban&facilitation.belarus=7@2025-06-01", "700 %; allowed: 0 to 100 %"),
        ("facilitation.belarus=nan@2025-06-01", "nan %; allowed: 0 to 100 %"),
        ("facilitation.belarus=x@2025-06-01", "allowed: a number"),
        ("facilitation.belarus=0.5", "allowed: such as 0.5@2025-01-01"),
        ("facilitation.belarus=0.5@2031-01-01", "allowed: 2025-01-01 to"),
        ("weekly.mars=1@2025-06-01", "no lever"),
        ("ban=mars@2025-06-01", "mars"),
        ("seed=-4", "seed"),
        ("seed=x", "whole number"),
        ("day=x", "whole number"),
        ("day=" + "1" * 20_000, "signs"),
    ],
)
def test_a_wrong_link_says_so_and_changes_nothing(query: str, message: str) -> None:
    session = Session("benghazi-surge")
    with pytest.raises((ScenarioError, ValueError), match=message):
        restore(session, query)
    assert (session.name, session.seed, session.choices.empty) == ("benghazi-surge", None, True)


def test_a_day_beyond_the_run_is_its_last(file: str) -> None:
    session = Session(file)
    assert restore(session, "day=999999") == session.base.days
    assert restore(session, "day=-3") == 0


def test_the_page_that_explains_a_run_has_an_address_beside_that_of_what_is_compared() -> None:
    assert explains("scenario=minsk-2021&day=3&page=Why")
    assert explains("page=Compare&compare=minsk-2021&compare=visa-stop&page=Why")  # the last one counts
    assert not explains("scenario=minsk-2021&day=3")
