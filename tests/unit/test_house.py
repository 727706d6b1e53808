"""The rules of the house: who may import whom, how large files and folders may be, what no file may name."""

from __future__ import annotations

import ast
import re
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import sim
from sim.data.geography import country_names

PACKAGE = Path(sim.__file__).resolve().parent
ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(PACKAGE.rglob("*.py"))
MOST_FILES, MOST_LINES, MOST_LINES_OF_A_FUNCTION = 25, 400, 50

# Library: the files and folders of sim/ that may import it.
LIBRARIES = {
    "mesa": ("model.py", "agents/", "states/", "view/"),
    "numba": ("engine/compile_cache.py", "engine/compiled.py", "engine/memory.py", "engine/reference.py"),
    "llvmlite": ("engine/memory.py",),  # which comes with numba
    "ruamel": ("scenario/",),
    "matplotlib": ("report/", "view/"),
    "solara": ("view/",),
    "anywidget": ("view/",),
    "dask": ("studies/work/",),
    "distributed": ("studies/work/",),
    "dask_jobqueue": ("studies/work/",),
}

# From the ground up; a layer imports from itself and from those before it.
LAYERS = (
    {"data"},
    {"scenario"},
    {"engine"},
    {"agents"},
    {"states"},
    {"model"},
    {"compile_ahead"},
    {"outputs"},
    {"load_extensions"},
    {"extend"},
    {"runs"},
    {"studies"},
    {"sweeps"},
    {"inference", "imports"},
    {"report"},
    {"api", "__init__"},
    {"view"},
    {"cli"},
)


def name(file: Path) -> str:
    """Path below sim/, with slashes."""
    return file.relative_to(PACKAGE).as_posix()


def layer(part: str) -> int:
    """Number of the layer of a part of sim/: a file's stem or a folder's name."""
    return next(number for number, parts in enumerate(LAYERS) if part in parts)


def part_of(file: Path) -> str:
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def is_type_checking(test: ast.expr) -> bool:
    return ast.unparse(test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}


def nodes(tree: ast.AST, with_types: bool) -> Iterator[ast.AST]:
    """All nodes; at will without those that only a type checker sees."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.If) and is_type_checking(child.test) and not with_types:
            for other in child.orelse:
                yield from (other, *nodes(other, with_types))
        else:
            yield from (child, *nodes(child, with_types))


def imports(source: str, package: Sequence[str], *, with_types: bool = False) -> set[str]:
    """Full dotted names that a module in ``package`` imports, `from` imports with the name they take."""
    return _imports(ast.parse(source), package, with_types)


def _imports(tree: ast.AST, package: Sequence[str], with_types: bool) -> set[str]:
    found = set()
    for node in nodes(tree, with_types):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            found |= {f"{module}.{alias.name}" for alias in node.names}
    return found


@cache
def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


@cache
def imports_of(file: Path, *, with_types: bool = False) -> frozenset[str]:
    package = ["sim", *file.relative_to(PACKAGE).parts[:-1]]
    return frozenset(_imports(parsed(file), package, with_types))


def parts_imported(file: Path) -> set[str]:
    """Parts of sim/ that a file imports; the package's own names count as `__init__`."""
    parts = set()
    for dotted in imports_of(file):
        head, *rest = dotted.split(".")
        if head != "sim":
            continue
        first = rest[0] if rest else "__init__"
        is_part = (PACKAGE / first).is_dir() or (PACKAGE / f"{first}.py").is_file()
        parts.add(first if is_part else "__init__")
    return parts


def tracked() -> list[Path]:
    """Text files that git knows, and the package's; without git, all that lies beside the tests."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
        files = {ROOT / entry for entry in listed.split("\0") if entry}
    except (OSError, subprocess.CalledProcessError):
        files = set(ROOT.rglob("*"))
    files = {file for file in files | set(PACKAGE.rglob("*")) if file.suffix != ".pyc" and file.is_file()}
    return [file for file in sorted(files) if b"\0" not in file.read_bytes()[:8192]]


def test_imports_are_read_as_python_reads_them() -> None:
    source = """
import mesa.visualization as viz
from sim.engine import ledger
from . import booking
from ...scenario.load import load_scenario
if TYPE_CHECKING:
    from sim.model import CorridorModel
def late():
    from numba import njit
"""
    seen = {
        "mesa.visualization",
        "sim.engine.ledger",
        "sim.engine.processes.booking",
        "sim.scenario.load.load_scenario",
        "numba.njit",
    }
    assert imports(source, ["sim", "engine", "processes"]) == seen
    assert imports(source, ["sim", "engine", "processes"], with_types=True) == {*seen, "sim.model.CorridorModel"}


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_library_is_imported_only_at_its_place(library: str) -> None:
    elsewhere = [
        name(file)
        for file in SOURCES
        if not name(file).startswith(LIBRARIES[library])
        and any(dotted.split(".")[0] == library for dotted in imports_of(file, with_types=True))
    ]
    assert not elsewhere, f"{library} may be imported in {', '.join(LIBRARIES[library])} only"


def test_a_process_imports_no_other_process() -> None:
    wrong = {
        name(file): found
        for file in SOURCES
        if name(file).startswith("engine/processes/")
        and (found := sorted(d for d in imports_of(file) if d.startswith("sim.engine.processes")))
    }
    assert not wrong


def test_every_process_has_its_place_in_the_day() -> None:
    """The model calls each file of the folder once, and the ledger."""
    called = re.findall(r"^    (\w+)\.run\(w, day\)$", (PACKAGE / "model.py").read_text("utf-8"), re.MULTILINE)
    files = [file.stem for file in (PACKAGE / "engine" / "processes").glob("[a-z]*.py")]
    assert sorted(called) == sorted([*files, "ledger"])


@pytest.mark.parametrize("file", SOURCES, ids=name)
def test_nothing_is_imported_from_above(file: Path) -> None:
    own = layer(part_of(file))
    above = sorted(part for part in parts_imported(file) if layer(part) > own)
    assert not above, f"sim/{name(file)} is in layer {own} ({', '.join(sorted(LAYERS[own]))}) and imports {above}"


def test_scenarios_and_data_stand_alone() -> None:
    allowed = {"scenario": {"scenario", "data"}, "data": {"data"}}
    for file in SOURCES:
        if part_of(file) in allowed:
            assert parts_imported(file) <= allowed[part_of(file)], name(file)


def written(*kinds: str) -> list[Path]:
    folders = (PACKAGE, ROOT / "tests", ROOT / "experiments")
    return [file for folder in folders for kind in kinds for file in folder.rglob(f"*.{kind}")]


def test_no_file_is_too_long() -> None:
    lengths = {
        file.as_posix(): len(file.read_text("utf-8").splitlines()) for file in written("py", "js", "css", "html")
    }
    assert {file: lines for file, lines in lengths.items() if lines > MOST_LINES} == {}


def test_the_unit_tests_mirror_the_package() -> None:
    """Each folder of tests is one of the package or divides one, and each process has a test file of its own."""
    unit = ROOT / "tests" / "unit"
    folders = {file.parent.relative_to(unit).as_posix() for file in unit.rglob("test_*.py")}
    packages = {".", *(file.parent.relative_to(PACKAGE).as_posix() for file in PACKAGE.rglob("*.py"))}
    assert {name for name in folders if not {name, name.rpartition("/")[0]} & packages} == set()
    processes = {file.stem for file in (PACKAGE / "engine" / "processes").glob("[a-z]*.py")}
    tests = {file.stem for file in (unit / "engine" / "processes").glob("test_*.py")}
    assert tests == {f"test_{process}" for process in processes}


def test_no_function_is_too_long() -> None:
    long = {
        f"{file}:{node.name}": lines
        for file in written("py")
        for node in ast.walk(parsed(file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or 0) - node.lineno + 1) > MOST_LINES_OF_A_FUNCTION
    }
    assert long == {}


def test_no_folder_holds_too_many_files() -> None:
    exempt = {"data", "observed", "scenarios", "_scenarios"}
    folders = Counter(file.parent for file in tracked() if not exempt & set(file.parts))
    assert {str(folder): files for folder, files in folders.items() if files > MOST_FILES} == {}


# Who may open a file for writing, and why it cannot go through `sim.data.durable_files`.
WRITERS = {
    "cli/streams.py": "opens what drops all that is written, in place of closed streams",
    "data/durable_files.py": "the writer itself",
    "outputs/results.py": "a stream of Parquet into a new folder, which is synced before it gets its name",
    "studies/store/lock.py": "a lock holds its file open, and its text is of no account",
    "studies/store/spool.py": "a spool is added to run by run, and checked when it is read",
}
WRITING_METHODS = {"write_text", "write_bytes", "savefig", "touch"}
WRITING_NAMES = {"to_csv", "to_parquet", "to_json", "ParquetWriter", "write_table", "copyfile", "copy2", "copytree"}


def writes_a_file(call: ast.Call) -> bool:
    """Whether a call opens a file for writing; what is told to write into a stream (a `sink`) does not."""
    name = ast.unparse(call.func)
    last = name.rsplit(".", 1)[-1]
    target = ast.unparse(call.args[0]) if call.args else ""
    if last in WRITING_METHODS and isinstance(call.func, ast.Attribute):
        return target not in {"stream", "sink"}
    if name in {"os.open", "json.dump", "np.save", "np.savez"} or last in {"mkstemp", "NamedTemporaryFile"}:
        return True
    if last == "open":
        texts = [a.value for a in [*call.args, *(k.value for k in call.keywords)] if isinstance(a, ast.Constant)]
        return any(isinstance(text, str) and re.fullmatch(r"[rwaxbt+]*[wax+][rwaxbt+]*", text) for text in texts)
    return (
        last in WRITING_NAMES
        and isinstance(call.func, ast.Attribute)
        and bool(call.args)
        and target not in {"table", "sink"}
    )


def calls(source: str) -> list[ast.Call]:
    return [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]


def test_what_writes_a_file_is_seen() -> None:
    seen = [
        "open('f', 'w')", "file.open('ab')", "file.open(mode='rb+')", "file.write_text(text)", "os.open(f, flags)",
        "table.to_csv(file, index=False)", "figure.savefig(file, dpi=1)", "pq.ParquetWriter(file, schema)",
        "tempfile.mkstemp(dir=folder)", "shutil.copyfile(a, b)",
    ]  # fmt: skip
    unseen = [
        "file.open()", "file.open('rb')", "table.to_csv(index=False)", "table.to_parquet(sink)", "place.open()",
        "figure.savefig(stream, format='svg')", "write_text(file, text)", "pq.write_table(table, sink)",
    ]  # fmt: skip
    assert [text for text in seen if not any(map(writes_a_file, calls(text)))] == []
    assert [text for text in unseen if any(map(writes_a_file, calls(text)))] == []


def test_files_are_written_in_one_place() -> None:
    found = {name(file) for file in SOURCES if any(map(writes_a_file, calls(file.read_text("utf-8"))))}
    assert found == set(WRITERS), "files are written by `sim.data.durable_files`, so that they are whole"


def module_of(dotted: str) -> str | None:
    """The module of sim/ that a dotted name is, or is taken from."""
    parts = dotted.split(".")
    for end in range(len(parts), 0, -1):
        path = PACKAGE.parent.joinpath(*parts[:end])
        if path.with_suffix(".py").is_file() or (path / "__init__.py").is_file():
            return ".".join(parts[:end])
    return None


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Imports inside functions count; those for a type checker do not, nor does `sim` itself, which imports late."""
    graph = {}
    for file in SOURCES:
        own = ".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
        found = {module_of(dotted) for dotted in imports_of(file) if dotted.split(".")[0] == "sim"}
        graph[own] = {module for module in found if module not in (None, "sim", own)}
    assert circle_in(graph) == []


def circle_in(graph: dict[str, set[str | None]]) -> list[str]:
    """The modules of one circle."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


# Put together here, so that this file is no hit itself.
REGISTRY = "|".join(["py" + r"pi\.", "python" + r"hosted\.", "index" + "[-_]url", r"/sim" + r"ple\b/"])
MACHINE = r"(?<![\w.:/~*{}\]\)-])/(?:" + "|".join(["ho" + "me", "ro" + "ot", "wo" + "rk", "Us" + "ers"]) + r")/[\w.]"
FORBIDDEN = {"registry host": REGISTRY, "machine path": MACHINE}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_tracked_file_names_a(what: str) -> None:
    hits = [
        f"{file}:{number}"
        for file in tracked()
        for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if re.search(FORBIDDEN[what], line)
    ]
    assert not hits, f"a {what} is named"


@pytest.mark.parametrize("file", ["constraints.txt"])
def test_constraints_are_bare_pins(file: str) -> None:
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not re.fullmatch(r"[a-z0-9._-]+==[A-Za-z0-9.+!]+", line)] == []
    assert lines == sorted(lines, key=lambda line: line.split("==")[0])


def test_what_is_shown_knows_no_country_by_name() -> None:
    """Countries come from a scenario, their shapes and labels from the data, so that any border can be shown."""
    known = re.compile(rf"\b({'|'.join(map(re.escape, country_names().values()))})\b", re.IGNORECASE)
    texts = [file for part in ("view", "report") for file in (PACKAGE / part).rglob("*.*") if file.suffix != ".pyc"]
    named = {name(file): found[0] for file in texts if (found := known.search(file.read_text("utf-8")))}
    assert len(texts) > 50
    assert known.search("sections of Poland")
    assert named == {}
