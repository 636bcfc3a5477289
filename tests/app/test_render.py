"""Pictures out of the window: in every format, at the size asked for, always in light colours."""

import csv
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from playground.app.files import Files
from playground.app.picture_dialog import PictureDialog
from playground.app.render import ENDINGS, PARTS, save
from playground.app.session import Session
from playground.app.theme import DARK, LIGHT, Theme
from playground.app.window import MainWindow
from playground.cli.command import main

PATIENCE_MS = 20_000
# What the offscreen platform says of any window.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def trained(qtbot: QtBot, session: Session) -> Session:
    for _ in range(3):
        session.step_epoch()
        qtbot.waitUntil(lambda: not session.awake, timeout=PATIENCE_MS)
    return session


@pytest.fixture
def dark(qapp: QApplication) -> Iterator[Theme]:
    theme = Theme()
    theme.use(DARK)
    theme.apply(qapp)
    yield theme
    theme.use(LIGHT)
    theme.apply(qapp)


def saved(
    qtbot: QtBot, session: Session, theme: Theme, part: str, path: Path, scale: float = 1.0
) -> None:
    """Save a picture, and wait for it."""
    done: list[bool] = []
    save(session, theme, part, path, PARTS[part][1], scale, lambda: done.append(True))
    qtbot.waitUntil(lambda: bool(done), timeout=PATIENCE_MS)


@pytest.mark.parametrize("part", PARTS)
def test_a_picture_has_the_pixels_asked_for_and_light_colours(
    qtbot: QtBot, trained: Session, theme: Theme, dark: Theme, tmp_path: Path, part: str
) -> None:
    saved(qtbot, trained, theme, part, tmp_path / "light.png", 1.5)
    saved(qtbot, trained, dark, part, tmp_path / "dark.png", 1.5)
    light, other = QImage(str(tmp_path / "light.png")), QImage(str(tmp_path / "dark.png"))
    assert light.size() == PARTS[part][1] * 1.5
    assert light == other
    assert light.pixelColor(light.width() - 30, 30).lightness() > 200


def test_a_drawing_keeps_its_size_and_its_words_and_needs_no_fonts(
    qtbot: QtBot, trained: Session, theme: Theme, tmp_path: Path
) -> None:
    saved(qtbot, trained, theme, "window", tmp_path / "window.svg")
    root = ET.parse(tmp_path / "window.svg").getroot()
    assert root.get("viewBox") == "0 0 4320 2700"
    assert not [each for each in root.iter() if each.tag.endswith("text")]
    outlines = {words: each for each in root.iter() if (words := each.get("aria-label"))}
    assert {"Training", "Loss", "Normalise"} <= set(outlines)
    assert all(each.get("d", "").startswith("M") for each in outlines.values())


def test_outlines_stand_where_the_words_were(
    qtbot: QtBot, trained: Session, theme: Theme, tmp_path: Path
) -> None:
    for ending in (".svg", ".png"):
        saved(qtbot, trained, theme, "curves", tmp_path / f"curves{ending}")
    wanted = QImage(str(tmp_path / "curves.png")).convertToFormat(QImage.Format.Format_RGB32)
    drawn = QImage(wanted.size(), QImage.Format.Format_RGB32)
    painter = QPainter(drawn)
    QSvgRenderer(str(tmp_path / "curves.svg")).render(painter)
    painter.end()
    one, other = (np.frombuffer(each.constBits(), np.uint8) for each in (wanted, drawn))
    assert np.abs(one.astype(int) - other).mean() < 1.3  # without words it is 2.6


def test_a_document_is_one_page(
    qtbot: QtBot, trained: Session, theme: Theme, tmp_path: Path
) -> None:
    saved(qtbot, trained, theme, "curves", tmp_path / "curves.pdf")
    content = (tmp_path / "curves.pdf").read_bytes()
    assert content.startswith(b"%PDF-")
    assert content.count(b"/Type /Page\n") == 1


def test_a_film_shows_each_kept_epoch_and_leaves_the_session_where_it_was(
    qtbot: QtBot, trained: Session, theme: Theme, tmp_path: Path
) -> None:
    saved(qtbot, trained, theme, "output", tmp_path / "film.gif")
    with Image.open(tmp_path / "film.gif") as film:
        assert (film.n_frames, film.size) == (4, PARTS["output"][1].toTuple())
        first = film.convert("RGB").tobytes()
        film.seek(3)
        assert film.convert("RGB").tobytes() != first
    qtbot.waitUntil(lambda: not trained.awake, timeout=PATIENCE_MS)
    assert trained.snapshot is not None
    assert (trained.snapshot.epoch, trained.snapshot.newest_epoch) == (3, 3)


def test_running_ends_a_film_without_a_file(
    qtbot: QtBot, trained: Session, theme: Theme, tmp_path: Path
) -> None:
    done: list[bool] = []
    path = tmp_path / "film.gif"
    save(trained, theme, "output", path, QSize(400, 460), 1.0, lambda: done.append(True))
    trained.run()
    qtbot.waitUntil(lambda: bool(done), timeout=PATIENCE_MS)
    assert not path.exists()
    assert trained.running


def test_the_dialog_says_how_far_a_film_is_and_lets_it_be(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    session = window.session
    for _ in range(3):
        session.step_epoch()
        qtbot.waitUntil(lambda: not session.awake, timeout=PATIENCE_MS)
    window.files.folder = tmp_path
    window.ask_picture()
    dialog = window.findChild(PictureDialog)
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    files = dialog.findChild(QFileDialog)
    assert Path(files.directory().absolutePath()) == tmp_path
    files.filterSelected.emit("Film of the training (*.gif)")
    (offered,) = files.selectedFiles()
    assert Path(offered).name == "two-spirals.gif"
    files.fileSelected.emit(offered)
    assert not dialog.save.isEnabled()
    qtbot.waitUntil(lambda: "25%" in dialog.about.text(), timeout=PATIENCE_MS)
    qtbot.mouseClick(dialog.cancel, Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()
    qtbot.waitUntil(lambda: not session.awake, timeout=PATIENCE_MS)
    assert (session.snapshot.epoch, list(tmp_path.iterdir())) == (3, [])


def test_a_picture_that_cannot_be_written_is_said(
    qtbot: QtBot, trained: Session, theme: Theme, tmp_path: Path
) -> None:
    said: list[tuple[str, str]] = []
    trained.notice.connect(lambda *words: said.append(words))
    saved(qtbot, trained, theme, "curves", tmp_path / "missing" / "curves.png")
    ((kind, sentence),) = said
    assert kind == "error"
    assert "curves.png" in sentence


def test_the_dialog_saves_what_it_says(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    window.ask_picture()
    dialog = window.findChild(PictureDialog)
    dialog.part.set_value("curves")
    dialog.part.changed.emit("curves")
    dialog.across.edit.setText("600")
    dialog.across.edit.entered.emit("600")
    qtbot.mouseClick(dialog.scale.segment("1"), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    files = dialog.findChild(QFileDialog)
    files.fileSelected.emit(str(tmp_path / "mine.png"))
    qtbot.waitUntil((tmp_path / "mine.png").exists, timeout=PATIENCE_MS)
    assert QImage(str(tmp_path / "mine.png")).size() == QSize(600, PARTS["curves"][1].height())


def test_the_curves_are_a_table(trained: Session, files: Files, tmp_path: Path) -> None:
    files.save_curves(tmp_path / "curves.csv")
    rows = list(csv.DictReader((tmp_path / "curves.csv").read_text().splitlines()))
    assert [row["epoch"] for row in rows] == ["0", "1", "2", "3"]
    assert trained.snapshot is not None
    assert float(rows[-1]["train_loss"]) == trained.snapshot.history["train_loss"][-1]


@pytest.mark.parametrize("ending", [*ENDINGS, ".gif"])
def test_the_command_line_draws_without_a_window(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"xor{ending}"
    words = ["render", "xor", "--output", str(path), "--part", "output", "--epochs", "2"]
    assert main([*words, "--size", "300x360"]) == 0
    assert path.stat().st_size > 1000


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--output", "x.bmp"], "the ending is none of"),
        (["--output", "missing/x.png"], "there is no folder missing"),
        (["--output", "x.png", "--size", "big"], "no size such as 1440x900"),
        (["--output", "x.png", "--size", "9000x9000"], "pixels a side"),
        (["--output", "x.png", "--scale", "nan"], "not a number from 0.25 to 8"),
    ],
)
def test_what_cannot_be_drawn_is_said(
    capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert main(["render", "xor", "--epochs", "1", *words]) != 0
    assert said in capsys.readouterr().err
