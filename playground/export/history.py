"""The curves of a training as a table."""

import csv
import io
import math

import numpy as np


def history_csv(history: dict[str, np.ndarray]) -> bytes:
    """The columns of `Trainer.history` as CSV; a place is empty where a split has no samples."""
    table = io.StringIO()
    rows = csv.writer(table, lineterminator="\n")
    rows.writerow(history)
    for epoch, *scores in zip(*(column.tolist() for column in history.values()), strict=True):
        rows.writerow([int(epoch), *("" if math.isnan(score) else score for score in scores)])
    return table.getvalue().encode()
