"""The experiment of a sweep written again as YAML, from what its folder records."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sim.studies.plan import EXPERIMENT
from sim.studies.study import Study
from sim.sweeps.designs import samples_of

FILE = "experiment.yaml"  # its name in the folder of a sweep
_NOT_IN_FILES = ("name", "titles", "knobs", "outcomes")


def experiment_text(study: Study) -> str:
    """Return the experiment of a sweep as YAML, with the scenarios of its folder: it reruns the sweep anywhere."""
    about = study.about["plan"][EXPERIMENT]
    kept = {key: value for key, value in about.items() if key not in _NOT_IN_FILES}
    samples = samples_of(about["design"], len(about["knobs"]), study.points, second_order=about["second_order"])
    outcomes = {} if "objectives" in kept else {"outcomes": about["outcomes"]}
    content = {
        **kept, "samples": samples, "replicates": study.replicates,
        "scenarios": [f"scenarios/{name}.yaml" for name in study.names], **outcomes,
        "parameters": {knob["name"]: parameter_of(knob, about["titles"].get(knob["name"])) for knob in about["knobs"]},
    }  # fmt: skip
    lines = [f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in content.items()]
    first = (
        "# The experiment of this folder. `corridor sweep` of the folder goes on with it; of this file, begins anew.\n"
    )
    return first + "".join(lines)


def parameter_of(knob: Mapping[str, Any], title: str | None) -> dict[str, Any]:
    """Return a parameter as an experiment's file gives it, from its description and its title, if it has one."""
    found: dict[str, Any] = {} if title is None else {"title": title}
    if "rows" in knob:
        return {**found, "joint": True}
    if knob["weights"] != {knob["name"]: 1.0}:
        found["paths"] = knob["weights"]
    if knob["values"] is not None:
        return {**found, "values": knob["values"]}
    return {**found, "distribution": knob["spread"]}
