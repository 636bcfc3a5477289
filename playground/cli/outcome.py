"""What comes of a training run: files, and the scores on each split."""

import csv
import io
import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from playground.export.atomic import write
from playground.export.errors import ExportError

if TYPE_CHECKING:  # imports Numba
    from playground.trainer import Trainer


@dataclass
class Outcome:
    """How a run ended, and what was written."""

    seconds: float = 0.0
    stopped_by: str = ""  # "epochs", "steps", "seconds", "Ctrl-C" or "divergence"
    exported: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def write(self, trainer: "Trainer", models: list[Path], history: Path | None) -> None:
        """Write every file that can be written; the sentences of the others are kept."""
        for path in models:
            try:
                trainer.save(path)
                self.exported.append(str(path))
            except ExportError as error:
                self.failures.append(str(error))
        if history is not None:
            try:
                write(history, _csv(trainer.history), lambda path: None)
            except ExportError as error:
                self.failures.append(str(error))

    def as_json(self, trainer: "Trainer") -> str:
        """One JSON object on one line; null where a split is empty."""
        described = {
            "name": trainer.experiment.name,
            "seed": trainer.experiment.seed,
            "steps": trainer.step,
            "epochs": trainer.epoch,
            "seconds": round(self.seconds, 3),
            "stopped_by": self.stopped_by,
            "metrics": _scores(trainer),
            "exported": self.exported,
        }
        return json.dumps(described, allow_nan=False)

    def as_text(self, trainer: "Trainer") -> str:
        """A line on the run, a table of scores, and the files."""
        lines = [
            f"{trainer.experiment.name}: {trainer.epoch:,} epochs, {trainer.step:,} steps in "
            f"{self.seconds:.2f} s, stopped by {self.stopped_by}",
            f"{'split':<10}  {'loss':>9}  {'accuracy':>8}",
        ]
        for split, scores in _scores(trainer).items():
            loss, accuracy = scores["loss"], scores.get("accuracy")
            shown_loss = "–" if loss is None else f"{loss:.5g}"
            shown_accuracy = "–" if accuracy is None else f"{accuracy:.1%}"
            lines.append(f"{split:<10}  {shown_loss:>9}  {shown_accuracy:>8}")
        return "\n".join(lines + [f"saved {name}" for name in self.exported])


def _scores(trainer: "Trainer") -> dict[str, dict[str, float | None]]:
    return {
        split: {name: value if math.isfinite(value) else None for name, value in scores.items()}
        for split, scores in trainer.metrics().items()
    }


def _csv(history: dict[str, np.ndarray]) -> bytes:
    """The columns as CSV; a place is empty where a split has no samples."""
    table = io.StringIO()
    rows = csv.writer(table, lineterminator="\n")
    rows.writerow(history)
    for epoch, *scores in zip(*(column.tolist() for column in history.values()), strict=True):
        rows.writerow([int(epoch), *("" if math.isnan(score) else score for score in scores)])
    return table.getvalue().encode()
