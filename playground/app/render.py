"""Pictures of the window and its parts for slides and papers, always in the light colours.

A picture is a widget of its own, made for the session as it is and never shown: what stands on the
screen, its theme and its size do not matter.
"""

import copy
import io
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import (
    QBuffer,
    QByteArray,
    QIODevice,
    QMarginsF,
    QObject,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QImage, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from playground.app.background import Background
from playground.app.outlines import outlined
from playground.app.session import Session
from playground.app.theme import LIGHT, Theme
from playground.app.views.boundary import BoundaryView
from playground.app.views.curves import CurvesView
from playground.app.views.network import NetworkView
from playground.app.words import tr
from playground.snapshot import Snapshot

PARTS = {  # what a picture may be of, and its first size
    "window": ("The whole window", QSize(1440, 900)),
    "output": ("Output", QSize(420, 482)),
    "network": ("Network", QSize(740, 440)),
    "curves": ("Curves", QSize(420, 342)),
}
ENDINGS = (".png", ".svg", ".pdf")
FILM_ENDING = ".gif"
MOST_SIDE = 8192  # pixels
DOTS_PER_INCH = 96  # of what a widget calls a pixel, as CSS has it
FINENESS = 3  # of what stays pixels in an SVG or a PDF file
MOST_FRAMES = 60
FRAME_SECONDS = 0.12
LAST_SECONDS = 2.0


class Picture:
    """A part of the window as a widget that is drawn and not shown; `close` it after use."""

    def __init__(self, part: str, theme: Theme, session: Session, size: QSize) -> None:
        light = copy.copy(theme)
        light.use(LIGHT)
        self._session = session
        self._wanted = session.wanted
        self.widget = _make(part, light, session)
        self.widget.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        self.widget.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.widget.resize(size)
        self.widget.show()
        self._serial = session.serial

    @property
    def ready(self) -> bool:
        """Whether the session has shown what the views of this picture want."""
        shown = self._session.snapshot
        return shown is not None and shown.serial >= self._serial

    def image(self, scale: float) -> QImage:
        """The picture in pixels, `scale` of them for each of the widget's."""
        size = self.widget.size()
        image = QImage(size * scale, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(scale)
        image.fill(LIGHT.window)
        self._draw(image)
        return image

    def encoded(self, ending: str, scale: float) -> bytes:
        """The picture as the content of a file: ".png", ".svg" or ".pdf"."""
        data = QByteArray()
        buffer = QBuffer(data)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        if ending == ".png":
            self.image(scale).save(buffer, "PNG")  # pyright: ignore[reportArgumentType, reportCallIssue]
        elif ending == ".svg":
            generator = QSvgGenerator()
            generator.setOutputDevice(buffer)
            generator.setSize(self.widget.size())
            generator.setViewBox(QRect(QPoint(), self.widget.size() * FINENESS))
            generator.setTitle(self._session.experiment.name)
            self._draw(generator, FINENESS)
        else:
            self._write_pdf(buffer)
        buffer.close()
        content = bytes(data.data())
        return outlined(content.decode()).encode() if ending == ".svg" else content

    def close(self) -> None:
        """Take the widget away; the visible views go on to be given what they want."""
        self.widget.hide()  # a window that is closed would end the session
        self.widget.deleteLater()
        self._session.want(**vars(self._wanted))

    def _write_pdf(self, buffer: QBuffer) -> None:
        size = self.widget.size()
        points = size.toSizeF() * (72 / DOTS_PER_INCH)
        writer = QPdfWriter(buffer)
        writer.setTitle(self._session.experiment.name)
        writer.setPageSize(QPageSize(points, QPageSize.Unit.Point))
        writer.setPageMargins(QMarginsF())
        writer.setResolution(DOTS_PER_INCH * FINENESS)
        self._draw(writer, FINENESS)

    def _draw(self, device: QImage | QSvgGenerator | QPdfWriter, fineness: int = 1) -> None:
        painter = QPainter(device)
        painter.scale(fineness, fineness)
        self.widget.render(painter, QPoint())
        painter.end()


def _make(part: str, theme: Theme, session: Session) -> QWidget:
    if part == "window":
        from playground.app.window import MainWindow  # which offers these pictures

        return MainWindow(theme, session)
    views = {"output": BoundaryView, "network": NetworkView, "curves": CurvesView}
    return views[part](theme, session)


class Film(QObject):
    """Training as moving pictures: goes through the epochs that were kept, one picture each.

    Training is paused for it. `finished` gives the content of a GIF file, or nothing when something
    else was asked of the session meanwhile.
    """

    progressed = Signal(float)  # the share of the pictures that were taken
    finished = Signal(bytes)

    def __init__(self, picture: Picture, session: Session, scale: float) -> None:
        super().__init__()
        self._background = Background(self)
        self._picture = picture
        self._session = session
        self._scale = scale
        self._epochs: list[int] = []
        self._frames: list[QImage] = []

    def start(self) -> None:
        """Begin with the first epoch that was kept."""
        shown = self._session.snapshot
        kept = [] if shown is None else shown.kept_epochs.tolist()
        step = max(1, -(-len(kept) // MOST_FRAMES))
        self._epochs = sorted({*kept[::step], *kept[-1:]})
        self._session.snapshot_changed.connect(self._take)
        self._go_on()

    def _go_on(self) -> None:
        if len(self._frames) < len(self._epochs):
            self._session.go_to(self._epochs[len(self._frames)])
        else:
            self._leave()
            self._background.begin(partial(gif, self._frames), self.finished.emit)

    def cancel(self) -> None:
        """End it without a film."""
        if self._background.busy:
            self._background.cancel()
        else:
            self._leave()
        self.finished.emit(b"")

    def _take(self, snapshot: Snapshot) -> None:
        if self._session.running:
            self.cancel()
        elif not self._picture.ready:
            return
        elif snapshot.epoch == self._epochs[len(self._frames)]:
            self._frames.append(self._picture.image(self._scale))
            self.progressed.emit(len(self._frames) / len(self._epochs))
            self._go_on()

    def _leave(self) -> None:
        """Show again what was shown before."""
        self._session.snapshot_changed.disconnect(self._take)
        if not self._session.running:
            self._session.go_to(None)
        self._picture.close()


def gif(frames: list[QImage]) -> bytes:
    """The content of a GIF file that shows the frames again and again."""
    from PIL import Image  # needed for films alone

    images = []
    for frame in frames:
        rgb = frame.convertToFormat(QImage.Format.Format_RGB888)
        size, line = (rgb.width(), rgb.height()), rgb.bytesPerLine()
        images.append(Image.frombytes("RGB", size, bytes(rgb.constBits()), "raw", "RGB", line))
    shown = [round(1000 * FRAME_SECONDS)] * len(images)
    shown[-1] = round(1000 * LAST_SECONDS)
    file = io.BytesIO()
    images[0].save(
        file, "GIF", save_all=True, append_images=images[1:], duration=shown, loop=0, optimize=False
    )
    return file.getvalue()


class Still(QObject):
    """One picture, as soon as the session has shown what it needs; `finished` gives the content."""

    finished = Signal(bytes)

    def __init__(self, picture: Picture, session: Session, ending: str, scale: float) -> None:
        super().__init__()
        self._picture = picture
        self._session = session
        self._ending = ending
        self._scale = scale

    def start(self) -> None:
        """Take it, now or with the next picture of training."""
        if self._picture.ready:
            QTimer.singleShot(0, self._take)
        else:
            self._session.snapshot_changed.connect(self._look)

    def _look(self) -> None:
        if self._picture.ready:
            self._session.snapshot_changed.disconnect(self._look)
            self._take()

    def _take(self) -> None:
        content = self._picture.encoded(self._ending, self._scale)
        self._picture.close()
        self.finished.emit(content)


def save(
    session: Session,
    theme: Theme,
    part: str,
    path: Path,
    size: QSize,
    scale: float,
    done: Callable[[], None],
) -> Film | Still:
    """Write a picture, or for ".gif" a film, and call `done` after; a notice says how it went.

    What is given makes it, and is gone after.
    """
    from playground.export import ExportError, atomic

    def write(content: bytes) -> None:
        try:
            if content:
                atomic.write(path, content, lambda path: None)
                session.notice.emit("info", tr("{name} saved", name=path.name))
        except ExportError as error:
            session.notice.emit("error", tr(error.sentence))
        done()

    picture, ending = Picture(part, theme, session, size), path.suffix.lower()
    if ending == FILM_ENDING:
        work = Film(picture, session, scale)
    else:
        work = Still(picture, session, ending, scale)
    work.setParent(session)
    work.finished.connect(write)
    work.finished.connect(work.deleteLater)
    work.start()
    return work
