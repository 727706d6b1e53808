"""Random numbers keyed by (stream, migrant, occasion), never drawn in order.

A draw is a hash of the migrant's 64-bit key, the stream and the number of the
occasion in that stream (0 for the first), but not of the day. A queue that
shifts a date therefore changes no draw, and two scenarios with one seed have the
same people with the same draws (common random numbers).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from sim.engine.compiled import codes, compiled

Seed = int | np.integer | Sequence[int] | np.random.SeedSequence

# One stream a question that a migrant can be asked; `stream` gives a number to one that is not listed here.
(
    ROUTE, FUNDS, VISA_LEAD, TRAVEL, STAY, ZONE, RESISTANCE, SECTION, DETECTION, PATROL,
    TURN_BACK, HOPE, GOING_BACK, CAUSE, ONWARD, ONWARD_LAG, PROCEDURE, PROCEDURE_END,
    DEATH, INJURY, WITHDRAWAL, SELF_PRESENTATION, RECONSIDER, RECONSIDER_LAG, SEA_WAIT, WRECK,
    SEA_GIVING_UP, SEA_RETRY, RETURN_ORDER, WEATHER, BOAT_FATE, BOAT_INTERCEPTION, MEASURE, CLAIM, LAYOVER,
) = codes(35)  # fmt: skip

# Occasions: a question asked once per migrant has occasion 0; a repeated one is numbered by a count of past events.
#   bookings            ROUTE, VISA_LEAD, TRAVEL, LAYOVER, STAY, ZONE, RECONSIDER, RECONSIDER_LAG, SEA_WAIT
#   waits               RESISTANCE, CAUSE, GOING_BACK, DEATH, INJURY
#   attempts            SECTION, WITHDRAWAL, SELF_PRESENTATION, DETECTION, PATROL, TURN_BACK, HOPE, CLAIM
#   voyages             WRECK, SEA_GIVING_UP, SEA_RETRY
#   boats of a route    BOAT_FATE, BOAT_INTERCEPTION; days of the run: WEATHER

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_SALT = np.uint64(0xD6E8FEB86659FD93)
_M1 = np.uint64(0xBF58476D1CE4E5B9)
_M2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S32, _S11 = (np.uint64(s) for s in (30, 27, 31, 32, 11))
_ONE = np.uint64(1)
_TO_UNIT = 2.0**-53


@compiled
def mix(z: np.uint64) -> np.uint64:
    """Return the finaliser of splitmix64 (Steele, Lea and Flood 2014, doi:10.1145/2660193.2660195)."""
    z = (z ^ (z >> _S30)) * _M1
    z = (z ^ (z >> _S27)) * _M2
    return z ^ (z >> _S31)


@compiled
def bits(key: np.uint64, stream: int, occasion: int) -> np.uint64:
    """Return 64 random bits for one question. The key is itself a hash (`fill_keys`), so one mix is enough."""
    counter = (np.uint64(stream) << _S32) + np.uint64(occasion) + _ONE
    return mix(key ^ (counter * _GOLDEN))


@compiled
def draw(key: np.uint64, stream: int, occasion: int) -> float:
    """Return a uniform number in [0, 1) for an occasion (0 is the first) of ``stream`` and the holder of ``key``."""
    return float(bits(key, stream, occasion) >> _S11) * _TO_UNIT


@compiled
def lag(u: float, mean: float) -> int:
    """Return whole days, at least 1, geometrically distributed with the given mean (days), from a uniform ``u``."""
    if mean <= 1.0:
        return 1
    days = 1 + int(math.log(1.0 - u) / math.log1p(-1.0 / mean))
    return min(days, 20_000)


@compiled
def daily_hazard(mean: float) -> float:
    """Return the hazard per day under which whole days, geometrically distributed, have the given mean (days).

    -log(1 - 1 / mean), as `lag`; a mean of less than 1.02 days counts as that.
    """
    return -math.log1p(-1.0 / max(mean, 1.02))


@compiled
def happens(u: float, cumulative_hazard: float) -> bool:
    """Return whether an event with cumulative hazard H happens: u < 1 - exp(-H), computed only if u < H."""
    return u < cumulative_hazard and u < -math.expm1(-cumulative_hazard)


@compiled
def fill_keys(keys: npt.NDArray[np.uint64], base: np.uint64) -> None:
    """Write the keys of the migrants 0 … n-1 of the cohort with hash ``base`` into ``keys``, shape (n,)."""
    for i in range(keys.shape[0]):
        keys[i] = mix(mix(base + np.uint64(i) * _GOLDEN) + _SALT)


def name_key(seed: int, *names: str) -> np.uint64:
    """Return a 64-bit hash of a seed and names, from which draws for a cohort, a route or a measure are keyed."""
    digest = blake2b("\0".join([str(seed), *names]).encode(), digest_size=8).digest()
    return np.uint64(int.from_bytes(digest, "little"))


def stream(name: str) -> np.int64:
    """Number of a stream of one's own, by its name: from 2^16 to 2^31, far above those listed here."""
    return np.int64(int(name_key(0, "stream", name)) % 2**31 | 2**16)


def seed_of(rng: Seed) -> int:
    """Return the integer that keys all draws: ``rng`` itself, or a hash if it is not a single number.

    Raises:
        TypeError: If ``rng`` is not a seed but, say, a generator, whose state changes with each draw.
    """
    if isinstance(rng, int | np.integer) and not isinstance(rng, bool):
        return int(rng)
    try:
        if isinstance(rng, np.random.SeedSequence):
            return int(rng.generate_state(1, np.uint64)[0] >> _ONE)
        if isinstance(rng, list | tuple):
            return seed_of(np.random.SeedSequence(rng))
    except (TypeError, ValueError):
        pass
    raise TypeError(
        f"rng: found {rng!r:.80}; allowed: a whole number, a list of them, or a numpy SeedSequence, as draws are keyed "
        "by a seed; of a generator, int(generator.integers(2**63)) is one"
    )
