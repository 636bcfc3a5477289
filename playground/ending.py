"""Why a training has ended: in a word, and in a sentence."""

import math
from typing import TYPE_CHECKING

from playground.engine.plan import BAD_UPDATE, NO_MISTAKES, REACHED_TARGET, STOPPED_EARLY
from playground.sentence import Sentence

if TYPE_CHECKING:
    from playground.trainer import Trainer

STOPPED_BY = {
    REACHED_TARGET: "target loss",
    STOPPED_EARLY: "early stopping",
    NO_MISTAKES: "no mistakes",
}


def reason(trainer: "Trainer", seconds: float) -> str:
    """What has ended a training of so many seconds; see `Trainer.stopped_by`."""
    stop, network = trainer.experiment.stop, trainer.network
    if network.diverged:
        return "divergence"
    if network.stopped:
        return STOPPED_BY[network.stopped]
    if not len(trainer.prepared.splits["train"]):
        return "no samples"
    reached = {"epochs": trainer.epoch, "steps": trainer.step, "seconds": seconds}
    limits = {name: getattr(stop, name) for name in reached}
    met = (name for name, most in limits.items() if most is not None and reached[name] >= most)
    return next(met, "")


def sentence(trainer: "Trainer") -> Sentence:
    """Why it diverged or is finished; else empty."""
    rate, epoch = trainer.experiment.optimizer.learning_rate, trainer.epoch
    match trainer.stopped_by:
        case "":
            return Sentence("")
        case "divergence" if trainer.network.diverged == BAD_UPDATE:
            message = (
                "A weight became infinite or NaN at epoch {epoch:,}: "
                "the learning rate or ε does not fit (learning rate {rate:g})."
            )
            return Sentence(message, epoch=epoch + 1, rate=rate)
        case "divergence":
            loss = "NaN" if math.isnan(trainer.network.last_loss) else Sentence("infinite")
            message = "Loss became {loss} at epoch {epoch:,}. Learning rate {rate:g} is too high."
            if trainer.step == 0:
                message = "The loss of the first weights is {loss}. Choose another initializer."
            return Sentence(message, loss=loss, epoch=epoch + 1, rate=rate)
        case "early stopping":
            early = trainer.experiment.stop.early_stopping
            message = "Finished early: epoch {epoch:,} was best."
            if early and early.restore_best:
                message = "Finished early: epoch {epoch:,} was best, its weights are back."
            return Sentence(message, epoch=trainer.best_epoch)
        case "target loss":
            message = "Finished at epoch {epoch:,}: the target loss is reached."
        case "no mistakes":
            message = "Finished at epoch {epoch:,}: there are no mistakes left."
        case "no samples":
            message = "There is nothing to learn from yet: place some points."
        case "steps":
            return Sentence("Finished after {step:,} steps.", step=trainer.step)
        case "seconds":
            seconds = trainer.experiment.stop.seconds
            return Sentence("Finished after {seconds:g} seconds.", seconds=seconds)
        case _:
            message = "Finished after {epoch:,} epochs."
    return Sentence(message, epoch=epoch)
