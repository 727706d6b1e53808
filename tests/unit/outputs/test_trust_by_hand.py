"""Trust marks of a scenario with two agencies, from facts made by hand: every mark, word and sentence."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from sim.outputs.trust import (
    ASSUMED,
    BACK_TESTED,
    FITTED,
    Trust,
    back_tested,
    digest_of,
    forecast_sentence,
    joint_digests,
    score_words,
)
from sim.scenario.paths import apply_overrides
from tests.strategies import tiny_scenario

SCENARIO = tiny_scenario({"behaviour": {"retry": {"joint": [3.0, 4.0]}, "patience": {"joint": [50.0, 60.0]}}})
PATHS = ("behaviour.patience", "behaviour.retry")
SCORE = {"forecasts": 1, "within90": 0.875, "crps": 1234.4, "other_crps": 12.6, "other": "drift"}
WORDS = "1 forecast, 88% within their 90 % intervals, CRPS 1,234 against 13 of the best other method, drift"
WHY = "fitted to 3 figures of 2025-01 to 2025-03 (mine), 2 of them in the fit's 90 % interval"


def fitted(name: str, output: str, figures: int = 3) -> dict[str, Any]:
    return {"name": name, "output": output, "figures": figures, "within90": 2, "first": "2025-01-01",
            "last": "2025-03-31"}  # fmt: skip


def facts(*rows: dict[str, Any], scored: tuple[tuple[str, str], ...] = (), other_model: bool = False) -> dict[str, Any]:
    digests = joint_digests(SCENARIO)
    paths = {
        path: {"digest": digests[path], "learnt": str(share)} for path, share in zip(PATHS, (0.25, 0.5), strict=True)
    }
    test = {"experiment": "mine", "other_model": other_model,
            "scored": [{"name": name, "output": output, **SCORE} for name, output in scored]}  # fmt: skip
    elsewhere = {
        "experiment": "theirs",
        "other_model": False,
        "scored": [{"name": "latvia", "output": "deaths", **SCORE}],
    }
    other = {"paths": {PATHS[0]: {"digest": digests[PATHS[0]], "learnt": 1}, "days": {"digest": "x", "learnt": 1}},
             "fitted": [fitted("poland", "deaths")]}  # fmt: skip
    return {"posteriors": {"other": other, "mine": {"paths": paths, "fitted": list(rows)}},
            "back_tests": {"a": elsewhere, "b": test}}  # fmt: skip


BOTH = (fitted("poland", "attempts"), fitted("lithuania", "attempts", 1), fitted("poland", "deaths"))


def test_the_posterior_is_the_one_with_which_most_paths_agree() -> None:
    trust = Trust(SCENARIO, facts(*BOTH))
    assert trust.posterior == "mine" and trust.lost == []
    assert trust.learnt == {"behaviour.patience": 0.25, "behaviour.retry": 0.5}
    assert trust.agencies == ["lithuania", "poland"]
    assert trust.of("agency", "poland", "attempts") == (FITTED, WHY)
    assert trust.of("agency", "lithuania", "attempts").why.startswith("fitted to 1 figure of ")
    assert trust.of("agency", "poland", "entries") == (ASSUMED, "mine was not fitted to it")
    assert trust.marked("agency", "poland", ["entries", "deaths", "attempts"]) == ["deaths", "attempts"]


def test_a_back_test_adds_how_its_forecasts_were_scored() -> None:
    scored = facts(*BOTH, scored=(("poland", "attempts"),))
    assert Trust(SCENARIO, scored).of("agency", "poland", "attempts") == (BACK_TESTED, f"{WHY}; {WORDS}")
    assert Trust(SCENARIO, scored).of("agency", "lithuania", "attempts").mark == FITTED
    assert score_words(SCORE | {"forecasts": 2}).startswith("2 forecasts, 88% within")
    assert back_tested("mine", scored) == {"poland"} and back_tested("theirs", scored) == {"latvia"}
    assert back_tested("mine", facts(scored=(("poland", "attempts"),), other_model=True)) == set()


def test_of_sections_only_one_that_is_alone_has_its_agencys_mark() -> None:
    trust = Trust(SCENARIO, facts(*BOTH))
    assert trust.of("section", "dieveniskes", "attempts") == trust.of("agency", "lithuania", "attempts")
    alone = "mine knows the sum over poland's sections, not how it divides"
    assert trust.of("section", "kuznica", "attempts") == (ASSUMED, alone)
    assert trust.of("section", "kuznica", "entries") == (ASSUMED, "mine was not fitted to it")
    assert trust.of("section", "mars", "attempts") == (ASSUMED, "mine was not fitted to it")


def test_the_whole_has_the_weakest_mark_of_all_agencies_or_its_own() -> None:
    scored = (("poland", "attempts"),)
    trust = Trust(SCENARIO, facts(*BOTH, scored=scored))
    assert trust.of("all", "all", "attempts") == trust.of("agency", "lithuania", "attempts")
    assert trust.of("all", "all", "deaths") == (ASSUMED, "mine was not fitted to it for lithuania")
    assert trust.of("all", "all", "entries") == (ASSUMED, "mine was not fitted to it for lithuania and poland")
    whole = Trust(SCENARIO, facts(*BOTH, fitted("all", "deaths"), scored=(*scored, ("lithuania", "attempts"))))
    assert whole.of("all", "all", "attempts").mark == BACK_TESTED
    assert whole.of("all", "anything", "deaths") == (FITTED, WHY)
    nobody = SCENARIO.model_copy(update={"sections": {}})
    assert Trust(nobody, facts(*BOTH)).of("all", "all", "attempts") == (ASSUMED, "mine was not fitted to it")


def test_paths_that_were_set_to_something_else_are_named_up_to_three() -> None:
    one = apply_overrides(SCENARIO, {"behaviour.retry": 5})
    trust = Trust(one, facts(*BOTH))
    assert (trust.posterior, trust.lost) == ("other", ["days"])  # as many agree, and it comes first
    found = facts(*BOTH)
    del found["posteriors"]["other"]
    assert Trust(one, found).lost == ["behaviour.retry"]
    words = "behaviour.retry is not as fitted in mine"
    assert Trust(one, found).of("agency", "poland", "attempts") == (ASSUMED, words)
    assert Trust(one, found).sentence() == f"every figure is assumed, as {words}"
    paths = found["posteriors"]["mine"]["paths"]
    for names, shown in (("ab", "a, b and behaviour.retry are"), ("abc", "a, b, behaviour.retry and 1 more are"),
                         ("abcd", "a, b, behaviour.retry and 2 more are")):  # fmt: skip
        more = {{"c": "x", "d": "y"}.get(name, name): {"digest": "", "learnt": 0} for name in names}
        found["posteriors"]["mine"]["paths"] = paths | more
        assert Trust(one, found).sentence() == f"every figure is assumed, as {shown} not as fitted in mine"


def test_without_a_posterior_all_is_assumed() -> None:
    plain = Trust(tiny_scenario(), facts(*BOTH))
    assert plain.posterior == "" and plain.lost == [] and plain.learnt == {}
    assert plain.of("agency", "poland", "attempts") == (ASSUMED, "it has no posterior")
    assert plain.sentence() == "every figure is assumed, as the scenario has no posterior"
    none: dict[str, Any] = {"posteriors": {}, "back_tests": {}}
    foreign = Trust(SCENARIO, none)
    assert foreign.of("agency", "poland", "attempts").why == "its joint values are of no calibration on record"
    assert foreign.sentence() == "every figure is assumed, as of its posterior nothing is on record"


def test_a_sentence_tells_what_is_fitted_and_what_is_not() -> None:
    country = {"poland": "Polska"}
    assert Trust(SCENARIO, facts(*BOTH, fitted("mars", "deaths"), fitted("all", "returned"))).sentence(country) == (
        "attempts to cross of Polska and Lithuania are fitted; dead of Polska are fitted; returned home of all "
        "together are fitted (mine); all else is assumed"
    )
    scored = facts(BOTH[0], BOTH[2], scored=(("poland", "attempts"),))
    assert Trust(SCENARIO, scored).sentence() == (
        "attempts to cross of Poland are back-tested; dead of Poland are fitted (mine); all else is assumed, every "
        "figure of Lithuania with it"
    )


def test_a_sentence_about_forecasts_names_series_that_scored_alike_together() -> None:
    found = facts(scored=(("poland", "attempts"), ("lithuania", "attempts"), ("latvia", "deaths")))
    end = "by month are back-tested; all else is assumed, what sections and weeks have of it included"
    assert forecast_sentence("mine", found) == (
        f"attempts to cross of Poland and Lithuania ({WORDS}); dead of Latvia ({WORDS}) {end}"
    )
    nothing = "every figure is assumed, as no back-test of this experiment is on record"
    assert forecast_sentence("nobody", found) == nothing
    assert forecast_sentence("mine", facts(scored=(("poland", "attempts"),), other_model=True)) == nothing


def test_a_digest_is_of_the_values_as_numbers_in_order() -> None:
    assert digest_of([1, 2.5]) == hashlib.sha256(b"(1.0, 2.5)").hexdigest()[:16]
    assert joint_digests(SCENARIO) == {PATHS[0]: digest_of([50, 60]), PATHS[1]: digest_of([3, 4])}
    assert digest_of([2.5, 1]) != digest_of([1, 2.5])


@pytest.mark.parametrize("level", ["section", "agency", "all"])
def test_no_mark_is_given_without_facts_of_the_output(level: str) -> None:
    assert Trust(SCENARIO, facts()).of(level, "poland", "attempts").mark == ASSUMED
