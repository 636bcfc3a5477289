"""What comes of a training run: files, and the scores on each split."""

import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from playground.export.atomic import write
from playground.export.errors import ExportError
from playground.export.history import history_csv

if TYPE_CHECKING:  # loads what calls the kernels
    from playground.trainer import Trainer


@dataclass
class Outcome:
    """How a run ended, and what was written."""

    seconds: float = 0.0
    stopped_by: str = ""  # as `Trainer.stopped_by`, or "Ctrl-C"
    exported: dict[str, str] = field(default_factory=dict)  # files, and what is said of each
    failures: list[str] = field(default_factory=list)

    def write(self, trainer: "Trainer", models: list[Path], history: Path | None) -> None:
        """Write every file that can be written; the sentences of the others are kept."""
        for path in models:
            try:
                self.exported[str(path)] = str(trainer.save(path))
            except ExportError as error:
                self.failures.append(str(error))
        if history is not None:
            try:
                write(history, history_csv(trainer.history), lambda path: None)
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
            "metrics": plain(trainer.metrics()),
            "exported": list(self.exported),
        }
        return json.dumps(described, allow_nan=False)

    def as_text(self, trainer: "Trainer") -> str:
        """A line on the run, a table of scores, and the files."""
        lines = [
            f"{trainer.experiment.name}: {trainer.epoch:,} epochs, {trainer.step:,} steps in "
            f"{self.seconds:.2f} s, stopped by {self.stopped_by}",
        ]
        table = plain(trainer.metrics())
        lines.append("".join([f"{'split':<10}", *(f"{name:>11}" for name in table["train"])]))
        for split, scores in table.items():
            shown = (f"{_shown(name, score):>11}" for name, score in scores.items())
            lines.append("".join([f"{split:<10}", *shown]))
        return "\n".join(lines + [f"{name}: {said}" for name, said in self.exported.items()])


def _shown(name: str, score: float | None) -> str:
    if score is None:
        return "–"
    return f"{score:.1%}" if name == "accuracy" else f"{score:.5g}"


def plain(metrics: dict[str, dict[str, float]]) -> dict[str, dict[str, float | None]]:
    """Scores as JSON has them: None in place of what is NaN or infinite."""
    return {
        split: {name: value if math.isfinite(value) else None for name, value in scores.items()}
        for split, scores in metrics.items()
    }
