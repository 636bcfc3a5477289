"""Make the README's picture: the window after some epochs of an example, drawn by the program.

python tests/make_picture.py [EXAMPLE [EPOCHS [FILE]]]
"""

import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from playground import Experiment
from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.window import MainWindow
from playground.snapshot import Snapshot


def main(example: str = "spiral", epochs: str = "2000", file: str = "") -> None:
    """Train step by step until the epoch is reached, and save what the window shows then."""
    app = QApplication([])
    theme = Theme()
    theme.apply(app)
    session = Session(Experiment.example(example).with_("stop.epochs", int(epochs)))
    window = MainWindow(theme, session)
    window.resize(1440, 900)
    window.show()

    def look(snapshot: Snapshot) -> None:
        if snapshot.status == "ready" and snapshot.step == 0:
            session.run()
        elif snapshot.status == "finished":
            window.grab().save(file or "resources/pictures/window.png")
            window.close()

    session.snapshot_changed.connect(look)
    app.exec()


if __name__ == "__main__":
    main(*sys.argv[1:])
