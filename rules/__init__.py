"""The rules language: pure, without a database and without Flask."""
