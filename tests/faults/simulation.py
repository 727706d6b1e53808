"""Simulated lives of writers on a simulated disk, each given by a number, and what they lost.

    python -m tests.faults.simulation [--seeds 20000] [--first 0]

Ends with status 1 if something reported done was not there afterwards, a command ended in another way than in its own
error, or a study that went on ended with other bytes than one that nothing disturbed.
"""

from __future__ import annotations

import argparse
import errno
import random
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from sim.outputs.folder import OutputError
from sim.states.errors import StateError
from sim.studies.store.verify import verify
from tests.faults import simulated_single_files
from tests.faults.fake_study import FakePlan, Told, begun, bytes_of, faked, live, lost, undisturbed
from tests.faults.simulated_disk import Fault, PowerCut, SimulatedDisk

ERRORS = (errno.ENOSPC, errno.EIO, errno.EDQUOT)
LIVES = 4  # with faults, at most; the last one has none
SHAPES = ((1, 1), (3, 3), (5, 2), (7, 3))  # runs of a study, and of a chunk
FAST = Path("/dev/shm")  # nothing here needs a real disk


def faults(lot: random.Random, calls: int) -> list[Fault]:
    """Up to three errors at any calls, and perhaps a power cut."""
    found = [
        Fault(lot.randrange(1, calls), lot.choice(ERRORS), lot.random() < 0.3)
        for _ in range(lot.choice((0, 0, 1, 1, 2, 3)))
    ]
    return [*found, Fault(lot.randrange(1, calls), "cut")] if not found or lot.random() < 0.7 else found


def one_life(
    disk: SimulatedDisk, act: Callable[[], object], allowed: tuple[type[Exception], ...], wrong: list[str]
) -> bool:
    """Act until the end, an error or a cut; returns whether there was a cut."""
    try:
        with disk.watching():
            act()
    except PowerCut:
        return True
    except allowed as error:
        if "\n" in str(error):
            wrong.append(f"an error of several lines: {error}")
    except Exception as error:
        wrong.append(f"{type(error).__name__}: {error} at {traceback.extract_tb(error.__traceback__)[-3:]}")
    return disk.dead


def study(lot: random.Random, place: Path) -> list[str]:
    """A study of one writer or several shards, later perhaps extended, that is ended at any call, again and again."""
    size, chunk = lot.choice(SHAPES)
    plan, more = FakePlan(size, chunk), FakePlan(size + lot.choice((0, 0, 2)), chunk)
    parts = lot.choice((1, 1, 2, 3)) if size > 2 else 1
    disk_place, told, wrong = place / "0", Told(), list[str]()
    disk_place.mkdir()
    for number in range(1, lot.randrange(1, LIVES) + 1):
        disk = SimulatedDisk(disk_place, faults(lot, 40 + 12 * size), lot)
        asked = lot.choice((plan, more))
        shard = None if parts == 1 else (lot.randrange(parts) + 1, parts)
        cut = one_life(disk, lambda d=disk_place, a=asked, s=shard: live(a, d / "s", told, s), (OutputError,), wrong)
        if cut or lot.random() < 0.3:  # the machine may lose its power later, too
            disk_place = place / str(number)
            disk.after_cut(disk_place)
        wrong += [f"life {number}: {text}" for text in lost(disk_place / "s", told)]
        if begun(disk_place / "s"):
            with suppress(OutputError):
                verify(disk_place / "s")
    folder = disk_place / "s"
    for number in range(parts) if parts > 1 else ():
        live(more, folder, told, (number + 1, parts))
    live(more, folder, told)
    wrong += lost(folder, told) + verify(folder).damage
    if bytes_of(folder) != undisturbed(more.replicates, chunk):
        wrong.append("other bytes than without faults")
    return wrong


def files(lot: random.Random, place: Path) -> list[str]:
    """A run's folder, a state or compiled code, written again and again: it is whole, and not older than told."""
    kind = lot.choice(simulated_single_files.KINDS)
    disk_place, told, wrong = place / "0", 0, list[str]()
    disk_place.mkdir()
    for number in range(1, LIVES + 1):
        disk = SimulatedDisk(disk_place, faults(lot, 60) if number < LIVES else [], lot)
        done: list[int] = []
        act = lambda d=disk_place, n=number, g=done: g.append(kind.write(d, n))  # noqa: E731
        cut = one_life(disk, act, (OutputError, StateError), wrong)
        told = number if done and kind.keeps else told
        if cut or (number < LIVES and lot.random() < 0.3):
            disk_place = place / str(number)
            disk.after_cut(disk_place)
        found = kind.read(disk_place)
        if not told <= found <= number:
            wrong.append(f"{kind.name}: version {told} was reported; found {found} after the writing of {number}")
    return wrong + kind.left(disk_place)


def simulate(seed: int) -> list[str]:
    """What is wrong after the lives that a number stands for."""
    lot = random.Random(seed)
    place = Path(tempfile.mkdtemp(prefix="corridor-simulated-", dir=FAST if FAST.is_dir() else None))
    try:
        with faked():
            return (study if lot.random() < 0.8 else files)(lot, place)
    except Exception as error:
        return [f"{type(error).__name__}: {error} at {traceback.extract_tb(error.__traceback__)[-3:]}"]
    finally:
        shutil.rmtree(place)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0)
    asked = parser.parse_args()
    bad, began = 0, time.monotonic()
    for seed in range(asked.first, asked.first + asked.seeds):
        for text in simulate(seed):
            print(f"seed {seed}: {text}", flush=True)
            bad += 1
        if (seed + 1) % 1000 == 0:
            print(f"{seed + 1} done, {time.monotonic() - began:.0f} s", flush=True)
    print(f"{asked.seeds} seeds in {time.monotonic() - began:.0f} s: {bad} things wrong")
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
