"""The page that compares: runs in the background, the live page usable meanwhile, the command line's numbers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sim.scenario import to_yaml
from sim.studies.carry_out import compare
from tests.browser.conftest import Opener, Server
from tests.unit.studies.small import ANSWERED, ANSWERED_BAN

COMPARE, TABLE, FAN, WHERE = ".cv-compare", ".cv-differences", ".cv-fan", ".cv-where"
REPLICATES = 3


def turn_to(page: Any, name: str) -> None:
    page.locator(".cv-header").get_by_role("button", name=name, exact=True).click()


def choose(page: Any, base: str, other: str, replicates: int, *more: str) -> None:
    turn_to(page, "Compare")
    page.select_option("#cv-a", base)
    page.select_option("#cv-b", other)
    for letter, name in zip("cdefg", more, strict=False):
        page.get_by_role("button", name="Add a scenario").click()
        page.select_option(f"#cv-{letter}", name)
    page.locator("#cv-replicates").fill(str(replicates))


def ask(page: Any, base: str, other: str, replicates: int, *more: str) -> None:
    choose(page, base, other, replicates, *more)
    page.get_by_role("button", name="Start").click()


def reached(page: Any, state: str) -> None:
    page.wait_for_selector(f"{COMPARE}[data-state='{state}']")


def test_finds_what_the_command_line_finds_while_the_live_page_goes_on(page: Any, tmp_path: Path) -> None:
    ask(page, "benghazi-surge", "carrier-ban", REPLICATES)
    reached(page, "running")
    turn_to(page, "Live")
    page.get_by_role("button", name="Step a day").click()
    page.wait_for_selector(".cv-map[data-day='1']")
    turn_to(page, "Compare")
    reached(page, "done")
    shown = json.loads(page.locator(TABLE).get_attribute("data-values"))
    assert page.locator(TABLE).get_attribute("data-replicates") == str(REPLICATES)
    assert page.locator(FAN).count() == 3
    assert {fan.get_attribute("data-panels") for fan in page.locator(FAN).all()} == {"2"}

    study = compare("benghazi-surge", "carrier-ban", replicates=REPLICATES, folder=tmp_path / "study")
    whole = study.differences[study.differences["level"] == "all"].set_index("measure")
    for measure in ("attempts", "turn_backs", "entries", "deaths"):
        found = whole.loc[measure]
        expected = [found[end] for end in ("low90", "low50", "median", "high50", "high90")]
        assert shown[measure]["change"] == pytest.approx(expected, abs=1e-3)
    assert whole.loc["attempts", "median"] < -1000
    page.locator(WHERE).get_by_role("button", name="Routes").click()
    page.wait_for_selector(f"{WHERE}[data-view='Routes']")
    assert json.loads(page.locator(WHERE).get_attribute("data-values"))["benghazi-minsk"] < 0
    page.locator(FAN).first.get_by_role("button", name="Poland").click()
    page.wait_for_selector(f"{FAN}[data-view='Poland']")


def test_many_scenarios_share_a_chart_and_a_matrix(page: Any) -> None:
    choose(page, "benghazi-surge", "carrier-ban", 2, "visa-stop", "benghazi-minsk-2025")
    page.get_by_role("button", name="Leave out C").click()
    assert page.locator("#cv-c").input_value() == "benghazi-minsk-2025"
    page.get_by_role("button", name="Start").click()
    reached(page, "done")
    page.wait_for_selector(".cv-matrix[data-rows='3']")
    assert {fan.get_attribute("data-together") for fan in page.locator(FAN).all()} == {"true"}
    order = json.loads(page.locator(".cv-matrix").get_attribute("data-order"))
    assert order[0] == "benghazi-minsk-2025"
    assert page.locator(f"{FAN} >> nth=0").locator(".cv-line").count() == 3
    before = page.locator(TABLE).get_attribute("data-values")
    page.locator("tr[data-scenario='benghazi-minsk-2025'] button").click()
    page.wait_for_selector(".cv-matrix[data-detail='benghazi-minsk-2025']")
    page.wait_for_function("old => document.querySelector('.cv-differences').dataset.values !== old", arg=before)
    assert "C less A" in page.locator(TABLE).inner_text()
    with page.expect_download() as download:
        page.get_by_role("button", name="Report", exact=True).click()
    assert download.value.suggested_filename == "benghazi-surge-vs-carrier-ban-vs-benghazi-minsk-2025-report.html"
    assert "visa-stop" not in Path(download.value.path()).read_text(encoding="utf-8")


def test_both_arms_are_compared_and_the_link_says_so(open_page: Opener, server: Server) -> None:
    for name, scenario in (("answered", ANSWERED), ("answered-ban", ANSWERED_BAN)):
        (server.log.parent / f"{name}.yaml").write_text(to_yaml(scenario), encoding="utf-8")
    page = open_page(address=f"{server.entrance}&scenario=answered.yaml&day=9")
    choose(page, "answered.yaml", "answered-ban.yaml", 2)
    assert page.get_by_label("Both arms").is_checked()
    page.wait_for_function("location.search.endsWith('&replicates=2&arms=both')")
    page.get_by_role("button", name="Start").click()
    reached(page, "done")
    page.wait_for_selector(".cv-matrix[data-rows='4']")
    reactions = json.loads(page.locator(".cv-arms").get_attribute("data-reactions"))
    assert [name for name, scenario, *_ in reactions if scenario == "answered-ban"] == ["more", "never"]
    page.locator("tr[data-scenario='answered-ban-unanswered'] button").click()
    page.locator(TABLE).get_by_text("D less C").wait_for()
    page.wait_for_function("location.search.endsWith('&arms=both&ran=yes')")
    found = page.locator(".cv-matrix").inner_text()
    page.reload()  # its address says that it was run
    reached(page, "done")
    page.wait_for_selector(".cv-matrix[data-rows='4']")
    assert page.locator(".cv-matrix").inner_text() == found
    assert page.url.endswith("&arms=both&ran=yes")
    page.get_by_label("Both arms").uncheck()
    page.wait_for_function("location.search.endsWith('&arms=one')")
    page.reload()
    page.wait_for_selector(f"{COMPARE}[data-state='idle']")
    assert [page.locator(f"#cv-{letter}").input_value() for letter in "ab"] == ["answered.yaml", "answered-ban.yaml"]
    assert not page.get_by_label("Both arms").is_checked()
    assert page.locator("#cv-replicates").input_value() == "2"
    turn_to(page, "Live")
    page.wait_for_function("location.search === '?scenario=answered.yaml&day=9'")


def test_is_cancelled_and_asked_again(page: Any) -> None:
    ask(page, "benghazi-surge", "carrier-ban", 500)
    page.wait_for_function("Number(document.querySelector('.cv-compare').dataset.done) > 0")
    assert "of 1,000 runs" in page.locator(f"{COMPARE} [role=status]").inner_text()
    page.wait_for_function("location.search.endsWith('&ran=yes')")
    page.get_by_role("button", name="Cancel").click()
    reached(page, "cancelled")
    page.wait_for_function("!location.search.includes('ran=')")
    assert page.locator(TABLE).count() == 0
    assert page.get_by_role("button", name="Start").is_enabled()


def test_only_what_can_be_compared_can_be_chosen(page: Any) -> None:
    turn_to(page, "Compare")
    page.select_option("#cv-a", "carrier-ban")
    closed = page.eval_on_selector_all("#cv-b option:disabled", "all => all.map(one => one.value)")
    shipped = {name for name in closed if not name.endswith(".yaml")}  # other tests may have left files of their own
    others = {"minsk-2021", "minsk-2021-answers", "eastern-border", "arctic-2015", "evros-2020", "finland-2023"}
    others |= {"ceuta-2021", "minsk-2021-inferred", "benghazi-window-2025"}
    assert shipped == {"carrier-ban"} | others  # of another time or border
    page.evaluate("document.querySelector('#cv-b').selectedOptions[0].value = '../../etc/passwd'")
    page.get_by_role("button", name="Start").click()
    page.wait_for_selector(f"{COMPARE} [role=alert]:not([hidden])")
    assert "not offered" in page.locator(f"{COMPARE} [role=alert]").inner_text()


@pytest.mark.nightly  # by day, test_accessibility looks at the page that compares three, test_results at one of two
@pytest.mark.parametrize(("width", "height", "colours"), [(1440, 900, "light"), (1024, 768, "dark")])
def test_fits_and_reads_well(open_page: Opener, width: int, height: int, colours: str) -> None:
    page = open_page(width, height, colours)
    ask(page, "benghazi-minsk-2025", "benghazi-surge", 2)
    reached(page, "done")
    page.wait_for_selector(f"{FAN} >> nth=2")
    for part in (COMPARE, TABLE, *(f"{FAN} >> nth={n}" for n in range(3))):
        box = page.locator(part).first.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width + 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(Path(__file__).with_name("contrast.js").read_text()) == []
