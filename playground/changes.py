"""What other settings mean for a network that is being trained."""

from dataclasses import dataclass, replace

from playground.data.origin import source_of
from playground.engine.layers import Dense
from playground.experiment import Experiment


@dataclass(frozen=True)
class Change:
    """What is another one: the `data`, the `measure` that a loss is in, the `network`'s tables.

    Where it `starts_over` the first weights follow from other settings. `nothing` is another one
    when only the name differs and what is shown.
    """

    nothing: bool
    data: bool
    measure: bool
    starts_over: bool
    network: bool

    @property
    def of_training_alone(self) -> bool:
        """Whether network, data and loss are the same: another rate, optimizer, batch size, …"""
        return not (self.data or self.measure or self.network)


def change(old: Experiment, new: Experiment) -> Change:
    """What differs between two experiments."""
    over = _starts_over(old, new)
    return Change(
        nothing=new == replace(old, name=new.name, view=new.view),
        data=new.data != old.data or new.seed != old.seed,
        measure=_measure(old) != _measure(new),
        starts_over=over,
        network=over or _shape(old) != _shape(new),
    )


def places(old: tuple[str, ...], new: tuple[str, ...]) -> list[int]:
    """Where each new feature was among the old ones; -1 where it was not."""
    return [old.index(name) if name in old else -1 for name in new]


def _shape(experiment: Experiment) -> tuple[object, ...]:
    """What the tables of a network follow from."""
    classes = len(source_of(experiment.data).class_names)
    return experiment.layers, experiment.data.features, experiment.loss, classes


def _measure(experiment: Experiment) -> tuple[object, ...]:
    """What the size of the loss depends on, apart from the network and the data."""
    return experiment.loss, experiment.label_smoothing, experiment.class_weights


def _starts_over(old: Experiment, new: Experiment) -> bool:
    """Whether the first weights follow from other settings, apart from the shape of the stack."""
    before, after = (
        [layer.initializer for layer in each.layers if isinstance(layer, Dense)]
        for each in (old, new)
    )
    redrawn = len(before) == len(after) and before != after
    return redrawn or any(
        old_setting != new_setting
        for old_setting, new_setting in (
            (old.seed, new.seed),
            (old.data.source, new.data.source),
            (old.data.table, new.data.table),
            (old.data.formula, new.data.formula),
            (old.precision, new.precision),
        )
    )
