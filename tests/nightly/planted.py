"""Small changes of a source that a test should notice."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
COMPARISONS = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
}  # fmt: skip
OPERATORS = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult,
    ast.BitXor: ast.BitOr, ast.LShift: ast.RShift, ast.RShift: ast.LShift, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip


class Mutant(NamedTuple):
    """A change of one source; the number says which of its changes."""

    file: str
    number: int
    line: int
    change: str


def changes(node: ast.AST, parent: ast.AST | None) -> Iterator[tuple[str, Any]]:
    """What may be changed at a node: a description, and the node to put there."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARISONS:
        new = copy.deepcopy(node)
        new.ops[0] = COMPARISONS[type(node.ops[0])]()
        yield "comparison", new
        negated = ast.UnaryOp(ast.Not(), copy.deepcopy(node))
        yield "negated", negated
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        new = copy.deepcopy(node)
        new.op = OPERATORS[type(node.op)]()
        yield "operator", new
    if isinstance(node, ast.AugAssign) and type(node.op) in OPERATORS:
        new = copy.deepcopy(node)
        new.op = OPERATORS[type(node.op)]()
        yield "operator", new
    if isinstance(node, ast.BoolOp):
        new = copy.deepcopy(node)
        new.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield "and/or", new
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield "sign", node.operand
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield "constant", ast.Constant(node.value + 1)
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield "constant", ast.Constant(not node.value)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("min", "max"):
        new = copy.deepcopy(node)
        new.func.id = "max" if node.func.id == "min" else "min"
        yield "min/max", new
    if isinstance(node, (ast.Continue, ast.Break)):
        yield "left out", ast.Pass()
    if isinstance(node, (ast.AugAssign, ast.Assign)) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    ):
        yield "left out", ast.Pass()


def places(tree: ast.AST) -> Iterator[tuple[ast.AST, str, int | None]]:
    """Each node inside a function, by its parent, the parent's field and the place in a list; no docstrings."""
    for function in [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]:
        for parent in ast.walk(ast.Module(function.body, [])):
            for field, value in ast.iter_fields(parent):
                if isinstance(value, list):
                    for i, item in enumerate(value):
                        if isinstance(item, ast.AST) and not isinstance(parent, ast.Module):
                            yield parent, field, i
                elif isinstance(value, ast.AST):
                    yield parent, field, None
        for i in range(len(function.body)):
            yield function, "body", i


def mutants_of(file: str) -> Iterator[tuple[Mutant, ast.AST]]:
    """All mutants of a source, each with its changed tree, which is changed back when the next one is asked for."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    seen: set[tuple[int, str]] = set()  # a function inside another one is walked twice
    for parent, field, i in list(places(tree)):
        old = getattr(parent, field) if i is None else getattr(parent, field)[i]
        for what, new in changes(old, parent):
            if (id(old), what) in seen:
                continue
            put(parent, field, i, new)
            shown = f"{what}: {ast.unparse(old)[:60]} -> {ast.unparse(new)[:60]}".replace("\n", " ")
            yield Mutant(file, len(seen), getattr(old, "lineno", 0), shown), tree
            put(parent, field, i, old)
            seen.add((id(old), what))


def text_of(mutant: Mutant) -> str:
    """The changed source."""
    tree = next(tree for one, tree in mutants_of(mutant.file) if one.number == mutant.number)
    return ast.unparse(ast.fix_missing_locations(tree))


def put(parent: ast.AST, field: str, i: int | None, node: Any) -> None:
    if i is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[i] = node
