"""Transfer from the hub to the border zones, limited by the seats that the state provides.

A zone is chosen by a logit of the perceived success of its best sections and the state's steering;
a full camp takes nobody, and the next zone with room is taken. Those left in line may go home or move on meanwhile.
"""

from __future__ import annotations

import math

from sim.engine.choice import attraction, rush_to
from sim.engine.clocks import wait
from sim.engine.compiled import compiled
from sim.engine.ledger import count, move, occupants, whole
from sim.engine.queues import front, in_turn, line_up, pop, push, take_due, transfer_queue
from sim.engine.rows import AT_BORDER, AT_HUB
from sim.engine.streams import ZONE, draw
from sim.engine.tables import C_HUB, F_REACHED_BORDER, N_EVENTS


@compiled
def choose_zone(m, zones, state):
    """Return the zone of ``state`` that the migrant is taken to, by cumulative shares; -1 if the state has none."""
    u = draw(m.key, ZONE, m.bookings)
    last = -1
    for z in range(zones.shape[0]):
        if zones[z].state == state:
            last = z
            if u < zones[z].cumulative:
                return z
    return last


@compiled
def weigh_zones(w):
    """Write the cumulative share of each zone in its state, from the inclusive value of its sections."""
    p = w.p[0]
    sections = w.sections.shape[0]
    for s in range(w.states.shape[0]):
        total = 0.0
        for z in range(w.zones.shape[0]):
            zone = w.zones[z]
            if zone.state == s:
                value = 0.0
                for k in range(sections):
                    weight = attraction(w.reach[z * sections + k], w.sections[k], p)
                    value += weight * rush_to(w.sections[k], p)
                total += value * math.exp(zone.steering)
                zone.cumulative = total
        for z in range(w.zones.shape[0]):
            if w.zones[z].state == s and total > 0.0:
                w.zones[z].cumulative /= total


@compiled
def with_room(w, chosen, state):
    """Return the chosen zone, or the state's next one with room; -1 if all camps are full."""
    zones = w.zones.shape[0]
    for step in range(zones):
        z = (chosen + step) % zones
        if w.zones[z].state == state and w.zones[z].room > 0:
            return z
    return -1


@compiled
def run(w, day):
    """Queue those whose stay is over for transfer, and fill the seats that each state provides today."""
    weigh_zones(w)
    for z in range(w.zones.shape[0]):
        w.zones[z].room = w.zones[z].capacity - occupants(w, z)
    n = take_due(w, C_HUB, day, AT_HUB)
    line_up(w, n)
    for j in range(n):
        i = in_turn(w, j)
        push(w, transfer_queue(w, w.routes[w.rows[i].route].state), i)
    for s in range(w.states.shape[0]):
        state = w.states[s]
        q = transfer_queue(w, s)
        seats, state.transfer_carry = whole(state.transfer, state.transfer_carry)
        while w.queues[q].length > 0:
            i = front(w, q)
            m = w.rows[i]
            if m.status != AT_HUB:  # has left the line for good
                pop(w, q)
                continue
            if seats <= 0:
                break
            chosen = choose_zone(m, w.zones, s)
            if chosen < 0:
                break
            z = with_room(w, chosen, s)
            if z < 0:
                break
            pop(w, q)
            w.counters[N_EVENTS] += 1
            seats -= 1
            w.zones[z].room -= 1
            move(w, m, AT_BORDER, w.zones[z].place)
            count(w, day, m, F_REACHED_BORDER)
            wait(w, i, day)
        if w.queues[q].length == 0:
            state.transfer_carry = 0.0
    for j in range(n):
        i = in_turn(w, j)
        if w.rows[i].status == AT_HUB:
            wait(w, i, day)
