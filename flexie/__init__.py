"""The application: what happens to a text, who may see it, and which rules answer it."""
