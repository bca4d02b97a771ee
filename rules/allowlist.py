"""What a template may contain, and the rewriting that leads its work through functions that count.

Jinja works out constants while it compiles, so a tree is held against the list before it is compiled.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from jinja2 import nodes
from jinja2.visitor import NodeTransformer

from rules.twig import FILTERS, TESTS, TemplateError

DEEPEST = 40
"""Levels of nesting."""

MOST_NODES = 2_000
"""Parts of one template."""

# Names that no template can write, for filters that only the rewriting puts in.
ITEMS, JOINED, COMPARED, NOTED, NOW = "(items)", "(joined)", "(compared)", "(noted)", "(now)"

_HARMLESS = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.CondExpr),
    *(nodes.And, nodes.Or, nodes.Not, nodes.Neg, nodes.Pos, nodes.Concat, nodes.Operand, nodes.List, nodes.Tuple),
    *(nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod),
)
FUNCTIONS = {"date": (1, 2), "now": (0, 0)}
_RESERVED = frozenset({"self", "super", "caller", "varargs", "kwargs"})
_PATHS = (nodes.Name, nodes.Getattr, nodes.Getitem)
_NOT_HERE: dict[type[nodes.Node], str] = {
    nodes.Assign: "set",
    nodes.AssignBlock: "set",
    nodes.Macro: "macro",
    nodes.CallBlock: "call",
    nodes.FilterBlock: "filter",
    nodes.With: "with",
    nodes.Block: "block",
    nodes.Extends: "extends",
    nodes.Include: "include",
    nodes.Import: "import",
    nodes.FromImport: "import",
}


def check(tree: nodes.Template) -> int:
    """Raises TemplateError for anything that is not allowed; returns how many parts the tree has.

    Goes without recursion, so that no nesting is too deep for it.
    """
    waiting: list[tuple[nodes.Node, int]] = [(tree, 0)]
    count = 0
    while waiting:
        node, depth = waiting.pop()
        count += 1
        if depth > DEEPEST or count > MOST_NODES:
            raise TemplateError("This text is too complicated. Use fewer or simpler placeholders.")
        _check_node(node)
        children = list(node.iter_child_nodes())
        if isinstance(node, nodes.Call):
            children.remove(node.node)
        waiting += [(child, depth + 1) for child in children]
    return count


def _check_node(node: nodes.Node) -> None:
    if isinstance(node, _HARMLESS):
        return
    special = _SPECIAL.get(type(node))
    if special is not None:
        special(node)
    elif type(node) in _NOT_HERE:
        raise TemplateError(f"{{% {_NOT_HERE[type(node)]} %}} does not exist here. Use if and for only.")
    elif isinstance(node, nodes.Pow):
        raise TemplateError("There is no ** here. Multiply with *.")
    else:
        raise TemplateError("This placeholder holds something that does not exist here. Use fields and filters.")


def _check_name(node: nodes.Name) -> None:
    _no_inner_name(node.name)
    if node.name in _RESERVED or (node.ctx == "store" and node.name in ("loop", *FUNCTIONS)):
        raise TemplateError(f'"{node.name}" cannot be used as a name here. Take another.')


def _check_const(node: nodes.Const) -> None:
    if isinstance(node.value, int | float) and abs(node.value) >= 10**15:
        raise TemplateError("This number is too large.")


def _check_attribute(node: nodes.Getattr) -> None:
    _no_inner_name(node.attr)


def _check_item(node: nodes.Getitem) -> None:
    if not isinstance(node.arg, nodes.Const) or type(node.arg.value) not in (int, str):
        raise TemplateError("Between [ and ] stands a number, as in invoices[0].")
    if isinstance(node.arg.value, str):
        _no_inner_name(node.arg.value)


def _no_inner_name(name: str) -> None:
    if name.startswith("__") and name.endswith("__"):
        raise TemplateError(f'There is no field "{name}".')


def _check_filter(node: nodes.Filter) -> None:
    rule = FILTERS.get(node.name)
    if rule is None:
        near = get_close_matches(node.name, FILTERS, 1)
        advice = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(sorted(FILTERS))}."
        raise TemplateError(f'There is no filter "{node.name}". {advice}')
    _check_arguments(node, node.name, rule.least, rule.most)


def _check_test(node: nodes.Test) -> None:
    if node.name not in ("defined", *TESTS):
        raise TemplateError(f'"is {node.name}" does not exist here. There are: defined, {", ".join(TESTS)}.')
    _check_arguments(node, node.name, 0, 0)


def _check_call(node: nodes.Call) -> None:
    name = node.node.name if isinstance(node.node, nodes.Name) else None
    if name not in FUNCTIONS:
        raise TemplateError("Only date(...) and now() can be called here.")
    _check_arguments(node, name, *FUNCTIONS[name])


def _check_arguments(node: Any, name: str, least: int, most: int) -> None:
    if node.kwargs or node.dyn_args is not None or node.dyn_kwargs is not None:
        raise TemplateError(f"{name} takes plain values between its brackets, nothing with = or *.")
    if not least <= len(node.args) <= most:
        raise TemplateError(f"{name} takes {_count(least, most)} between its brackets, not {len(node.args)}.")


def _count(least: int, most: int) -> str:
    if most == 0:
        return "nothing"
    return f"{most} value{'s' * (most > 1)}" if least == most else f"{least} to {most} values"


def _check_for(node: nodes.For) -> None:
    if not isinstance(node.iter, _PATHS) or node.recursive:
        raise TemplateError("A loop goes over a list of the record, as in {% for invoice in invoices %}.")
    if not isinstance(node.target, nodes.Name):
        raise TemplateError("A loop has one name, as in {% for invoice in invoices %}.")


def _check_compare(node: nodes.Compare) -> None:
    if len(node.ops) != 1:
        raise TemplateError('Compare two things at a time, and join comparisons with "and".')


_SPECIAL: dict[type[nodes.Node], Any] = {
    nodes.Name: _check_name,
    nodes.Const: _check_const,
    nodes.Getattr: _check_attribute,
    nodes.Getitem: _check_item,
    nodes.Filter: _check_filter,
    nodes.Test: _check_test,
    nodes.Call: _check_call,
    nodes.For: _check_for,
    nodes.Compare: _check_compare,
}


class Rewriting(NodeTransformer):
    """Puts a counting filter wherever a checked tree loops, joins, compares, calls or prints a field."""

    def visit_For(self, node: nodes.For) -> nodes.Node:
        """One more round of a loop costs as many steps as the loop has parts."""
        cost = 1 + sum(1 for _ in node.find_all(nodes.Node))
        self.generic_visit(node)
        node.iter = _filter(ITEMS, node.iter, [nodes.Const(cost)])
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:
        """`a ~ b`."""
        self.generic_visit(node)
        return _filter(JOINED, node.nodes[0], node.nodes[1:])

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:
        """`a < b`."""
        self.generic_visit(node)
        operand = node.ops[0]
        return _filter(COMPARED, node.expr, [nodes.Const(operand.op), operand.expr])

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        """`date(x, "H:i")` is the filter of this name; so a field called date hides nothing."""
        date = node.node == nodes.Name("date", "load")
        arguments = [self.visit(argument) for argument in node.args]
        return _filter("date", arguments[0], arguments[1:]) if date else _filter(NOW, nodes.Const(None), [])

    def visit_CondExpr(self, node: nodes.CondExpr) -> nodes.Node:
        """Without an `else` the other way is empty."""
        self.generic_visit(node)
        node.expr2 = node.expr2 or nodes.Const(None)
        return node

    def visit_Output(self, node: nodes.Output) -> nodes.Node:
        """A field that is printed as it is, is noted if it is empty."""
        paths = [written_path(child) for child in node.nodes]
        self.generic_visit(node)
        node.nodes = [
            _filter(NOTED, child, [nodes.Const(path)]) if path else child
            for child, path in zip(node.nodes, paths, strict=True)
        ]
        return node


def written_path(node: nodes.Node) -> str | None:
    """The dotted name that this expression is, or None if it is anything else."""
    if isinstance(node, nodes.Name):
        return node.name
    if not isinstance(node, nodes.Getattr | nodes.Getitem):
        return None
    start = written_path(node.node)
    step = node.attr if isinstance(node, nodes.Getattr) else node.arg.value  # type: ignore[attr-defined]
    return start and (f"{start}.{step}" if isinstance(step, str) else f"{start}[{step}]")


def _filter(name: str, value: Any, arguments: Any) -> nodes.Filter:
    return nodes.Filter(value, name, arguments, [], None, None)
