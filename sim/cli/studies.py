"""Commands on studies: replicates, comparisons, and those on a study's folder."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sim.cli.common import (
    NOTHING_WRITTEN,
    UNFINISHED,
    announce_compilation,
    command_line,
    fail,
    interruptible,
    list_files,
    load,
    part_done,
    runs_bar,
    say_redone,
    say_unfinished,
    shard_of,
    start_server,
    tag_of,
)
from sim.cli.streams import notes_console, results_console, say, write_data
from sim.data.plain_text import label_of, visible

if TYPE_CHECKING:
    from sim.outputs.results import Results
    from sim.scenario import Scenario
    from sim.studies.carry_out import Until
    from sim.studies.limits.limits import Limits
    from sim.studies.plan import Plan
    from sim.studies.study import Study

REPORT, BRIEF = "report.html", "brief.html"
COMPARE = "compare"  # the kind of a study
LONGEST_NAME = 100
Days = tuple[date | None, date | None]  # first and last day to report on


class Work(NamedTuple):
    """The options of the command line for carrying out a study."""

    replicates: int
    until: str | None
    measure: str
    at_most: int
    jobs: int | None
    dask: str | None
    shard: str | None
    report: bool
    quiet: bool
    window: Days = (None, None)
    full: bool = False
    explain: bool = False


def replicates(
    name: str, asked: dict[str, int | None], changes: list[str], outside: bool, out: Path | None, work: Work,
    measures: list[str] | None = None,
) -> None:  # fmt: skip
    """`corridor run` with several replicates."""
    with interruptible(NOTHING_WRITTEN):
        start_server(work.jobs, work.dask)
        plan, folder = _plan_replicates(name, asked, changes, outside, out, work, measures or [])
    _carry_out(plan, folder, work)


def _plan_replicates(
    name: str,
    asked: dict[str, int | None],
    changes: list[str],
    outside: bool,
    out: Path | None,
    work: Work,
    measures: list[str],
) -> tuple[Plan, Path]:
    from sim.studies.carry_out import check_number
    from sim.studies.plan import TWINS, Plan

    scenario, info = load(name, changes, asked, outside, measures)
    check_number(work.replicates)
    stem = label_of(name)
    folder = out if out is not None else Path("results") / f"{stem}-{scenario.seed}-replicates{tag_of(info)}"
    return Plan("replicates", {stem: scenario}, work.replicates, twins=TWINS), folder


def compare(
    names: list[str], asked: dict[str, int | None], changes: list[str], outside: bool, out: Path | None, work: Work,
    measures: list[str] | None = None, answers: str | None = None,
) -> None:  # fmt: skip
    """`corridor compare`."""
    with interruptible(NOTHING_WRITTEN):
        start_server(work.jobs, work.dask)
        plan, folder = _plan_comparison(names, asked, changes, outside, out, work, measures or [], answers)
    if answers is None and not work.quiet:
        _say_switched_off(plan)
    _carry_out(plan, folder, work)


def _plan_comparison(
    names: list[str],
    asked: dict[str, int | None],
    changes: list[str],
    outside: bool,
    out: Path | None,
    work: Work,
    measures: list[str],
    answers: str | None,
) -> tuple[Plan, Path]:
    from sim.scenario.errors import ScenarioError
    from sim.scenario.parts import slug
    from sim.studies.arms import with_arms
    from sim.studies.carry_out import check_number, comparable
    from sim.studies.plan import Plan
    from sim.studies.windows import check_window

    check_number(work.replicates)
    given: dict[str, Scenario] = {}
    for name in names:
        scenario, info = load(name, changes, asked, outside)
        given[_free(label_of(name), given)] = scenario
    if len(names) + len(measures) < 2:
        raise ScenarioError(
            f"compare: found {names[0]} alone; needed: a further scenario (OTHER), or a measure (--with)"
        )
    for text in measures:
        scenario, _ = load(names[0], changes, asked, outside, [text])
        given[_free(slug(text), given)] = scenario
    scenarios = comparable(given)
    check_window(next(iter(scenarios.values())), *work.window)
    if out is None:
        base, *others = scenarios
        asked_for = "" if answers is None else f"-{answers}-answers"
        stem = f"{f'{base}-vs-{"-".join(others)}'[:LONGEST_NAME]}-{scenarios[base].seed}{tag_of(info)}"
        out = Path("results") / f"{stem}{asked_for}"
    both, arms = with_arms(scenarios, answers)
    return Plan(COMPARE, both, work.replicates, extra=arms), out


def _say_switched_off(plan: Plan) -> None:
    """Say which scenarios have reactions that a comparison leaves out, and how to have them."""
    from sim.studies.arms import ARMS, switched_off

    arms = plan.extra.get(ARMS, {}).values()
    for name in switched_off({name: one for name, one in plan.scenarios.items() if name not in arms}):
        say(f"{name}: its reactions are switched off (answers: false); --answers both compares both arms.")


def _free(stem: str, taken: dict[str, Scenario]) -> str:
    """Return a free name: of two files with the same name, the second gets a number."""
    number, name = 2, stem
    while name in taken:
        number, name = number + 1, f"{stem}-{number}"
    return name


def _carry_out(plan: Plan, folder: Path, work: Work) -> None:
    until, shard = _until(work), shard_of(work.shard)
    notes = notes_console(work.quiet)
    with interruptible(f"what was done is kept in {folder}; the same command resumes"):
        from sim.studies.carry_out import carry_out, tables_of
        from sim.studies.work.executors import workplace

        announce_compilation(notes)
        place = workplace(work.jobs, work.dask)
        with runs_bar(notes) as advance:
            study = carry_out(
                plan, folder, until=until, place=place, shard=shard, command=command_line(), progress=advance,
                tables=lambda study: tables_of(study.look_at(*work.window)),
            )  # fmt: skip
        say_redone(study)
        if study.complete:
            _finish(study, work, until)
        elif not work.quiet:
            say(part_done(work.shard, study))


def _finish(study: Study, work: Work, until: Until | None) -> None:
    study.look_at(*work.window)
    if work.report and not work.explain:
        _write_report(study)
    if work.quiet and study.kind != COMPARE:
        return
    show(study, full=work.full)
    if work.explain:
        from sim.cli.explain import explain

        explain(study, study.folder, quiet=work.quiet, window=work.window)
        if work.report:
            _write_report(study)
    if work.quiet:
        return
    if until is not None:
        reached = max(until.reached(study))
        say(f"{study.replicates} replicates: the mean of {work.measure} is known to ±{reached:.1%} (90 % confidence).")
    if (len(study.others) > 1 or study.arms) and not work.full:
        say(f"Written to {study.folder}; `corridor results {study.folder} --full` prints all tables.")
    else:
        say(f"Written to {study.folder}: {list_files(study.folder)}")


def _write_report(study: Study) -> None:
    from sim.report.html import write_report
    from sim.studies.limits.stored import stored_limits

    write_report(study, study.folder / REPORT, limits=stored_limits(study.folder))


def show(source: Study | Results, *, full: bool = False) -> None:
    """Print the tables of a study or run."""
    from sim.studies.study import Study

    console = results_console()
    if isinstance(source, Study) and "experiment" in source.about["plan"]:
        from sim.cli.sweeps import show_sweep

        show_sweep(source)
        return
    if isinstance(source, Study):
        from sim.report.console_study import show_study

        first = source.scenarios[source.base]
        several = len(source.others) > 1 or bool(
            source.arms
        )  # the title of all of them would be longer than the tables
        title = source.scenarios[source.base].title if several else source.about["title"]
        title = f"{title}  {first.start} to {first.end}, seed {source.about['plan']['seed']}"
        console.print(visible(title if several else f"\n{title}"), style="bold", soft_wrap=True)
        show_study(source, console, full=full)
        return
    from sim.report.console import show as show_run

    show_run(source, console)


def _until(work: Work) -> Until | None:
    """Return the stopping rule; raises ScenarioError."""
    if work.until is None:
        return None
    from sim.scenario.errors import ScenarioError
    from sim.studies.carry_out import Until, check_number

    check_number(work.at_most, "--at-most")
    text = work.until.strip()
    try:
        precision = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        precision = float("nan")
    if not 0 < precision < 1:
        raise ScenarioError(f"--until: found {work.until!r}; allowed: a share between 0 and 1, such as 5% or 0.05")
    measure, _, name = work.measure.partition("@")
    return Until(precision, measure, name or "all", work.at_most)


def open_folder(folder: Path, *, failed: bool = False) -> Study | Results:
    """Open a folder; raises OutputError if it is neither a run nor a study, or no run of it has ended well.

    With ``failed``, runs that ended in an error will do. Raises SystemExit, having said so, if others are to come.
    """
    from sim.outputs.folder import OutputError
    from sim.studies.stored_results import check_ended_well
    from sim.studies.stored_results import results as opened
    from sim.studies.study import Study

    found = opened(folder)
    if isinstance(found, Study) and not (failed and len(found.failed)):
        try:
            check_ended_well(found)
        except OutputError:
            say_unfinished(folder, found)
            raise
    return found


def _looking_at(source: Study | Results, window: Days) -> None:
    """Choose the window of a study; raises ScenarioError if it is none, or a day is outside the run."""
    if window == (None, None):
        return
    from sim.scenario.errors import ScenarioError
    from sim.studies.study import Study

    if not isinstance(source, Study) or source.kind != COMPARE:
        raise ScenarioError("--from, --to: allowed for a comparison, whose folder `corridor compare` wrote")
    source.look_at(*window)


def results(folder: Path, sql: str | None, form: str | None, window: Days, full: bool) -> None:
    """`corridor results`."""
    from sim.studies.sql import answer, check_format, rendered

    if form is not None:
        check_format(form)
    if window != (None, None) and (sql is not None or form not in (None, "table")):
        from sim.scenario.errors import ScenarioError

        raise ScenarioError(
            "--from, --to: found with --sql or --format; allowed with tables alone, as what SQL and files have is of "
            "the whole run (and in `window_differences` from the first day on which scenarios can differ)"
        )
    source = open_folder(folder, failed=True)
    _looking_at(source, window)
    unfinished = getattr(source, "unfinished", "")
    if unfinished:
        say(f"corridor: {folder}: {unfinished}", error=True)
    if sql is not None:
        write_data(answer(folder, sql, form or "table"))
    elif form not in (None, "table"):
        write_data(rendered(source.intervals, form))
    else:
        show(source, full=full)
    if unfinished:
        raise SystemExit(UNFINISHED)


def verify(folder: Path) -> None:
    """`corridor verify`."""
    from sim.studies.store.verify import verify as check

    found = check(folder)
    for note in found.notes:
        say(note)
    if found.damage:
        fail("\n".join([f"{folder}: damaged:", *(f"  {line}" for line in found.damage)]), 1)
    say_unfinished(folder, found)
    say(f"{folder}: {found.files:,} files, {found.size / 1e6:,.1f} MB: every byte is as it was written")


def replay(record: Path, accept_older: bool, quiet: bool) -> None:
    """`corridor replay`."""
    from sim.studies.store.replay import replay as run_again

    notes = notes_console(quiet)
    announce_compilation(notes)
    with notes.status("running it again"):
        found = run_again(record, accept_older=accept_older)
    for name, (recorded, again) in found.tables.items():
        verdict = "identical" if recorded == again else "equal" if name in found.equal else "DIFFERS"
        say(f"{name:16} {verdict:10} {again or 'not written'}")
    if found.versions:
        say("\n".join(["versions differ:", *(f"  {line}" for line in found.versions)]))
    if found.same and found.equal:
        say(f"same numbers, other bytes: {', '.join(found.equal)}")
    if not found.same:
        fail(f"{record}: the tables made again are not those of the record", 1)


def report(folder: Path, out: Path | None, window: Days) -> None:
    """`corridor report`."""
    from sim.outputs.folder import read_run
    from sim.report.html import write_report
    from sim.studies.limits.stored import stored_limits

    source = open_folder(folder)
    _looking_at(source, window)
    about = None if hasattr(source, "about") else read_run(folder)
    file = write_report(source, out if out is not None else folder / REPORT, about, stored_limits(folder))
    say(f"Written to {file}")
    say_unfinished(folder, source)


def _limits_of(source: Study | Results, folder: Path) -> Limits | None:
    """Return what limits the flow, as `why` stored it or found now; None, having said why, where that cannot be."""
    from sim.outputs.folder import OutputError
    from sim.scenario.errors import ScenarioError
    from sim.states.errors import StateError
    from sim.studies.limits.sources import limits_of_most_telling
    from sim.studies.limits.stored import stored_limits

    stored = stored_limits(folder)
    if stored is not None:
        return stored
    notes = notes_console(False)
    announce_compilation(notes)
    try:
        with runs_bar(notes) as advance:
            return limits_of_most_telling(source, lambda done, total: advance(done, total, 0))
    except (OutputError, ScenarioError, StateError) as error:  # of another model, or runs that can't be watched
        say(f"The brief does not say which step limits the flow: {error}")
        return None


def brief(folder: Path, out: Path | None, window: Days) -> None:
    """`corridor brief`."""
    from sim.outputs.folder import read_run
    from sim.report.brief.page import write_brief

    source = open_folder(folder)
    _looking_at(source, window)
    about = None if hasattr(source, "about") else read_run(folder)
    limits = _limits_of(source, folder)
    found = write_brief(source, out if out is not None else folder / BRIEF, about, limits)
    if found.pdf is None:
        say(f"Written to {found.html} alone, without a PDF: {found.why}; a browser prints the page on two sheets of A4")
    else:
        say(f"Written to {found.html} and {found.pdf}")
    say_unfinished(folder, source)
