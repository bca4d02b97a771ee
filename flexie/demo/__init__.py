"""The demo: a small clinic with its people, customers, texts and rules, for trying everything with no account.

What it holds stands as plain data in this folder; the modules here only bring it into the database.
"""

from flexie.demo.seed import DemoError, Seeded, seed

__all__ = ["DemoError", "Seeded", "seed"]
