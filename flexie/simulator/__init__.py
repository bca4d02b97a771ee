"""A pretend provider and phone network behind HTTP: phones to text from, receipts, failures and opt-outs.

It stands alone: it imports nothing else of the application, keeps its own SQLite file, and is reached
only over HTTP, as a real provider would be.
"""
