"""Quantities, draws and postures against closed forms; YAML as nodes; scenarios as they are written."""

from __future__ import annotations

import math
from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from sim.scenario import draw, nodes
from sim.scenario.by_cohort import misfits, of_cohort
from sim.scenario.csv_files import parse_table, wrong_cells
from sim.scenario.draw import PosturePath, _done, _drawn_by, resolve, uniform
from sim.scenario.entry import _fits, figure, is_uncertain, parse_day
from sim.scenario.errors import ScenarioError
from sim.scenario.fields import root_spot
from sim.scenario.merge import merge as lay_over
from sim.scenario.nodes import Node, collection, from_plain, parse_value, parse_yaml, scalar
from sim.scenario.points import Filling, coordinate_of
from sim.scenario.quantity import Distribution, centre, is_distribution, parse_quantity
from sim.scenario.write import _block, _difference, _founded, _lean, _scalar, _tidy, _until
from tests.strategies import START, tiny_scenario

US = (0.001, 0.05, 0.2, 0.5, 0.7, 0.999)


@pytest.mark.parametrize(
    ("kind", "arguments", "exact", "centre_", "support"),
    [
        ("uniform", (2, 6), stats.uniform(2, 4), 4, (2, 6)),
        ("triangular", (1, 3, 9), stats.triang(0.25, 1, 8), 3, (1, 9)),
        ("normal", (5, 2), stats.norm(5, 2), 5, (-math.inf, math.inf)),
        ("lognormal", (5, 0.4), stats.lognorm(0.4, scale=5), 5, (0, math.inf)),
    ],
)
def test_quantiles_are_those_of_the_distribution(
    kind: str, arguments: tuple[float, ...], exact: Any, centre_: float, support: tuple[float, float]
) -> None:
    found = Distribution(kind, tuple(map(float, arguments)))
    for u in US:
        assert found.quantile(u) == pytest.approx(exact.ppf(u), rel=1e-9)
    assert (found.centre, found.support) == (centre_, support)
    assert found.to_yaml() == {kind: list(arguments)}
    assert (centre(found), centre(7.0)) == (centre_, 7.0)


def test_normal_distributions_are_truncated_to_the_range() -> None:
    normal, log = Distribution("normal", (5.0, 2.0)), Distribution("lognormal", (5.0, 0.4))
    for u in US:
        assert normal.quantile(u, 4.0, 8.0) == pytest.approx(stats.truncnorm(-0.5, 1.5, 5, 2).ppf(u), rel=1e-9)
        cut = stats.truncnorm(math.log(3 / 5) / 0.4, math.log(9 / 5) / 0.4, math.log(5), 0.4)
        assert log.quantile(u, 3.0, 9.0) == pytest.approx(math.exp(cut.ppf(u)), rel=1e-9)
        assert log.quantile(u, 0.0, math.inf) == pytest.approx(log.quantile(u))
    assert normal.quantile(0.999, 0, 5) <= 5


def test_lists_have_each_value_alike() -> None:
    choice, joint = Distribution("choice", (7.0, 1.0, 3.0)), Distribution("joint", (7.0, 1.0, 3.0))
    at = (0.0, 0.33, 0.34, 0.66, 0.67, 1.0)
    assert [choice.quantile(u) for u in at] == [7, 7, 1, 1, 3, 3]
    assert [joint.quantile(u) for u in at] == [1, 1, 3, 3, 7, 7]
    assert (choice.centre, joint.centre) == (3, 7)
    assert Distribution("choice", (1.0, 2.0, 3.0, 4.0)).centre == 2
    assert choice.support == joint.support == (1, 7)
    point = Distribution("triangular", (2.0, 2.0, 2.0))
    assert point.quantile(0.3) == 2


@pytest.mark.parametrize(
    ("kind", "arguments", "text"),
    [
        ("choice", (), "choice needs at least one value"),
        ("uniform", (1.0,), "uniform needs [low, high], found 1 numbers"),
        ("uniform", (2.0, 1.0), "uniform [low, high] must not fall, found [2.0, 1.0]"),
        ("triangular", (1.0, 3.0, 2.0), "triangular [low, mode, high] must not fall, found [1.0, 3.0, 2.0]"),
        ("normal", (1.0, 0.0), "sd of normal must be above 0, found 0.0"),
        ("lognormal", (1.0, -1.0), "sigma of lognormal must be above 0, found -1.0"),
        ("lognormal", (0.0, 1.0), "median of lognormal must be above 0, found 0.0"),
    ],
)
def test_arguments_that_are_none_are_refused(kind: str, arguments: tuple[float, ...], text: str) -> None:
    with pytest.raises(ValueError) as caught:
        Distribution(kind, arguments)
    assert str(caught.value) == text


def test_equal_ends_and_small_spreads_are_allowed() -> None:
    assert Distribution("uniform", (1.0, 1.0)).quantile(0.5) == 1
    assert Distribution("normal", (-1.0, 1e-9)).centre == -1
    assert parse_quantity({"uniform": [1, 2]}) == Distribution("uniform", (1.0, 2.0))
    assert (parse_quantity(3), type(parse_quantity(3))) == (3.0, float)
    for wrong in (True, "3", None, float("nan"), float("inf"), 10**301, {"unifrm": [1, 2]}, {"uniform": 3}, {}, [1],
                  {"uniform": [1, 2], "choice": [1]}, {"uniform": [1, True]}):  # fmt: skip
        with pytest.raises(ValueError, match=r"found|needs"):
            parse_quantity(wrong)
    assert parse_quantity(10**300) == 1e300
    kinds = [is_distribution(value) for value in ({"uniform": 1}, {"x": 1}, {}, {"uniform": 1, "x": 1}, 3, [1])]
    assert kinds == [True, False, False, False, False, False]


def test_a_value_fits_its_range_with_both_ends() -> None:
    assert [_fits(value, 1, 3) for value in (0.9, 1, 3, 3.1)] == [False, True, True, False]
    for arguments, fits in (((1.0, 3.0), True), ((0.9, 3.0), False), ((1.0, 3.1), False)):
        assert _fits(Distribution("uniform", arguments), 1, 3) is fits
    for mean, fits in ((0.9, False), (1.0, True), (3.0, True), (3.1, False)):
        assert _fits(Distribution("normal", (mean, 9.0)), 1, 3) is fits
    assert [figure(value) for value in (1e6, 0.05, -2.0)] == ["1,000,000", "0.05", "-2"]
    for year, allowed in ((1989, False), (1990, True), (2100, True), (2101, False)):
        if allowed:
            assert parse_day(f"{year}-05-06") == parse_day(date(year, 5, 6)) == date(year, 5, 6)
        else:
            with pytest.raises(ValueError, match=f"found {year}-05-06; dates of the years 1990 to 2100 are allowed"):
                parse_day(f"{year}-05-06")
    assert is_uncertain(tiny_scenario({"behaviour": {"retry": {"uniform": [1, 2]}}}))
    assert is_uncertain(tiny_scenario({"behaviour": {"retry": {"iraqis": {"uniform": [1, 2]}, "others": 3}}}))
    assert not is_uncertain(tiny_scenario())


def test_quantities_by_cohort_are_those_of_the_others_where_none_is_named() -> None:
    parts = {"a": 1.0, "others": 2.0}
    assert [of_cohort(parts, name) for name in ("a", "b")] == [1, 2]
    assert (of_cohort(3.0, "a"), of_cohort({"a": 1.0}, "b")) == (3, None)
    many = [f"c{k}" for k in range(7)]
    (missing,) = misfits({"c0": 1.0}, many)
    assert missing == ((), "found no value for 'c1', 'c2', 'c3', 'c4', 'c5', ...; needed: one for each cohort, or "
                           "'others' for all that are not named")  # fmt: skip
    (missing,) = misfits({"c0": 1.0}, many[:6])
    assert "'c5'; needed" in missing[1]
    assert list(misfits(parts, ["a", "b"])) == list(misfits(3.0, many)) == []


def test_draws_are_uniform_keyed_and_joint_ones_together() -> None:
    found = np.array([uniform(seed, "x") for seed in range(4000)])
    assert stats.kstest(found, "uniform").pvalue > 0.01
    assert uniform(1, "x") == uniform(1, "x") != uniform(1, "y")
    spread = {"retry": {"joint": [3, 5, 9]}, "patience": {"joint": [30, 50, 90]}, "giving_up": {"choice": [0.1, 0.2]}}
    scenario = tiny_scenario({"behaviour": spread})
    pairs = set()
    for seed in range(40):
        one = resolve(scenario, seed).behaviour
        pairs.add((one.retry, one.patience))
        assert one.giving_up == (0.1 if uniform(seed, "behaviour.giving_up") < 0.5 else 0.2)
    assert pairs == {(3, 30), (5, 50), (9, 90)}
    assert _drawn_by("behaviour.retry.others") == "behaviour.retry"
    assert _drawn_by("behaviour.retry.iraqis") == "behaviour.retry.iraqis"
    assert _drawn_by("transit_states.others.visas") == "transit_states.others.visas"
    values = draw.drawn_values(scenario)
    assert values == {"behaviour.retry": 3, "behaviour.patience": 30, "behaviour.giving_up": 0.1}
    off = tiny_scenario({}, answers=False)
    assert resolve(off).reactions == {}


PROCESS = {"facilitation": 0.6, "facilitation_sd": 0.5, "inflow_sd": 0.4, "steering_sd": 0.3, "steering": {"z": 1.5},
           "memory": 3.0, "off_begins": 0.0, "off_months": 4.0, "off_days": 4.0}  # fmt: skip
JAN, MARCH = date(2024, 1, 10), date(2024, 3, 20)


def path_of(seed: int | None = None, **changes: Any) -> PosturePath:
    return PosturePath("k", SimpleNamespace(**PROCESS | changes), seed, JAN, MARCH)


def test_a_posture_at_its_mean_is_as_it_is_given() -> None:
    path = path_of()
    assert path.facilitation() == {JAN: 0.6}
    assert path.steering("z") == {JAN: 1.5}
    assert path.steering("y") == {JAN: 0.0}
    feb = date(2024, 2, 5)
    assert path.visas({}) == {}
    assert path.visas({date(2023, 1, 1): 5.0, feb: 7.0, date(2024, 9, 9): 1.0}) == {JAN: 5.0, feb: 7.0}
    assert path.visas({feb: 7.0}) == {JAN: 0.0, feb: 7.0}


def test_deviations_are_the_weighted_sum_of_the_latest_shocks() -> None:
    path = path_of(5)
    back = 22
    weights = np.exp(-np.arange(back) / 3.0)
    first = 2024 * 12
    expected = []
    for month in range(first, first + 3):
        shocks = [stats.norm.ppf(uniform(5, f"k.x:{month - k}")) for k in range(back)]
        expected.append(0.5 / math.sqrt((weights**2).sum()) * (weights * shocks).sum())
    assert path._deviations("x", 0.5) == pytest.approx(expected)
    assert path._deviations("x", 0.0) == [0, 0, 0]
    days = [JAN, date(2024, 2, 1), date(2024, 3, 1)]
    own = path._deviations("facilitation", 0.5)
    logit = math.log(0.6 / 0.4)
    assert path.facilitation() == pytest.approx(
        dict(zip(days, [1 / (1 + math.exp(-logit - x)) for x in own], strict=True))
    )
    inflow = path._deviations("inflow", 0.4)
    assert path.visas({date(2023, 1, 1): 10.0}) == pytest.approx(
        dict(zip(days, [10 * math.exp(x) for x in inflow], strict=True))
    )
    steered = path._deviations("steering.z", 0.3)
    assert path.steering("z") == pytest.approx(dict(zip(days, [1.5 + x for x in steered], strict=True)))


def test_a_state_turns_off_and_on_in_some_days() -> None:
    path = path_of(None)
    since, until = date(2024, 2, 10), date(2024, 3, 5)
    path.regimes = [(since.toordinal(), until.toordinal())]
    found = {day.isoformat()[5:]: share / 0.6 for day, share in path.facilitation().items()}
    assert found == pytest.approx({
        "01-10": 1, "02-10": 0.75, "02-11": 0.5, "02-12": 0.25, "02-13": 0, "03-05": 0.25, "03-06": 0.5, "03-07": 0.75,
        "03-08": 1,
    })  # fmt: skip
    assert [_done(day, 4.0) for day in (-2, -1, 0, 3, 4)] == [0, 0, 0.25, 1, 1]
    days = {day.isoformat()[5:]: visas for day, visas in path.visas({date(2023, 1, 1): 8.0}).items()}
    assert days["02-11"] == pytest.approx(4)


def test_regimes_begin_and_end_by_the_draw_of_each_month(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: dict[str, float] = {}
    monkeypatch.setattr(draw, "uniform", lambda seed, key: drawn.get(key, 0.5))
    month, chances = 2024 * 12, {"off_begins": 0.2, "off_months": 4.0}
    assert path_of(1, **chances).regimes == []
    drawn |= {f"k.off:{month + 1}": 0.1, f"k.off:{month + 2}": 0.8, f"k.day:{month + 1}": 0.5}
    begun, ended = date(2024, 2, 15), date(2024, 3, 15)
    assert path_of(1, **chances).regimes == [(begun.toordinal(), ended.toordinal())]
    drawn[f"k.off:{month + 2}"] = 0.75
    assert path_of(1, **chances).regimes == [(begun.toordinal(), date(2024, 5, 15).toordinal())]
    drawn[f"k.off:{month + 1}"] = 0.2
    assert path_of(1, **chances).regimes == []
    drawn[f"k.off:{month - 120}"] = 0.4
    (always,) = path_of(1, **chances).regimes
    assert always == (date(2014, 1, 15).toordinal(), date(2024, 5, 15).toordinal())
    drawn[f"k.off:{month - 2}"] = 0.9
    assert path_of(1, **chances).regimes == [], "it ended before the run"
    drawn[f"k.off:{month - 2}"], drawn[f"k.off:{month}"] = 0.5, 0.9
    assert len(path_of(1, **chances).regimes) == 1
    assert path_of(1, off_begins=0.0).regimes == []


def test_the_values_of_yaml_are_those_of_version_1_2() -> None:
    expected: dict[str, Any] = {
        "NO": "NO", "yes": "yes", "true": True, "Null": None, "~": None, "": None, "12": 12, "+3": 3, "-0o7": "-0o7",
        "0o17": 15, "0x1F": 31, "1e3": 1000.0, ".5": 0.5, "1.": 1.0, "2021-08-03": date(2021, 8, 3),
        "2021-02-30": "2021-02-30", ".inf": math.inf, "1_000": "1_000", "007": 7,
    }  # fmt: skip
    assert {text: scalar(text) for text in expected} == expected
    assert scalar("9" * 30) == int("9" * 30)
    assert isinstance(scalar("9" * 30), int)
    assert scalar("9" * 31) == 1e31
    assert scalar("-" + "9" * 31) == "-" + "9" * 31


def test_nodes_know_their_line_and_size() -> None:
    root = parse_yaml("a: &x\n  b: 1\n  c: [1, 'no', {d: 2021-08-03}]\ne: *x\n", "f")
    assert root.plain() == {
        "a": {"b": 1, "c": [1, "no", {"d": date(2021, 8, 3)}]},
        "e": {"b": 1, "c": [1, "no", {"d": date(2021, 8, 3)}]},
    }
    lines = {
        path: root.at(path).line for path in (("a",), ("a", "b"), ("a", "c"), ("a", "c", 2, "d"), ("e",), ("e", "b"))
    }
    assert lines == {("a",): 1, ("a", "b"): 2, ("a", "c"): 3, ("a", "c", 2, "d"): 3, ("e",): 4, ("e", "b"): 2}
    assert root.at(("a", "c", 5)).line == root.at(("a", "c", -1)).line == 3
    assert root.at(("a", "b", "x")).value == 1
    assert (root.size, root.depth) == (15, 5)
    assert (root.at(("a",)).size, root.at(("a",)).depth) == (7, 4)
    assert parse_value("{uniform: [1, 2]}", "f") == {"uniform": [1, 2]}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "the file is empty; needed: a mapping of names to values"), ("# x\n", 1, "the file is empty; "),
        ("\n- 1\n", 2, "found [1]; needed: a mapping of names to values"),
        ("a: 1\na: 2\n", 2, "found the key 'a' twice, first in line 1; each key once is allowed"),
        ("a: 1\n---\nb: 2\n", 2, "a second document begins; one scenario a file is allowed"),
        ("a: !!int 3\n", 1, "found the tag "), ("a: *x\n", 1, "found the alias *x; allowed: none, as no anchor is "),
        ("b: &y 1\na: *x\n", 2, "found the alias *x; allowed: y"),
        ("\n? [1]\n: 2\n", 2, "found a collection or alias as a key; keys are words or dates"),
        ("b: &y c\n? *y\n: 2\n", 2, "found a collection or alias as a key; "), ("a: 1\nb: [\n", 3, "not YAML: "),
    ],
)  # fmt: skip
def test_yaml_that_no_scenario_has_is_refused_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_yaml(text, "f")
    assert str(caught.value).startswith(f"f:{line}: {words}")


def test_nodes_are_neither_too_deep_nor_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    def deep(levels: int) -> Any:
        return [deep(levels - 1)] if levels else 1

    assert from_plain(deep(49)).depth == 50
    with pytest.raises(ScenarioError, match="nested too deeply; allowed: 50 levels"):
        from_plain(deep(50))
    assert parse_yaml(f"a: {'[' * 48}1{']' * 48}\n", "f").depth == 50
    with pytest.raises(ScenarioError, match="f:1: nested too deeply; allowed: 50 levels"):
        parse_yaml(f"a: {'[' * 50}1{']' * 50}\n", "f")
    monkeypatch.setattr(nodes, "MAX_NODES", 4)
    assert from_plain([1, 2, 3]).size == 4
    with pytest.raises(ScenarioError, match="too large: more than 4 values with aliases written out"):
        collection([Node(1)] * 4, "f", 1)


def test_a_file_laid_over_another_merges_names_and_replaces_values() -> None:
    def over(base: Any, more: Any) -> Any:
        return lay_over(from_plain(base), from_plain(more)).plain()

    base = {
        "behaviour": {"retry": 3, "price": {"uniform": [1, 2]}},
        "measures": {"x": {"kind": "fence", "start": START}},
    }
    assert over(base, {"behaviour": {"retry": {"a": 1}}, "days": 5}) == {
        "behaviour": {"retry": {"a": 1}, "price": {"uniform": [1, 2]}}, "measures": base["measures"], "days": 5,
    }  # fmt: skip
    assert over(base, {"behaviour": {"price": {"choice": [1]}}})["behaviour"]["price"] == {"choice": [1]}
    assert over(base, {"measures": {"x": {"kind": "posture"}}})["measures"]["x"] == {"kind": "posture"}
    assert over(base, {"measures": {"x": {"kind": "fence", "lag": 1}}})["measures"]["x"]["start"] == START
    assert over(base, {"measures": {"x": None}})["measures"] == {}
    assert over(base, {"measures": {"y": None}})["measures"]["y"] is None
    assert over(base, {"behaviour": {"retry": None}})["behaviour"]["retry"] is None
    assert over({"behaviour": {"retry": {"a": 1, "b": 2}}}, {"behaviour": {"retry": {"a": None}}}) == {
        "behaviour": {"retry": {"b": 2}}
    }  # fmt: skip


def test_scenarios_are_written_short_and_with_what_differs() -> None:
    content = {"a": 1.0, "b": {"uniform": [1.5, 2.0]}, "c": {"d": True, "e": {}}, "f": [1e15, "x y"], "g": None,
               "h": "no: 1", date(2021, 8, 3): "true", "i": "\\u202eü", "j": 1e-3}  # fmt: skip
    assert "".join(_block(_tidy(content), 2)) == (
        "  a: 1\n  b: {uniform: [1.5, 2]}\n  c:\n    d: true\n    e: {}\n  f: [1000000000000000.0, x y]\n  g: null\n"
        '  h: "no: 1"\n  2021-08-03: "true"\n  i: "\\\\u202eü"\n  j: 0.001\n'
    )
    assert [_scalar(value) for value in ("a", "NO", "12", "null", "a-b_c/d.e(f)", "-x", "\u202e")] == [
        "a", "NO", '"12"', '"null"', "a-b_c/d.e(f)", '"-x"', '"\\U0000202e"',
    ]  # fmt: skip
    last = date(2021, 8, 3)
    assert _until(last, {"a": {last: 1, date(2021, 8, 4): 2}, "b": [3]}) == {"a": {last: 1}, "b": [3]}
    triggers = {"a": {"measure": "m"}, "b": {"measure": "x"}, "c": {"reaction": "b"}, "d": {"reaction": "a"}, "e": {}}
    reactions = {name: {"when": when} for name, when in triggers.items()}
    assert list(_founded(reactions, {"m": 1})) == ["a", "d", "e"]
    old, new = tiny_scenario(), tiny_scenario({"behaviour": {"retry": 9}, "zones": {"lida": None}}, days=99)
    found = _difference(old.model_dump(), new.model_dump(), root_spot())
    assert found == {"days": 99, "behaviour": {"retry": 9.0}, "zones": {"lida": None}}
    assert _difference(new.model_dump(), old.model_dump(), root_spot())["zones"] == {
        "lida": {"transit_state": "belarus", "capacity": 20, "sections": {"dieveniskes": 0.3, "narewka": -1.0}}
    }
    assert _lean({"a": 1}, None) == {"a": 1}
    assert _difference({"a": 1, "b": 2}, {"a": 3}, None) == {"a": 3}, "where users choose no names nothing is taken out"


def test_points_set_numbers_at_paths_that_do_not_overlap() -> None:
    one = coordinate_of(tiny_scenario(), "frontex.officers")
    assert (one.whole, one.typed(2.6), one.typed(2.4)) == (True, 3, 2)
    assert coordinate_of(tiny_scenario(), "behaviour.retry").typed(2.6) == 2.6
    with pytest.raises(ScenarioError) as caught:
        coordinate_of(tiny_scenario(), "frontex.lagg")
    assert str(caught.value) == (
        "found 'frontex.lagg', which is no parameter of 'tiny'; allowed: frontex.lag (did you mean 'frontex.lag'?)"
    )
    for first, second in (("behaviour.retry", "behaviour.retry.iraqis"), ("behaviour.retry.iraqis", "behaviour.retry")):
        with pytest.raises(
            ScenarioError, match=f"found '{second}' and '{first}', which set the same; allowed: one of them"
        ):
            Filling(tiny_scenario(), (first, second), (3.0, 4.0))
    with pytest.raises(ScenarioError, match=r"found 'behaviour\.retry' and 'behaviour\.retry', which set the same"):
        Filling(tiny_scenario(), ("behaviour.retry", "behaviour.retry"), (3.0, 4.0))
    found, values = Filling(tiny_scenario(), ("behaviour.retry",), (3.0,)).at((365.0,))
    assert (found.behaviour.retry, values) == (365, {"behaviour.retry": 365.0})


def test_a_table_beside_a_scenario_has_its_columns_once() -> None:
    assert parse_table("b,a\n1,2\n", "f", ("a", "b")).header == ["b", "a"]
    assert parse_table("b;a;c\n1;2;3\n", "f", ("a", "b"), ("c",)).delimiter == "semicolon"
    for text, words in (
        ("a,b,d\n", "f:1: unknown column 'd' (read with the delimiter comma); allowed: a, b, c"),
        ("a\n", "f:1: found the columns a (read with the delimiter comma); needed: a,b, each once; allowed too: c"),
        (
            "a,b,a\n",
            "f:1: found the columns a, b, a (read with the delimiter comma); needed: a,b, each once; allowed too: c",
        ),
        ("", "f:1: found the columns none (read with the delimiter comma); needed: a,b, each once; allowed too: c"),
    ):
        with pytest.raises(ScenarioError) as caught:
            parse_table(text, "f", ("a", "b"), ("c",))
        assert str(caught.value) == words
    table = parse_table("a,b\n1,2\n", "f", ("a", "b"))
    assert wrong_cells(table, ["1", "2"]) == ""
    assert wrong_cells(table, ["1"]) == "found 1 cells; allowed: 2 (a,b; the delimiter is comma)"
