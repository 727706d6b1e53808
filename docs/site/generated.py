"""Pages of the site that are written from the code: parameters with their sources, commands, and Python."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import click
import typer

import sim
from docs.site.navigation import contents
from sim import extend
from sim.cli.main import app
from sim.outputs import dictionary
from sim.report import odd_tables

REFERENCE = "docs/reference"
_COMPONENTS = ("corridor_map", "pressure_chart", "load_chart", "outcome_chart", "today")


def generated() -> dict[str, str]:
    """Return the generated pages, by their place in the repository's layout."""
    return {
        **parameter_pages(),
        f"{REFERENCE}/commands.md": commands(),
        f"{REFERENCE}/python.md": python(),
        f"{REFERENCE}/columns.md": columns(),
    }


def parameter_pages() -> dict[str, str]:
    """Return a page for each part of a scenario, with default, range, unit, meaning, basis and source of each entry."""
    parts: dict[str, list[str]] = {}
    for path, table in odd_tables.tables().items():
        parts.setdefault(path.split(".")[0] or "scenario", []).append(table)
    pages = {f"{REFERENCE}/parameters/{key}.md": _parameter_page(key, found) for key, found in parts.items()}
    listed = "".join(f"| [`{key}`]({key}.md) | {_about(found[0])} |\n" for key, found in parts.items())
    everything = [table for found in parts.values() for table in found]
    intro = f"""# Parameters and their sources

Everything that a scenario may say, by its parts. NAME is a name of your own choice. *Basis* says what a default rests
on: a published figure (*sourced*), a fit to the record (*fitted*), the scenario (*given*), nothing, as it has no effect
(*neutral*), or judgement (*assumed*). {odd_tables.count(everything)} The published figures and where they are from:
[the data](../../../sim/data/README.md). In a shell, `corridor show SCENARIO` prints the values of a scenario, and
`corridor schema --markdown` these tables.

| part | what it is |
|---|---|
"""
    return {f"{REFERENCE}/parameters/index.md": intro + listed + contents(list(parts)), **pages}


def _parameter_page(key: str, tables: list[str]) -> str:
    title = "The scenario itself" if key == "scenario" else f"`{key}`"
    return f"# {title}\n\n{odd_tables.count(tables)}\n\n" + "\n\n".join(tables) + "\n"


def _about(table: str) -> str:
    """Return what an entry is: the text after its title, in a table's first line."""
    return table.partition("\n")[0].partition(": ")[2]


def commands() -> str:
    """Return every command with its arguments and options, as the command line declares them."""
    root = typer.main.get_command(app)
    parts = [
        "# Commands\n\n`corridor COMMAND --help` prints the same in a shell. Bad input ends in one message and status "
        "2; an interruption (Ctrl-C) ends with status 130, and what was done is kept.\n"
    ]
    for words, command in _leaves(("corridor",), root):
        context = click.Context(command, info_name=words[-1])
        usage = " ".join(command.collect_usage_pieces(context))
        lines = [
            f"## {' '.join(words)}\n",
            f"    {' '.join(words)} {usage}\n",
            f"{inspect.cleandoc(command.help or '')}\n",
        ]
        rows = [_option(parameter) for parameter in command.params if not getattr(parameter, "hidden", False)]
        if rows:
            lines += ["| option | meaning |\n|---|---|", *rows, ""]
        parts.append("\n".join(lines))
    return "\n".join(parts)


def columns() -> str:
    """Return the tables of results, the meaning of each column, and the outputs, as the data dictionary has them."""
    tables = "".join(f"| `{name}` | {_escaped(title)} |\n" for name, title in dictionary.TABLES.items())
    meanings = "".join(
        f"| `{name}` | {column.kind} | {column.unit} | {_escaped(column.meaning)} |\n"
        for name, column in dictionary.COLUMNS.items()
    )
    return f"""# Tables, columns and outputs

What the [data dictionary](../data-dictionary.md) of a folder of results says, in one place.

## Tables

| table | what it has |
|---|---|
{tables}
## Columns

| column | type | unit | meaning |
|---|---|---|---|
{meanings}
## Outputs

Names in a column `measure`:

{odd_tables.outputs()}
"""


def _leaves(words: tuple[str, ...], command: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    if not hasattr(command, "commands"):
        yield words, command
        return
    for name, below in command.commands.items():
        yield from _leaves((*words, name), below)


def _option(parameter: Any) -> str:
    names = ", ".join(f"`{name}`" for name in parameter.opts if name.startswith("-"))
    shown = names or f"`{(parameter.metavar or parameter.name).upper()}`"
    return f"| {shown} | {_escaped(getattr(parameter, 'help', None) or '')} |"


def _escaped(text: str) -> str:
    """Return a text for a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;").replace("[", "\\[").replace("*", "\\*")


def python() -> str:
    """Return the Python interface: all public names, to be filled from their docstrings by autodoc."""
    names = [name for name in sim.__all__ if name != "__version__"]
    functions = [name for name in names if inspect.isfunction(getattr(sim, name))]
    classes = [name for name in names if inspect.isclass(getattr(sim, name))]
    unknown = set(names) - {*functions, *classes}
    if unknown:
        raise ValueError(f"found {sorted(unknown)} in sim.__all__; allowed: functions and classes")
    parts = [
        "# Python\n\n`import sim` has all that the command line does, with the same names. The package is typed. "
        "The [researcher's guide](../researchers-guide.md) shows it at work.\n",
        "## Functions\n",
        *(_directive("autofunction", f"sim.{name}") for name in functions),
        "## Classes\n",
        *(_directive("autoclass", f"sim.{name}", "members") for name in classes),
        "## Sweeps as arrays\n",
        _directive("autofunction", "sim.sweeps.completed_sweep.sweep_array"),
        "## Extensions\n\nWhat `from sim import extend` offers to [an extension](../extending.md).\n",
        *(_directive("autofunction", f"sim.extend.{name}") for name in _own_functions(extend)),
        "## Components of the view\n\nFor any Mesa `SolaraViz`.\n",
        *(_directive("autofunction", f"sim.view.components.{name}") for name in _COMPONENTS),
    ]
    return "\n".join(parts)


def _own_functions(module: Any) -> list[str]:
    found = inspect.getmembers(module, inspect.isfunction)
    return [name for name, function in found if name in getattr(module, "__all__", []) and inspect.getdoc(function)]


def _directive(kind: str, name: str, *options: str) -> str:
    return "```{eval-rst}\n" + f".. {kind}:: {name}\n" + "".join(f"   :{option}:\n" for option in options) + "```\n"
