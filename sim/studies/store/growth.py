"""Growth of a study with points: more points, more replicates; the runs that are there keep their numbers and bytes."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from sim.outputs.folder import OutputError
from sim.studies.plan import Plan, Size
from sim.studies.store.recorded import Recorded, manifests_of


def grown(plan: Plan, folder: Path) -> Plan:
    """Return the plan with the sizes that the study in a folder had before; the same plan if it has no points.

    Args:
        plan: The study as it is requested now.
        folder: Its folder, which may hold no record yet.

    Raises:
        OutputError: If the study there has more points or replicates, or its points are not the first of the plan's.
    """
    if plan.points is None or not manifests_of(folder):
        return plan
    sizes = {plan.size}
    for asked in Recorded(folder).asked:
        there = Size(asked["points"], asked["replicates"])
        if there.points <= plan.size.points and plan.digest(there.points) != asked["sha256"]:
            raise OutputError(f"{folder}: {_other_points(plan, there)}")
        if not plan.size.holds(there):
            text = f"holds {_words(there)}; asked for {_words(plan.size)}: a study can grow, not shrink"
            raise OutputError(f"{folder}: {text}; choose another folder, or ask for as many or more")
        sizes.add(there)
    in_order = sorted(sizes, key=lambda size: size.points * size.replicates)
    for smaller, larger in pairwise(in_order):
        if not larger.holds(smaller):
            text = f"was asked for {_words(smaller)} and for {_words(larger)} at the same time"
            raise OutputError(f"{folder}: {text}; choose another folder")
    return replace(plan, before=tuple(size for size in in_order if size != plan.size))


def _other_points(plan: Plan, there: Size) -> str:
    if there.points == plan.size.points:
        what = "holds another study, which differs in the values of its points"
        return f"{what}; choose another folder, or delete this one"
    found = f"holds {there.points:,} points, which are not the first of the {plan.size.points:,} asked for"
    return f"{found}; {plan.growth or 'this study cannot grow'}; or choose another folder"


def _words(size: Size) -> str:
    return f"{size.points:,} points with {size.replicates:,} run{'s' if size.replicates > 1 else ''} of each"
