"""Every text a user sees goes through Qt's translation: in a made-up language none is left."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QLocale, QObject, QTranslator
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QMenu, QWidget
from pytestqt.qtbot import QtBot

from playground.app import words
from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.window import MainWindow
from playground.experiment import Experiment

# What the mathematics, the processor and the experiment itself are called.
SAME = {"CPU", "tanh", "sin", "float", *["Two", "spirals"]}
COMPILING_MS = 300_000
# What the offscreen platform says of any window.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


class Brackets(QTranslator):
    """A language in which every text stands in brackets."""

    def translate(
        self, context: str, text: str, disambiguation: str | None = None, n: int = -1
    ) -> str:
        return f"⟦{text}⟧" if context == "Playground" else ""

    def isEmpty(self) -> bool:  # noqa: N802
        return False


@pytest.fixture
def brackets(qapp: QCoreApplication) -> Iterator[None]:
    translator = Brackets()
    qapp.installTranslator(translator)
    yield
    qapp.removeTranslator(translator)


def texts(root: QWidget) -> Iterator[tuple[str, QObject]]:
    """Every text of the widgets in a window, of its menus and for screen readers."""
    for each in [root, *root.findChildren(QObject)]:
        if isinstance(each, QWidget):
            yield from ((text, each) for text in (each.toolTip(), each.accessibleName()))
        if isinstance(each, QLabel | QAbstractButton | QAction):
            yield each.text(), each
        if isinstance(each, QMenu):
            yield each.title(), each
        if isinstance(each, QLineEdit):
            yield each.placeholderText(), each
        if isinstance(each, QComboBox):
            yield from ((each.itemText(index), each) for index in range(each.count()))


def is_left_over(text: str) -> bool:
    """Whether a text has words outside the brackets."""
    outside, depth = [], 0
    for character in text:
        depth += {"⟦": 1, "⟧": -1}.get(character, 0)
        if depth == 0:
            outside.append(character)
    words = re.findall(r"[A-Za-z]{3,}", "".join(outside))
    return bool(set(words) - SAME)


def test_no_text_of_the_window_is_left_over(qtbot: QtBot, theme: Theme, brackets: None) -> None:
    window = MainWindow(theme, Session(Experiment.example("spiral")))
    qtbot.addWidget(window)
    window.resize(1440, 900)
    window.show()
    qtbot.waitUntil(lambda: window.session.snapshot is not None, timeout=COMPILING_MS)
    left = {(text, type(each).__name__) for text, each in texts(window) if is_left_over(text)}
    window.close()
    assert not left


def test_a_language_needs_no_code(
    qapp: QCoreApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a translator does: write the texts out, translate one, put the result in its place."""
    release = shutil.which("pyside6-lrelease")
    if release is None:
        pytest.skip("Qt's lrelease is not installed")
    source = tmp_path / "playground_eo.ts"
    make = Path(__file__).parents[1] / "make_translation.py"
    subprocess.run([sys.executable, str(make), str(source)], check=True, capture_output=True)
    text = source.read_text("utf-8")
    before = '<source>Run</source>\n      <translation type="unfinished" />'
    assert before in text
    source.write_text(text.replace(before, "<source>Run</source><translation>Ek</translation>"))
    (tmp_path / "translations").mkdir()
    target = tmp_path / "translations" / "playground_eo.qm"
    subprocess.run([release, str(source), "-qm", str(target)], check=True, capture_output=True)
    monkeypatch.setattr(words, "ROOT", tmp_path)
    QLocale.setDefault(QLocale("eo"))
    words.install(qapp)
    try:
        assert words.tr("Run") == "Ek"
        assert words.tr("Pause") == "Pause"
    finally:
        for translator in qapp.findChildren(QTranslator):
            qapp.removeTranslator(translator)
        QLocale.setDefault(QLocale.system())
