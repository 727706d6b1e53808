"""Trust marks in words: which outputs of a place are fitted or back-tested, and one sentence where all agree."""

from __future__ import annotations

from typing import Any

from sim.outputs.trust import Trust, joint_digests
from sim.report.trust import in_words, sentence, sentences
from tests.strategies import tiny_scenario

PLAIN = tiny_scenario()
FITTED = tiny_scenario({"behaviour": {"retry": {"joint": [3.0, 4.0, 5.0]}}})
NO_POSTERIOR = "every figure is assumed, as the scenario has no posterior"
NOT_ON_RECORD = "every figure is assumed, as of its posterior nothing is on record"


def facts() -> dict[str, Any]:
    """Three outputs of Poland are fitted; forecasts of one of them were scored."""
    series = {"figures": 3, "within90": 2, "first": "2025-01-01", "last": "2025-03-31", "name": "poland"}
    fitted = [{**series, "output": output} for output in ("attempts", "recorded_attempts", "entries")]
    paths = {path: {"digest": digest, "learnt": 0.5} for path, digest in joint_digests(FITTED).items()}
    scored = [{"name": "poland", "output": "attempts", "forecasts": 9, "within90": 0.9, "crps": 10, "other_crps": 12,
               "other": "last value"}]  # fmt: skip
    test = {"experiment": "mine", "other_model": False, "scored": scored}
    return {"posteriors": {"mine": {"paths": paths, "fitted": fitted}}, "back_tests": {"page": test}}


def test_outputs_stand_by_their_mark_in_their_order() -> None:
    trust = Trust(FITTED, facts())
    assert in_words(trust, "agency", "poland") == "recorded, entries fitted; attempts back-tested"
    assert in_words(trust, "agency", "poland", ("entries", "deaths")) == "entries fitted"
    assert in_words(trust, "agency", "lithuania") == "assumed"
    assert in_words(Trust(PLAIN), "agency", "poland") == "assumed"


def test_a_sentence_has_countries_by_their_names() -> None:
    named = tiny_scenario({"agencies": {"poland": {"country": "Rzeczpospolita"}}})
    assert sentence(Trust(FITTED, facts()), named) == (
        "Trust: attempts to cross of Rzeczpospolita are back-tested; recorded attempts of Rzeczpospolita are fitted; "
        "entries over land of Rzeczpospolita are fitted (mine); all else is assumed, every figure of Lithuania with it."
    )


def test_scenarios_of_which_the_same_is_to_be_said_share_a_sentence() -> None:
    assert sentences({"a": PLAIN, "b": PLAIN}) == [f"Trust: {NO_POSTERIOR}."]
    assert sentences({"": PLAIN}) == [f"Trust: {NO_POSTERIOR}."]
    assert sentences({"a": PLAIN, "b": FITTED, "c": PLAIN}) == [
        f"Trust, a, c: {NO_POSTERIOR}.",
        f"Trust, b: {NOT_ON_RECORD}.",
    ]
