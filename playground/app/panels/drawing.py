"""Drawing one's own points: what is drawn with, and what it makes of the experiment."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from playground.app.session import Session
from playground.app.words import named, tr
from playground.data.origin import source_of
from playground.data.points import MOST_CLASSES_DRAWN, MOST_POINTS, POINTS, Points
from playground.view import View

TOOLS = ("point", "spray", "erase", "move")
PLANE_INPUTS = 2


class Drawing(QObject):
    """Whether points are being drawn, with which tool, and of which class or value.

    It lives as long as the session, whatever becomes of the widgets that show it. What is drawn
    goes into the experiment at once; what is drawn in one stroke is undone as one.
    """

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._tool = ""
        self._target = 0.0
        self._stroke = 0
        self._offered: tuple[str, Points] | None = None
        session.experiment_changed.connect(self._keep_in_step)

    @property
    def on(self) -> bool:
        """Whether points are being drawn."""
        return bool(self._tool) and self._session.experiment.data.source == POINTS

    @property
    def tool(self) -> str:
        """One of `TOOLS`, or "" before the first drawing and after the last."""
        return self._tool

    @property
    def target(self) -> float:
        """The index of the class that is drawn, or the value."""
        return self._target

    @property
    def points(self) -> Points:
        """What was drawn."""
        points = self._session.experiment.data.points
        return Points() if points is None else points  # empty ones are false

    @property
    def other(self) -> float:
        """What the right mouse button draws: the next class, or the same value below zero."""
        classes = self.points.classes
        return (self._target + 1) % classes if classes else -self._target

    @property
    def offered(self) -> str:
        """The name of the data that were there before drawing, if they can be drawn upon."""
        return self._offered[0] if self._offered else ""

    def name_of(self, target: float) -> str:
        """What a class or a value is called."""
        names = self.points.class_names
        return named(names[int(target)]) if names else f"{target:.3g}".replace("-", "−")

    # On and off

    def toggle(self) -> None:
        """Start to draw, or stop."""
        if self.on:
            self.finish()
        else:
            self.start()

    def start(self, values: bool | None = None) -> None:
        """Draw, on the points there are, or on none, as classes or as `values`.

        Without a wish for either, it is as in the points, or else in the data so far.
        """
        experiment = self._session.experiment
        self._tool = self._tool or TOOLS[0]
        if experiment.data.source != POINTS:
            self._offered = self._present_points()
            points = self.points
            if not len(points):
                names = source_of(experiment.data).class_names
                values = not names if values is None else values
                drawn = names if len(names) <= MOST_CLASSES_DRAWN else ()
                classes = len(drawn) or points.classes or 2
                points = Points(0 if values else classes).named(drawn)
            view = replace(experiment.view, plane="inputs", axes=View().axes)
            changed = replace(experiment.with_source(POINTS, points=points), view=view)
            self._session.replace(changed, tr("Your points"))
        if values is not None and values == bool(self.points.classes):
            self.set_classes(0 if values else 2)
        self._keep_in_step()
        self.changed.emit()

    def finish(self) -> None:
        """Stop drawing; the points stay."""
        self._tool = ""
        self.changed.emit()

    def _present_points(self) -> tuple[str, Points] | None:
        """The data there are now, if they are points of the plane."""
        data, snapshot = self._session.experiment.data, self._session.snapshot
        if snapshot is None or snapshot.experiment.data != data:
            return None
        x, y = snapshot.data.dataset.x, snapshot.data.dataset.y
        names = snapshot.data.dataset.class_names
        drawable = x.shape[1] == PLANE_INPUTS and 0 < len(x) <= MOST_POINTS and y.size == len(x)
        if not drawable or len(names) > MOST_CLASSES_DRAWN:
            return None
        return source_of(data).label, Points.of(x, y, names)

    # With what

    def take(self, tool: str) -> None:
        """Draw with another tool."""
        self._tool = tool
        self.changed.emit()

    def choose(self, target: float) -> None:
        """Draw another class, or another value."""
        self._target = float(target)
        if self._tool not in TOOLS[:2]:
            self._tool = TOOLS[0]
        self.changed.emit()

    def set_classes(self, classes: int) -> None:
        """Have another number of classes, or 0 for values."""
        if classes == self.points.classes:
            return
        points = self.points.with_classes(classes)
        changed = self._session.experiment.with_source(POINTS, points=points)
        what = tr("{count} classes", count=classes) if classes else tr("Values")
        if self._session.replace(changed, what):
            self._target = float(classes - 1 if classes else 1)
            self.changed.emit()

    # What is drawn

    def begin_stroke(self) -> None:
        """What is drawn from now on is undone as one."""
        self._stroke += 1

    def add(self, places: Iterable[tuple[float, float]], target: float) -> None:
        """Place points (x1, x2) of one class or value; no more than there can be."""
        points = self.points
        fitting = tuple(places)[: MOST_POINTS - len(points)]
        if not fitting:
            self._session.notice.emit(
                "error", tr("There can be at most {most:,} points.", most=MOST_POINTS)
            )
            return
        self._put(points.added(fitting, target), tr("Points drawn"))

    def erase(self, indices: Collection[int]) -> None:
        """Take points away."""
        if indices:
            self._put(self.points.without(indices), tr("Points erased"))

    def move(self, index: int, place: tuple[float, float]) -> None:
        """Put one point somewhere else; nothing where it was undone meanwhile."""
        if index < len(self.points):
            self._put(self.points.moved(index, place), tr("Point moved"))

    def clear(self) -> None:
        """Take all points away."""
        self.begin_stroke()
        points = self.points
        self._put(Points(points.classes, names=points.names), tr("Points cleared"))

    def take_offered(self) -> None:
        """Go on with the points of the data that were there before."""
        if self._offered:
            label, points = self._offered
            experiment = self._session.experiment.with_source(POINTS, points=points)
            self._session.replace(experiment, tr("The points of {data}", data=label))

    def _put(self, points: Points, what: str) -> None:
        experiment = self._session.experiment
        data = replace(experiment.data, points=points)
        self._session.replace(replace(experiment, data=data), what, self._stroke)

    def _keep_in_step(self) -> None:
        """What is drawn is a class that there is."""
        classes = self.points.classes
        if classes and self._target not in range(classes):
            self._target = 0.0
        elif not classes and self._target == 0:
            self._target = 1.0
        self.changed.emit()
