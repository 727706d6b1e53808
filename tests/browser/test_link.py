"""The address leads to what is on screen: a reload and another browser show identical tiles. Steps can be undone."""

from __future__ import annotations

from typing import Any

from tests.browser.conftest import LIVE, Opener, Server
from tests.browser.test_accessibility import found
from tests.browser.test_live import NUMBERS, data, go_to, wait_day
from tests.browser.test_lost_notices import relayed

LEVERS, HISTORY = ".cv-levers", ".cv-history"


def changes(page: Any, number: int) -> None:
    page.wait_for_selector(f"{LEVERS}[data-changes='{number}']")


def answered(page: Any, at: int, last: int) -> None:
    page.wait_for_selector(f"{HISTORY}[data-at='{at}'][data-last='{last}']")


def tiles(page: Any) -> list[str]:
    return page.locator(".cv-number").all_inner_texts()  # type: ignore[no-any-return]


def test_a_link_shows_the_same_after_a_reload_and_elsewhere(open_page: Opener, server: Server) -> None:
    page = open_page(address=f"{server.entrance}&scenario=benghazi-surge&day=150")
    wait_day(page, 150)
    page.locator("#cv-seed").fill("7")
    page.locator("#cv-seed").press("Enter")
    page.get_by_label("New changes from").fill("60")
    page.get_by_label("Facilitation, per cent").fill("30")
    page.get_by_label("Facilitation, per cent").press("Enter")
    changes(page, 1)
    page.get_by_label("Facilitation: from which day").fill("2025-02-10")
    page.locator("#cv-ban-benghazi-minsk").check()
    changes(page, 2)
    go_to(page, 200)
    page.wait_for_function("location.search.includes('day=200')")
    wanted = "scenario=benghazi-surge&seed=7&facilitation.belarus=0.3@2025-02-10&ban=benghazi-minsk@2025-07-02&day=200"
    assert page.url == f"{server.address}?{wanted}"
    shown, base = tiles(page), data(page, NUMBERS, "base")
    page.reload()
    elsewhere = open_page(address=f"{server.entrance}&{wanted}")
    for other in (page, elsewhere):
        wait_day(other, 200)
        assert tiles(other) == shown
        assert data(other, NUMBERS, "base") == base
        assert other.url == f"{server.address}?{wanted}"
        assert other.locator("#cv-seed").input_value() == "7"
        assert other.get_by_label("Facilitation: from which day").input_value() == "2025-02-10"


def test_steps_are_undone_redone_and_listed_with_their_dates(page: Any) -> None:
    go_to(page, 100)
    before = tiles(page)
    for value in ("0.8", "0.4", "0.2"):
        page.get_by_role("slider", name="Facilitation").fill(value)
    page.get_by_role("slider", name="Coaching").fill("1")
    changes(page, 2)
    page.wait_for_function("Number(document.querySelector('.cv-history').dataset.last) > 1")
    last = int(page.locator(HISTORY).get_attribute("data-last"))
    after = tiles(page)
    page.locator(f"{HISTORY} summary").click()
    assert "Belarus, Coaching: 100 % from 1 Jan 2025" in page.locator(f"{HISTORY} li").last.inner_text()
    page.keyboard.press("Control+z")
    answered(page, last - 1, last)
    changes(page, 1)
    page.get_by_role("button", name="As in the scenario", exact=True).click()
    answered(page, 0, last)
    changes(page, 0)
    assert tiles(page) == before
    assert page.get_by_role("button", name="Undo", exact=True).is_disabled()
    for _ in range(last):
        page.get_by_role("button", name="Redo", exact=True).click()
    answered(page, last, last)
    changes(page, 2)
    assert tiles(page) == after


def test_a_link_to_a_window_tells_how_far_the_earlier_run_is(browser: Any, server: Server) -> None:
    held: list[tuple[Any, bytes | str]] = []
    holds = looked_at = False

    def to_the_page(socket: Any, message: bytes | str) -> None:
        """What comes after the first progress is held back, as the run may be over before the page is looked at."""
        nonlocal holds
        if holds and not looked_at:
            held.append((socket, message))
            return
        socket.send(message)
        holds = holds or (isinstance(message, str) and "the days before the first: " in message)

    wanted = "scenario=benghazi-window-2025&seed=8&day=20"
    page = relayed(browser, server, to_the_page, wanted)
    page.wait_for_selector(".cv-wait[data-total='1461']")
    assert " of 1,461" in page.locator(".cv-wait [role=status]").inner_text()
    assert found(page) == []
    while held:
        socket, message = held.pop(0)
        socket.send(message)
    looked_at = True
    page.wait_for_selector(LIVE)
    wait_day(page, 20)
    assert page.locator(LEVERS).get_attribute("data-scenario") == "benghazi-window-2025"
    assert page.locator("#cv-seed").input_value() == "8"
    assert page.url == f"{server.address}?{wanted}"
    page.context.close()


def test_a_wrong_link_is_told(open_page: Opener, server: Server) -> None:
    page = open_page(address=f"{server.entrance}&facilitation.belarus=7@2025-06-01&day=9")
    page.wait_for_selector(".cv-header .cv-wrong:popover-open")
    assert "Facilitation: 700 %; allowed: 0 to 100 %" in page.locator(".cv-header .cv-wrong").inner_text()
    changes(page, 0)
