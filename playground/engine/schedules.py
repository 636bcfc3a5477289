"""Schedules: how the learning rate changes over the steps."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Constant:
    """The learning rate stays as set."""

    label = "Constant"


Schedule = Constant
SCHEDULES: dict[str, type] = {"constant": Constant}
