"""What an experiment says of its data: where they come from, and how a network is given them."""

from collections.abc import Iterator
from dataclasses import dataclass

from playground.data import SOURCES, typed
from playground.data.features import LONGEST, feature_of, inputs_needed
from playground.data.formula import MOST_INPUTS
from playground.data.normalization import NORMALIZATIONS
from playground.data.origin import OWN, is_file, source_of
from playground.data.parser import MOST_CHARACTERS, FormulaError
from playground.data.points import Points
from playground.data.table import ENDINGS, Table
from playground.fields import Problem, setting
from playground.sentence import Sentence


@dataclass(frozen=True)
class Split:
    """The shares of the samples for training, validation and test; they add up to 1."""

    train: float = setting(0.7, "Train", minimum=0.01, maximum=1, step=0.05)
    validation: float = setting(0.15, "Validation", minimum=0, maximum=0.99, step=0.05)
    test: float = setting(0.15, "Test", minimum=0, maximum=0.99, step=0.05)


@dataclass(frozen=True)
class Data:
    """What the network learns from, and how it is put before it.

    `source` is the name of a data set, "points" for those in `points`, "formula" for what `formula`
    gives, or the path of a CSV file, of which `table` says what its columns mean. `samples` and
    `noise` are for what is made anew.
    """

    source: str = setting(
        "spiral",
        "Data",
        maximum=1000,
        choices=lambda: (*SOURCES, *OWN),
        pattern=ENDINGS,
        pattern_words=Sentence("a file that ends in .csv, .tsv or .txt"),
    )
    points: Points | None = setting(None, "Points drawn")
    formula: str | None = setting(None, "Formula", maximum=MOST_CHARACTERS)
    table: Table | None = setting(None, "Table")
    samples: int = setting(
        500, "Points", minimum=10, maximum=100_000, log=True, help="Number of samples to make"
    )
    noise: float = setting(
        0.1, "Noise", minimum=0, maximum=0.5, step=0.01, help="How far samples stray"
    )
    split: Split = setting(Split(), "Split", help="Shares for training, validation and test")
    normalize: str = setting(
        "none",
        "Normalise",
        choices=lambda: tuple(NORMALIZATIONS),
        help="Rescale each feature, by statistics of the training samples alone",
    )
    features: tuple[str, ...] = setting(
        ("x1", "x2"),
        "Input features",
        maximum=LONGEST,
        many=(1, MOST_INPUTS),
        help="What the first layer is given: formulas of x1, x2, …",
    )

    def misfits(self, path: str) -> Iterator[Problem]:
        """What keeps the data from being made at all, each with its path below `path`."""
        if is_file(self) and self.table is None:
            message = "is missing; it says which columns are inputs, and which is the target"
            yield Problem(f"{path}.table", message)
        if self.table is not None:
            yield from self.table.misfits(f"{path}.table")
        if self.points is not None:
            yield from self.points.misfits(f"{path}.points")
        if self.formula is not None and (message := typed.misfit(self.formula)):
            yield Problem(f"{path}.formula", message)
        for index, feature in enumerate(self.features):
            try:
                feature_of(feature)
            except FormulaError as error:
                yield Problem(
                    f"{path}.features.{index}",
                    '"{feature}", {why}',
                    feature=feature,
                    why=str(error),
                )

    def has_features(self) -> bool:
        """Whether the data have the inputs that the features need; not for data with misfits."""
        inputs = len(source_of(self).input_names)
        return all(inputs_needed(feature) <= inputs for feature in self.features)
