"""Builds the syntax tree while Lark reads: one method for each rule of the grammar, under the same name."""

from rules.tree.builder import Built, TreeBuilder

__all__ = ["Built", "TreeBuilder"]
