"""The JSON schema of an experiment file, for editors and other programs."""

import argparse
import json

from playground.experiment import Experiment


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none."""


def run(arguments: argparse.Namespace) -> int:
    """Print the schema."""
    print(json.dumps(Experiment.schema(), indent=2))
    return 0
