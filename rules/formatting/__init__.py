"""The canonical form of a file of rules: its lines, their order, their comments."""
