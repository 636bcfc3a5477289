"""What this machine offers the program, and what it lacks."""

import argparse

from playground.doctor import findings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none."""


def run(arguments: argparse.Namespace) -> int:
    """Print what was found, one line each."""
    rows = findings()
    width = max(len(name) for name, _ in rows)
    print(*(f"{name:<{width}}  {finding}" for name, finding in rows), sep="\n")
    return 0
