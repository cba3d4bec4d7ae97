"""The tenant: its state, the file that it is read from, and the file that it can be written to."""
