"""The two pages of a brief, and its files."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from jinja2 import Environment, StrictUndefined

from sim.data.durable_files import write_whole
from sim.outputs.folder import OutputError
from sim.report import assumptions, trust
from sim.report import map as border_map
from sim.report.arms.page import arms
from sim.report.brief import figures, rows
from sim.report.brief.answer import Answer, answer, most_loaded
from sim.report.brief.matters import matters
from sim.report.brief.printing import CannotPrintError, pdf_of
from sim.report.brief.titles import place_title, scenario_title, way_title
from sim.report.findings import Findings
from sim.report.limits.sentences import in_short
from sim.report.sentences import Sentence, headline, period
from sim.studies.limits.limits import Limits
from sim.studies.limits.sources import most_telling
from sim.studies.ranking import Ranking, rank
from sim.studies.study import Study

if TYPE_CHECKING:
    from sim.outputs.results import Results

MOST_SCENARIOS = 8
_HTML, _PDF = ".html", ".pdf"
# Heights in mm: a page within its margins; title, headings, legend and gaps of the first; a row of its table; the
# assumptions; a line of the answer's first sentence and of the others, and how many characters it has.
_PAGE, _FIXED, _ROW, _ASSUMED = 274.0, 88.0, 12.2, 48.0
_LEAD, _MORE = (6.8, 62), (5.4, 92)
_LEAST, _MOST = 45.0, 122.0  # of the chart
_FEW = 3  # scenarios of a ranking beside which the first page has room for the assumptions
_LINES, _FEWEST = 17, 8  # lines of the table of sections, and of one that leaves room for the arms
_SENTENCES = 4  # of the border and of the people


class Written(NamedTuple):
    """The files of a brief; ``pdf`` is None where none could be printed, and ``why`` says the reason."""

    html: Path
    pdf: Path | None
    why: str


def brief_of(source: Study | Results, about: Mapping[str, Any] | None = None, limits: Limits | None = None) -> str:
    """Return the brief of a study or of a run's results as HTML; the same bytes for the same source.

    Args:
        source: As in `sim.report.html.report_of`, of eight scenarios at most.
        about: As there.
        limits: What limits the flow, if that is known.

    Raises:
        OutputError: If there is nothing to report, or there are too many scenarios.
    """
    found = Findings(source, about)
    if len(found.names) > MOST_SCENARIOS:
        raise OutputError(f"found {len(found.names)} scenarios; a brief has room for {MOST_SCENARIOS}")
    templates = files("sim.report") / "templates"
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string((templates / "brief.html.j2").read_text(encoding="utf-8"))
    css = (templates / "brief.css").read_text(encoding="utf-8")
    return template.render(page=_page(found, source, limits), css=css)


def write_brief(
    source: Study | Results,
    file: str | Path,
    about: Mapping[str, Any] | None = None,
    limits: Limits | None = None,
) -> Written:
    """Write a brief as HTML, and beside it as PDF if there is a Chromium on this machine.

    Args:
        source: As in `brief_of`.
        file: The HTML file; the PDF has the same name with another ending. Older ones are replaced.
        about: As in `brief_of`.
        limits: As there.

    Raises:
        OutputError: As in `brief_of`, or if a file is not writable.
    """
    html = Path(file)
    if html.suffix in ("", _PDF):
        html = html.with_suffix(_HTML)
    content = brief_of(source, about, limits).encode()
    pdf: Path | None = html.with_suffix(_PDF)
    try:
        printed, why = pdf_of(content), ""
    except CannotPrintError as error:
        printed, why = b"", str(error)
    try:
        write_whole(html, content)
        if printed:
            write_whole(html.with_suffix(_PDF), printed)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise OutputError(f"{html}: the brief cannot be written: {reason}") from error
    return Written(html, pdf if printed else None, why)


def _page(found: Findings, source: Study | Results, limits: Limits | None) -> dict[str, Any]:
    ranking = rank(found.study) if found.study is not None and found.others else None
    if ranking is not None and not ranking.replicates:
        ranking = None
    best = found.base if ranking is None else str(ranking.scenarios["scenario"].iloc[0])
    both = arms(found.whole)
    table = rows.ranked(found, ranking)
    few = len(table) <= _FEW
    of_arms = rows.both_arms(found.whole, found)
    places, left = rows.places(found, _FEWEST if len(of_arms) >= _FEW else _LINES)
    section, told = most_loaded(found), answer(found, ranking, both)
    return {
        "title": found.scenario.title,
        "period": period(found),
        "extent": _extent(found),
        "answer": told,
        "ranked": table,
        "headings": rows.headings(found),
        "several": found.several,
        "ranking": _how_ranked(found, ranking),
        "fan": figures.fan(found, section, best, _height(told, len(table), few)) if section else None,
        "section": place_title(found, section) if section else "",
        "map": border_map.map_of_base(found),
        "places": places,
        "places_left": left,
        "arms": of_arms,
        "sentences": _sentences(found, best, of_arms),
        "told": scenario_title(found, _told(found, best)) if found.others else "",
        "why": _why(found, source, limits),
        "matters": matters(found),
        "few": few,
        "trust": trust.sentences({name: found.scenarios[name] for name in found.names}),
        "signs": trust.SIGNS,
        "command": assumptions.command(found),
        "version": (found.about.get("versions") or {}).get("corridor", ""),
        "incomplete": not found.complete or bool(len(found.failed)),
        "failed": len(found.failed),
    }


def _why(found: Findings, source: Study | Results, limits: Limits | None) -> str:
    """Return which step limits the flow, in the scenario and on the route that say most; empty if it is not known."""
    if limits is None:
        return ""
    names = {str(name) for name in limits.steps["scenario"].unique()}
    scenario, route = most_telling(source)
    title = way_title(found.scenario, route)
    if scenario in found.others:
        title = f"{title} with “{scenario_title(found, scenario)}”"
    return in_short(limits, scenario if scenario in names else min(names), route, title)


def _extent(found: Findings) -> str:
    if not found.several:
        return f"one run{' of each scenario' if found.others else ''} with central values, no intervals"
    return f"{found.asked} replicates{' of each scenario' if found.others else ''}, seed {found.seed}"


def _how_ranked(found: Findings, ranking: Ranking | None) -> str:
    if ranking is None:
        return "Medians, and beneath them 90\u202f% intervals." if found.several else ""
    assert found.study is not None
    window = found.study.window()
    since = "" if window is None else f", {window.words}"
    arm = " This is the arm in which they answer." if found.whole is not None and found.whole.arms else ""
    ends = f"Medians and 90\u202f% intervals of {ranking.replicates} replicates{since}" if found.several else "One run"
    return f"{ends}; lower is better, ranked by regret over seven outcomes alike.{arm}"


def _height(told: Answer, rows_: int, few: bool) -> float:
    """Return how high the chart may be, in mm; what remains of the page shrinks it to what there is."""
    used = _FIXED + _ROW * rows_ + (_ASSUMED if few else 0.0)
    for text, (line, characters) in ((told.lead, _LEAD), *((text, _MORE) for text in told.more)):
        used += line * -(-len(text) // characters)
    return min(max(_PAGE - used, _LEAST), _MOST)


def _sentences(found: Findings, best: str, of_arms: list[rows.Both]) -> list[tuple[str, list[Sentence]]]:
    """Return what the best measure changes, or what happens, in two columns; nothing where the arms fill the page."""
    if len(of_arms) >= _FEW:
        return []
    told = headline(found, _told(found, best))
    border = [sentence for sentence in told.border if not sentence.lead.startswith("Counted")]
    most = _SENTENCES - bool(of_arms)
    return [("At the border", border[:most]), ("The people", told.people[:most])]


def _told(found: Findings, best: str) -> str:
    """Return the scenario of the sentences: the best, or the first other one where nothing is better than the base."""
    return found.others[0] if best == found.base and found.others else best
