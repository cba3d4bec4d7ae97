"""The chains of a run: what one step of each does."""
