"""What limits the flow in words: which steps bind, which change nothing, and when that changes."""

from __future__ import annotations

import pytest

from sim.report.limits.sentences import in_short, sentences
from tests.unit.report.limits.made_limits import WEEKS, limits, week


def test_what_binds_and_what_does_not_is_told_with_when() -> None:
    assert sentences(limits(), "base", "air") == [
        "What limits how many board: visas. A tenth easier (places): +20 persons.",
        "What limits how many get in: transfer to the border, an assumption. A tenth easier (buses): +9 persons.",
        "What does not: how many want to go that way (taste), seats and the wait before the first attempt (a tenth "
        "more changes nothing).",
        "By week: has a visa from 2025-10-01, has a seat from 2025-10-08.",
    ]
    assert sentences(limits(), "base", "sea") == ["What does not: the price (a tenth more changes nothing)."]
    assert sentences(limits(), "ban", "air") == [
        "What limits how many board: seats, an assumption. A tenth easier (flights): +1,234 persons.",
        "What limits how many get in: detection at the border, an assumption. A tenth easier (patrols): +3 persons.",
    ]
    assert sentences(limits(), "ban", "sea") == []


@pytest.mark.parametrize(
    ("spans", "text"),
    [
        (1, ""),
        (6, "By week: seats from 2025-10-01, nothing from 2025-10-08, seats from 2025-10-15, nothing from 2025-10-22, "
         "seats from 2025-10-29, nothing from 2025-11-05."),
        (7, "By week, at the end: nothing from 2025-10-08, seats from 2025-10-15, nothing from 2025-10-22, "
         "seats from 2025-10-29, nothing from 2025-11-05, seats from 2025-11-12."),
    ],
)  # fmt: skip
def test_of_many_spans_the_last_six_are_told(spans: int, text: str) -> None:
    weeks = [week("base", "land", k, [9.0] * 9, ("has_seat", "nothing")[k % 2]) for k in range(spans)]
    assert sentences(limits(weeks), "base", "land") == ([text.replace("seats", "has a seat")] if text else [])


def test_in_short_the_steps_that_bind_stand_in_a_sentence() -> None:
    assert in_short(limits(), "base", "air", "By air") == (
        "By air: visas limit how many board (sourced; a tenth easier: +20 persons) and transfer to the border limits "
        "how many get in (an assumption; a tenth easier: +9 persons). A tenth more of what follows changes nothing: "
        "how many want to go that way (taste), seats and the wait before the first attempt."
    )
    assert in_short(limits(), "ban", "air", "By air") == (
        "By air: seats limit how many board (an assumption; a tenth easier: +1,234 persons) and detection at the "
        "border limits how many get in (an assumption; a tenth easier: +3 persons)."
    )
    assert in_short(limits(), "base", "sea", "By sea") == (
        "By sea: no step limits the flow. A tenth more of what follows changes nothing: the price."
    )


@pytest.mark.parametrize(("boarded", "there"), [(0.4, False), (0.5, True)])
def test_where_nobody_boards_nothing_is_said(boarded: float, there: bool) -> None:
    weeks = [*WEEKS, week("base", "land", 0, [9, 9, 9, 9, 9, boarded, 0, 0, 0])]
    assert in_short(limits(weeks), "base", "land", "By land") == ("By land: no step limits the flow." if there else "")
