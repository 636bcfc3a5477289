"""The command line: one file per command, and `command` that chooses among them."""
