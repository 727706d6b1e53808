"""The help of `corridor`: its commands by task, and examples below each command's options."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup

TASKS = {
    "Ask": ("scenarios", "measures", "run", "compare", "view"),
    "Scenarios of your own": ("new", "show", "validate", "schema"),
    "Results": ("results", "why", "brief", "report", "verify", "mend", "replay"),
    "Many runs": ("sweep", "sensitivity", "discover", "decide", "threshold"),
    "The record, and what comes": ("forecast", "assimilate", "backtest", "calibrate", "data"),
}
EXAMPLES = {
    "scenarios": ("corridor scenarios",),
    "measures": ("corridor measures", "corridor measures benghazi-surge"),
    "run": (
        "corridor run benghazi-minsk-2025",
        "corridor run benghazi-surge --with ban:benghazi@2025-09-15 --replicates 20 --report",
        "corridor run benghazi-surge --set transit_states.belarus.visas.2025-07-01=300",
    ),
    "compare": (
        "corridor compare benghazi-surge carrier-ban --report",
        "corridor compare benghazi-surge --with ban@2025-09-15 --with officers:latvia=1000@2025-09-15 --with ban+aid",
        "corridor compare benghazi-surge carrier-ban --from 2025-10-01 --to 2025-10-31",
    ),
    "view": ("corridor view", "corridor view carrier-ban", "corridor view results/benghazi-surge-vs-carrier-ban-1"),
    "new": (
        "corridor new mine.yaml",
        "corridor new mine.yaml --extends benghazi-surge --title 'A ban in autumn' --with ban@2025-10-15",
    ),
    "show": ("corridor show benghazi-surge --grep flights", "corridor show mine.yaml --grep belarus.visas"),
    "validate": ("corridor validate mine.yaml",),
    "schema": ("corridor schema > scenario.schema.json", "corridor schema --markdown"),
    "results": (
        "corridor results results/benghazi-surge-vs-carrier-ban-1 --full",
        "corridor results results/benghazi-minsk-2025-1 --format csv > totals.csv",
        "corridor results results/benghazi-surge-vs-carrier-ban-1 --sql 'select * from window_differences'",
    ),
    "why": (
        "corridor why results/benghazi-minsk-2025-1",
        "corridor why benghazi-ten-a-week --route benghazi-minsk --from 2025-09-01",
        "corridor why results/benghazi-surge-vs-carrier-ban-1 --format csv > steps.csv",
    ),
    "brief": ("corridor brief results/benghazi-surge-vs-carrier-ban-1",),
    "report": ("corridor report results/benghazi-surge-vs-carrier-ban-1",),
    "verify": ("corridor verify results/benghazi-surge-vs-carrier-ban-1",),
    "mend": ("corridor mend results/benghazi-surge-vs-carrier-ban-1",),
    "replay": ("corridor replay results/benghazi-minsk-2025-1/run.json",),
    "sweep": ("corridor sweep global-sensitivity --samples 64",),
    "sensitivity": ("corridor sensitivity results/global-sensitivity-1 --outcome attempts@poland",),
    "discover": ("corridor discover results/global-sensitivity-1 --where 'pressure_peak > 1.5'",),
    "decide": ("corridor decide results/robust-response-1",),
    "threshold": ("corridor threshold flights-threshold",),
    "calibrate": ("corridor calibrate minsk-2021",),
    "backtest": ("corridor backtest eastern-border", "corridor backtest minsk-2021"),
    "assimilate": (
        "corridor assimilate eastern-border",
        "corridor assimilate eastern-border --until 2022-12-31",
        "corridor assimilate eastern-border --scenario inferred.yaml --through 2024-06-30",
    ),
    "forecast": (
        "corridor forecast eastern-border --weeks 8",
        "corridor forecast eastern-border --counts counts.csv --set agencies.latvia.personnel=1500",
    ),
    "data": ("corridor data import monthly.xlsx --out observed.csv",),
}


class ByTask(TyperGroup):
    """The group of all commands."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a command, with its examples below its options."""
        command = super().get_command(ctx, cmd_name)
        lines = EXAMPLES.get(cmd_name, ())
        if command is not None and lines and not command.epilog:
            command.epilog = "\b\n" + "\n".join(
                [f"Example{'s' if len(lines) > 1 else ''}:", *(f"  {x}" for x in lines)]
            )
        return command

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the commands by task, those of no task last."""
        found = {name: self.get_command(ctx, name) for name in self.list_commands(ctx)}
        named = {name for names in TASKS.values() for name in names}
        others = tuple(name for name in found if name not in named)
        width = max(map(len, found), default=0)
        room = formatter.width - width - 8
        for task, names in {**TASKS, "Others": others}.items():
            rows = [(name.ljust(width), found[name].get_short_help_str(room)) for name in names if name in found]
            if rows:
                with formatter.section(task):
                    formatter.write_dl(rows)
