"""Predictions of a saved model for rows of raw inputs, as CSV on standard output.

The columns of FILE.csv are found by the names of the model's inputs; where it has no header, or
other names, they are taken in their order. For classes, a row says the class and the probability of
each; a row that lacks a number has empty cells.
"""

import argparse
import csv
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from playground.cli.convert import MODEL_HELP, add_activation, read_model
from playground.cli.errors import CommandError
from playground.data.csv_file import Columns, TableError, content_of, read_text
from playground.data.dialect import decode, detect, encoding_of
from playground.engine.layers import Dense
from playground.export import Model

FORMULA_STARTS = ("=", "+", "-", "@")
DIGITS = ".9g"  # float32 comes back


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", type=Path, help=MODEL_HELP)
    parser.add_argument("file", metavar="FILE.csv", type=Path, help="rows of raw inputs")
    add_activation(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print a row of predictions for each row of the file."""
    model = read_model(arguments.model, arguments.activation)
    try:
        content = content_of(arguments.file)
        encoding = encoding_of(content)
        text = decode(content, encoding)
        dialect = detect(text, encoding)
        table = read_text(text, dialect)
    except (TableError, UnicodeDecodeError) as error:
        raise CommandError(f"{arguments.file}: {error}") from error
    notes: list[str] = [*table.notes]
    x = _inputs(table, dialect.header, model.description.input_names, notes)
    there = np.asarray(np.isfinite(x).all(axis=1))
    if lacking := len(x) - int(there.sum()):
        rows = "1 row lacks" if lacking == 1 else f"{lacking:,} rows lack"
        notes.append(f"{rows} a number, and so a prediction")
    for note in notes:
        print(f"playground: {arguments.file}: {note}", file=sys.stderr)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(map(text_cell, _header(model)))
    writer.writerows(_rows(model, x, there))
    return 0


def text_cell(text: str) -> str:
    """A text on one line that no spreadsheet takes for a formula, however it begins."""
    text = " ".join(text.split())
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _inputs(table: Columns, header: bool, names: tuple[str, ...], notes: list[str]) -> np.ndarray:
    """The raw inputs (rows, inputs), NaN where a cell holds no number."""
    found = {column.name: column for column in table.columns}
    wanted = [" ".join(name.split()) for name in names]
    missing = [name for name in wanted if name not in found]
    if not missing:
        columns = [found[name] for name in wanted]
    elif len(table.columns) == len(names):
        columns = list(table.columns)
        if header:
            notes.append(f"columns are taken in their order, as {', '.join(names)}")
    else:
        message = f"there is no column {missing[0]}; the model needs {', '.join(names)}"
        raise CommandError(message)
    return np.stack([column.numbers for column in columns], axis=1)


def _header(model: Model) -> list[str]:
    classes = model.description.class_names
    outputs = model.description.outputs
    if not classes:
        many = [f"prediction {place + 1}" for place in range(outputs)]
        return many if outputs > 1 else ["prediction"]
    if _activation(model) in ("sigmoid", "softmax"):
        return ["class", *(f"p({name})" for name in classes)]
    return ["class", "score"]


def _activation(model: Model) -> str:
    last, _ = model.layers()[-1]
    return last.activation if isinstance(last, Dense) else ""


def _rows(model: Model, x: np.ndarray, there: np.ndarray) -> Iterator[list[str]]:
    """The cells of each row."""
    classes = tuple(map(text_cell, model.description.class_names))
    activation = _activation(model)
    y = np.full((len(x), model.description.outputs), np.nan)
    y[there] = model.predict(x[there])
    empty = [""] * len(_header(model))
    limit = 0.0 if activation == "linear" else 0.5
    for known, outputs in zip(there.tolist(), y.tolist(), strict=True):
        if not known:
            yield empty
            continue
        cells = outputs
        if activation == "sigmoid" and classes:
            cells = [1 - outputs[0], outputs[0]]
        numbers = [format(number, DIGITS) for number in cells]
        if not classes:
            yield numbers
        elif len(outputs) > 1:
            yield [classes[int(np.argmax(outputs))], *numbers]
        else:
            yield [classes[int(outputs[0] > limit)], *numbers]
