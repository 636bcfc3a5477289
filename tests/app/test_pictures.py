"""The window in its main states looks as it did when its pictures were last looked at and kept.

python -m pytest tests/app/test_pictures.py --renew-pictures

draws them anew; look at them then, beside each other and in both themes. They are half as large as
the window, for eyes. What is compared are mean colours of small parts, which hardly depend on how a
platform draws letters and edges.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QDeadlineTimer, QEventLoop, QSize, Qt
from PySide6.QtGui import QFont, QImage
from PySide6.QtWidgets import QApplication

from playground.app.session import Session
from playground.app.theme import DARK, LIGHT, Theme
from playground.app.window import MainWindow
from playground.experiment import EarlyStopping, Experiment

# What the offscreen platform says of any window.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

FOLDER = Path(__file__).parent / "pictures"
QUALITY = 75  # of WebP
THEMES = {"light": LIGHT, "dark": DARK}
SIZES = {"1440": QSize(1440, 900), "1024": QSize(1024, 700)}
EPOCHS = 16
PATIENCE_MS = 120_000  # the first start on a machine compiles
# How far mean colours of parts may be apart, of 255, and how large a share of them may be farther.
# Parts of 8 px show what has moved, parts of 40 what is gone or has another colour.
RULES = ((8, 24.0, 0.01), (40, 6.0, 0.01))

NETWORK = {
    "playground": 1,
    "name": "Spiral",
    "seed": 42,
    "data": {
        "source": "spiral",
        "noise": 0.05,
        "normalize": "standard",
        "features": ["x1", "x2", "sin(x1)", "sin(x2)"],
    },
    "layers": [
        {"type": "dense", "units": 8},
        {"type": "batch_norm"},
        {"type": "dense", "units": 6},
        {"type": "dense", "units": 4},
    ],
    "optimizer": {"type": "adam", "learning_rate": 0.03},
    "batch_size": 20,
}


class Stage:
    """A window of its own, on which states are reached one after the other."""

    def __init__(self, theme: Theme, experiment: Experiment) -> None:
        self.theme = theme
        self.chosen = ""
        self.session = Session(experiment)
        self.window = MainWindow(theme, self.session)
        self.window.resize(SIZES["1440"])
        self.window.show()
        self.settle()

    def choose(self, view: str = "") -> None:
        """Choose a view of the drawer, or none in particular."""
        self.chosen = view
        self.window.drawer.choose(view or "gradients")

    def settle(self, state: str = "") -> None:
        """Wait until the answer to all that was asked is shown, in a state where one is given."""
        session = self.session

        def settled() -> bool:
            shown, busy = session.snapshot, session.explorer.progress is not None
            if shown is None or shown.serial < session.serial or busy or session.running:
                return False
            return session.state == (state or session.state) != "compiling"

        wait_until(settled)
        QApplication.processEvents()

    def picture(self, size: QSize) -> QImage:
        """The window of a size; where the drawer is folded at first, a chosen view is opened."""
        self.window.resize(size)
        QApplication.processEvents()
        if self.chosen and not self.window.drawer.is_open:
            self.window.drawer.switch()
        self.settle()
        return self.window.grab().toImage()


def wait_until(condition: Callable[[], bool]) -> None:
    """Let Qt go on until something is so."""
    deadline = QDeadlineTimer(PATIENCE_MS)
    while not condition():
        assert not deadline.hasExpired()
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 50)


def train(stage: Stage) -> None:
    """So far that there is something to see, and not so far that rounding matters."""
    for _ in range(EPOCHS):
        stage.session.step_epoch()
        stage.settle()


# The states, in the order in which they are reached


def idle(stage: Stage) -> None:
    stage.settle("ready")


def trained(stage: Stage) -> None:
    train(stage)


def confusion(stage: Stage) -> None:
    stage.choose("confusion")


def weights(stage: Stage) -> None:
    stage.choose("weights")


def landscape(stage: Stage) -> None:
    """Over two weights: the signs of principal components depend on the linear algebra."""
    stage.session.edit("view.landscape", "weights")
    stage.choose("landscape")
    stage.session.explorer.explore("weights", stage.session.experiment.view.landscape_weights)


def runs(stage: Stage) -> None:
    stage.choose("runs")
    stage.session.reset()
    stage.settle()
    stage.session.step_epoch()


def stopped(stage: Stage) -> None:
    stage.choose("confusion")  # gradients by time depend on how fast it trains
    stage.session.edit("stop.early_stopping", EarlyStopping(patience=1))
    stage.session.reset()
    stage.settle("ready")
    stage.session.run()
    wait_until(lambda: stage.session.state == "finished")


def diverged(stage: Stage) -> None:
    stage.choose()
    stage.session.open_example("plane")
    stage.session.edit("optimizer.type", "sgd")
    stage.session.edit("optimizer.learning_rate", 30.0)
    stage.settle()
    stage.session.run()
    wait_until(lambda: stage.session.state == "diverged")


def classes(stage: Stage) -> None:
    stage.session.open_example("blobs")
    stage.settle("ready")
    train(stage)


def presentation(stage: Stage) -> None:
    stage.window.toggle_presentation()
    stage.window.showNormal()


def large_text(stage: Stage) -> None:
    stage.window.toggle_presentation()
    stage.window.showNormal()
    stage.theme.text_scale = 1.5
    stage.window.rebuild()


STATES: tuple[Callable[[Stage], None], ...] = (
    idle,
    trained,
    confusion,
    weights,
    landscape,
    runs,
    stopped,
    diverged,
    classes,
    presentation,
    large_text,
)
# What a picture has to show is not as it was.


def without_training_card(window: MainWindow) -> None:
    window.settings.training.hide()


def without_scores(window: MainWindow) -> None:
    window.curves.scores.hide()


def without_features(window: MainWindow) -> None:
    window.data.features.hide()


def with_an_empty_graph(window: MainWindow) -> None:
    window.curves.plot.show_lines(())


def with_an_empty_field(window: MainWindow) -> None:
    window.boundary.plot.hide()


def with_a_shifted_column(window: MainWindow) -> None:
    window.columns.grips[1].moved.emit(-24)


FAULTS: tuple[Callable[[MainWindow], None], ...] = (
    without_training_card,
    without_scores,
    without_features,
    with_an_empty_graph,
    with_an_empty_field,
    with_a_shifted_column,
)


def other_letters(theme: Theme) -> Callable[[int, int], QFont]:
    """Letters about as unlike as those of another platform: hinted, and a little bolder."""
    usual = theme.font

    def font(size: int = 13, weight: int = 400) -> QFont:
        made = usual(size, weight)
        made.setHintingPreference(QFont.HintingPreference.PreferFullHinting)
        made.setWeight(QFont.Weight(weight + 60))
        return made

    return font


def names_of(state: Callable[[Stage], None]) -> list[str]:
    """The pictures of a state, in both themes and sizes; the presentation has its own theme."""
    themes = ["light"] if state is presentation else list(THEMES)
    return [f"{state.__name__}-{theme}-{size}" for theme in themes for size in SIZES]


def draw_theme(theme: Theme, name: str) -> Iterator[tuple[str, QImage]]:
    """All states in one theme, under the names of their pictures; and the faults."""
    theme.use(THEMES[name])
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply(app)
    stage = Stage(theme, Experiment.from_dict(NETWORK))
    for state in STATES:
        state(stage)
        stage.settle()
        for size in SIZES:
            if f"{state.__name__}-{name}-{size}" in names_of(state):
                yield f"{state.__name__}-{name}-{size}", stage.picture(SIZES[size])
        if state is trained and name == "light":
            yield from draw_unlike(stage)
    stage.window.close()


def draw_unlike(stage: Stage) -> Iterator[tuple[str, QImage]]:
    """The trained window with each of the faults, and with other letters."""
    for fault in FAULTS:
        stage.window.rebuild()
        stage.picture(SIZES["1440"])
        fault(stage.window)
        yield fault.__name__, stage.window.grab().toImage()
    usual, stage.theme.font = stage.theme.font, other_letters(stage.theme)
    stage.window.rebuild()
    yield other_letters.__name__, stage.picture(SIZES["1440"])
    stage.theme.font = usual
    stage.window.rebuild()


def kept(name: str) -> QImage:
    return QImage(str(FOLDER / f"{name}.webp"))


def half(image: QImage) -> QImage:
    """As large as pictures are kept."""
    smooth = Qt.TransformationMode.SmoothTransformation
    return image.scaled(image.size() / 2, mode=smooth)


def means(image: QImage, side: int) -> np.ndarray:
    """Mean colours (rows, columns, 3) of the parts of a picture, so many pixels large."""
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    rows, columns = plain.height() // side, plain.width() // side
    pixels = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), -1)
    pixels = pixels[: rows * side, : 3 * columns * side].astype(np.float32)
    return pixels.reshape(rows, side, columns, side, 3).mean(axis=(1, 3))


def unlike(drawn: QImage, before: QImage) -> list[str]:
    """What of the rules two pictures, as they are kept, do not hold; nothing if they are alike."""
    if drawn.size() != before.size():
        return [f"{drawn.size()} is not {before.size()}"]
    found = []
    for side, level, share in RULES:
        apart = np.abs(means(drawn, side // 2) - means(before, side // 2)).max(axis=2)
        farther = float((apart > level).mean())
        if farther > share:
            found.append(f"{100 * farther:.1f} % of parts of {side} px are apart by over {level:g}")
    return found


@pytest.fixture(scope="module")
def drawn(qapp: QApplication, theme: Theme) -> Iterator[dict[str, QImage]]:
    """All pictures as they are now, as large as they are kept."""
    found = {}
    for name in THEMES:
        found |= {each: half(image) for each, image in draw_theme(Theme(), name)}
    yield found
    theme.apply(qapp)


@pytest.fixture(scope="module", autouse=True)
def renewed(request: pytest.FixtureRequest, drawn: dict[str, QImage]) -> None:
    """The kept pictures, drawn anew if that is asked for."""
    if request.config.getoption("--renew-pictures", default=False):
        for state in STATES:
            for name in names_of(state):
                assert drawn[name].save(str(FOLDER / f"{name}.webp"), quality=QUALITY)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_the_window_looks_as_it_did(
    state: Callable[[Stage], None], drawn: dict[str, QImage]
) -> None:
    for name in names_of(state):
        assert not unlike(drawn[name], kept(name)), name


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_what_is_gone_or_has_moved_is_noticed(
    fault: Callable[[MainWindow], None], drawn: dict[str, QImage]
) -> None:
    assert unlike(drawn[fault.__name__], kept("trained-light-1440"))


def test_another_theme_or_state_is_noticed(drawn: dict[str, QImage]) -> None:
    names = [name for state in STATES for name in names_of(state) if name.endswith("light-1440")]
    for one in names:
        assert unlike(drawn[one], kept(names[names.index(one) - 1])), one
    assert unlike(drawn["idle-dark-1440"], kept("idle-light-1440"))


def test_other_letters_are_not_minded(drawn: dict[str, QImage]) -> None:
    assert not unlike(drawn[other_letters.__name__], kept("trained-light-1440"))
