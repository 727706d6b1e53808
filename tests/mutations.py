"""Scenario files as they go wrong: by a slip, by a program, by intent. Case k is the same wherever it is made."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

Mutation = Callable[[str, random.Random], bytes]

VALUES = (
    "", "null", "true", "no", "[]", "{}", "[1, 2", "{a: 1", "- x", "2021-02-30", "2021-08-03", "0", "-1", "1e9999",
    "-.inf", ".nan", "1" + "0" * 400, "9" * 30, "-" + "9" * 25, "0x" + "f" * 40, "1e-400", "1_000", "12:30:45",
    "'text'", '"\\ud800"', '"\\x00"', "text with: colon", "*unknown", "&a",
    "!!python/object/apply:os.system [touch pwned]", "!!binary aGk=", "!include /etc/passwd", "{uniform: [3, 1]}",
    "{normal: [0, -1]}", "{joint: [1, 2]}", "{choice: []}", "{uniform: x}", "[[[[1]]]]", "ERBIL", "x" * 300,
    "../../etc/passwd", "/etc/passwd", "%SYSTEMROOT%", "$(touch pwned)", "\u202e", "\u200b",
)  # fmt: skip
LINES = (
    "unknown: 1", "  size: 3", "- item", "...", "---", "%YAML 9.9", "%TAG ! tag:x,2000:", "? [a, b]",
    "extends: ../x.yaml", "extends: /etc/passwd.yaml", "extends: [a]", "extends: ''", "timetable: ../../etc/passwd",
    "timetable: nothing.csv", "timetable: /dev/zero", "\tdays: 3", "days: 3", "seed: -1", "<<: *a", "a: &a [*a]",
    "'': 1", "2021-01-01: 1", "null: 1", "title: \"<script>alert(1)</script>\"", "observed: [../../../etc/passwd]",
)  # fmt: skip
SIGNS = (
    "\x00",
    "\x1b[2J",
    "\ufeff",
    "\u202e",
    "\u2028",
    "\x85",
    "\U0001f600",
    "e\u0301",
    "\ufffe",
    "\x7f",
    "\r",
    "\t",
    "\x0b",
)
ENCODINGS = ("utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252", "utf-7", "cp037")


def flipped(text: str, lot: random.Random) -> bytes:
    data = bytearray(text.encode())
    for _ in range(lot.randint(1, 6)):
        data[lot.randrange(len(data))] ^= 1 << lot.randrange(8)
    return bytes(data)


def cut(text: str, lot: random.Random) -> bytes:
    return text.encode()[: lot.randrange(len(text.encode()))]


def lines_changed(text: str, lot: random.Random) -> bytes:
    """Lines left out, doubled, swapped, indented otherwise."""
    lines = text.splitlines()
    for _ in range(lot.randint(1, 3)):
        i, j = lot.randrange(len(lines)), lot.randrange(len(lines))
        match lot.randrange(4):
            case 0:
                lines[i] = ""
            case 1:
                lines.insert(i, lines[j])
            case 2:
                lines[i], lines[j] = lines[j], lines[i]
            case _:
                lines[i] = " " * lot.randint(0, 9) + lines[i].lstrip()
    return "\n".join(lines).encode()


def value_swapped(text: str, lot: random.Random) -> bytes:
    """One value by one of another type or size."""
    lines = text.splitlines()
    sign = ": " if ": " in text else ","
    with_value = [i for i, line in enumerate(lines) if sign in line]
    for _ in range(lot.randint(1, 2) if with_value else 0):
        i = lot.choice(with_value)
        parts = lines[i].split(sign)
        parts[-1 if sign == ": " else lot.randrange(len(parts))] = lot.choice(VALUES)
        lines[i] = sign.join(parts)
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def line_added(text: str, lot: random.Random) -> bytes:
    lines = text.splitlines()
    lines.insert(lot.choice([0, len(lines), lot.randrange(len(lines))]), lot.choice(LINES))
    return "\n".join(lines).encode()


def sign_added(text: str, lot: random.Random) -> bytes:
    for _ in range(lot.randint(1, 4)):
        i = lot.randrange(len(text))
        text = text[:i] + lot.choice(SIGNS) + text[i:]
    return text.encode()


def nested(text: str, lot: random.Random) -> bytes:
    """Brackets, mappings or lists ever deeper, up to a million."""
    n = 10 ** lot.randint(1, 6)
    deep = lot.choice(
        ["[" * n, "{a: " * n, "- " * n, "? " * n, "[" * n + "]" * n, "".join(" " * k + "a:\n" for k in range(n % 1500))]
    )
    return (text + "\nobserved: " + deep).encode()


def aliases(text: str, lot: random.Random) -> bytes:
    """A billion laughs, in a list, in mappings, or in the chain of a key that is merged."""
    depth, width = lot.randint(5, 40), lot.randint(2, 12)
    first = lot.choice(["lol", "{x: 1}", "[1]"])
    laughs = [f"a0: &a0 {first}"]
    for k in range(1, depth):
        inner = ", ".join([f"*a{k - 1}"] * width)
        laughs.append(f"a{k}: &a{k} [{inner}]" if lot.random() < 0.7 else f"a{k}: &a{k} {{l: [{inner}], m: *a{k - 1}}}")
    return "\n".join([*laughs, text]).encode()


def encoded(text: str, lot: random.Random) -> bytes:
    return text.encode(lot.choice(ENCODINGS), "replace")


def long(text: str, lot: random.Random) -> bytes:
    """Up to 100 MB: of a comment, of one line, of many keys, of noughts."""
    size = 10 ** lot.choice([4, 5, 6, 7, 7, 8])
    filler: str = lot.choice(["# x", "title: " + "x" * 70, "a: 1", "\x00" * 60, "- 1"])
    one = (filler + lot.choice(["\n", "", " "])).encode()
    return text.encode() + b"\n" + one * min(size // len(one), 10**8 // len(one))


def several(text: str, lot: random.Random) -> bytes:
    """Two slips at once."""
    for mutation in lot.sample(SLIPS, 2):
        text = mutation(text, lot).decode("utf-8", "replace").strip() or "x"
    return text.encode()


SLIPS: tuple[Mutation, ...] = (flipped, cut, lines_changed, value_swapped, line_added, sign_added)
MUTATIONS: tuple[Mutation, ...] = (*SLIPS, *SLIPS, value_swapped, several, several, nested, aliases, encoded, long)


def write_case(number: int, folder: Path, scenario: str, timetable: str) -> str:
    """Write the scenario, with its timetable, into a folder, one of the two gone wrong; how it did."""
    lot = random.Random(number)
    mutation = lot.choice(MUTATIONS)
    spoilt, whole = ("timetable.csv", "case.yaml") if lot.random() < 0.15 else ("case.yaml", "timetable.csv")
    texts = {"case.yaml": scenario, "timetable.csv": timetable}
    (folder / spoilt).write_bytes(mutation(texts[spoilt], lot))
    (folder / whole).write_text(texts[whole], encoding="utf-8")
    return f"case {number}: {mutation.__name__} of {spoilt}"
