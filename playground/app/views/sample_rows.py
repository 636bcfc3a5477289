"""What the read-outs call inputs and outputs, and what they say of one sample."""

import numpy as np

from playground.app.theme import Theme
from playground.app.views.readout import Row, fixed
from playground.app.words import named, tr
from playground.data.features import FEATURES, feature_of
from playground.engine.losses import output_activation
from playground.snapshot import Snapshot

MOST_ROWS = 6
SPLITS = {"train": "training", "validation": "validation", "test": "test"}


def input_name(name: str) -> str:
    """x₁ and x₂, or the name that real data have."""
    return feature_of(name).label if name in FEATURES else named(name)


def value_name(snapshot: Snapshot) -> str:
    """What the output for two classes is: "p", the probability of the second; a "score"; or an
    "output" that is one of them.
    """
    activation = output_activation(snapshot.experiment.loss, "binary")
    return {"linear": "score", "threshold": "output"}.get(activation, "p")


def sample_rows(theme: Theme, snapshot: Snapshot, sample: int, outputs: np.ndarray) -> list[Row]:
    """A sample's split, its inputs, what it is, and what the network says of it."""
    dataset, text = snapshot.data.dataset, theme.tokens.text
    splits = [name for name, rows in snapshot.data.splits.items() if sample in rows]
    split = tr(SPLITS[splits[0]]) if splits else ""
    rows: list[Row] = [(tr("sample {number:,}", number=sample + 1), split, text)]
    pairs = zip(dataset.input_names[:MOST_ROWS], dataset.x[sample], strict=False)
    rows += [(input_name(name), fixed(value, 2), text) for name, value in pairs]
    names = tuple(map(named, dataset.class_names))
    if not names:
        target = float(np.ravel(dataset.y[sample])[0])
        rows.append((tr("target"), fixed(target, 3), text))
        return [*rows, (tr("output"), fixed(float(outputs[0]), 3), text)]
    label = int(dataset.y[sample])
    rows.append((tr("class"), names[label], theme.class_colour(label, len(names))))
    if len(names) == 2:
        return [*rows, (tr(value_name(snapshot)), fixed(float(outputs[0]), 3), text)]
    likeliest = int(outputs.argmax())
    said = f"{names[likeliest]} {fixed(float(outputs[likeliest]), 3)}"
    return [*rows, (tr("output"), said, theme.class_colour(likeliest, len(names)))]
