"""The crash test: real processes are killed at random moments, and every promise about texts is counted afterwards."""
