"""How often each class is taken for which; of a regression, how far predictions are off."""

import math

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget

from playground.app.controls.button import Button
from playground.app.controls.scroll import scrolled
from playground.app.controls.segmented import Segmented
from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.views.drawer_facts import Facts
from playground.app.views.drawer_view import TOP, DrawerView
from playground.app.views.matrix import ConfusionMatrix
from playground.app.views.readout import fixed
from playground.app.views.residuals import Residuals
from playground.app.words import named, tr
from playground.class_scores import class_scores
from playground.snapshot import Snapshot

NAMES = {"train": "Train", "validation": "Val", "test": "Test"}
FACTS = 4


class ConfusionView(DrawerView):
    """The matrix of counts with each class's scores, or the residuals, of one split.

    The test samples are shown once their score was revealed.
    """

    name = "Confusion matrix"

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__(theme, session)
        self.matrix = ConfusionMatrix(theme)
        self.residuals = Residuals(theme)
        self.split = Segmented(theme, tr("Samples"), {key: tr(word) for key, word in NAMES.items()})
        self.split.changed.connect(self._choose)
        self.facts = Facts(theme, FACTS)
        self.reveal = Button(theme, tr("Reveal the test score"))
        self.reveal.hide()
        self.reveal.clicked.connect(session.reveal_test)
        scroll = scrolled(self.matrix)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._pages = QStackedWidget()
        self._pages.addWidget(scroll)
        self._pages.addWidget(self.residuals)
        column = self.column_beside(self._pages, TOP + 2, 6)
        column.addWidget(self.split)
        column.addWidget(self.facts)
        column.addWidget(self.reveal)
        column.addStretch(1)

    @property
    def title(self) -> str:
        regression = self.session.experiment.task == "regression"
        return tr("Residuals") if regression else tr("Confusion matrix")

    @property
    def short_title(self) -> str:
        regression = self.session.experiment.task == "regression"
        return self.title if regression else tr("Confusion")

    @property
    def wants(self) -> dict[str, str]:
        return {"confusion": self.session.experiment.view.confusion_split}

    def show_settings(self) -> None:
        split = self.session.experiment.view.confusion_split
        self.split.set_value(split)
        self.reveal.setVisible(split == "test" and not self.session.test_revealed)
        self.facts.setVisible(self.reveal.isHidden())

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self.show_settings()
        split = self.session.experiment.view.confusion_split
        names = tuple(map(named, snapshot.data.dataset.class_names))
        self._pages.setCurrentIndex(0 if names else 1)
        hidden = split == "test" and not self.session.test_revealed
        why = tr("The test samples stay hidden until you reveal their score")
        if not hidden:
            why = tr("There are no samples in this part of the split")
        found = None if hidden else snapshot.confusion
        if names:
            counts = found if found is not None and _fits(found, len(names)) else None
            self.matrix.show_counts(counts, names, why)
            self._show_class_facts(counts)
        else:
            pairs = found if found is not None and found.shape[1] == 2 else None
            self.residuals.show_pairs(pairs, why)
            self._show_regression_facts(pairs, snapshot.metrics.get(split, {}))

    def _show_class_facts(self, counts: np.ndarray | None) -> None:
        if counts is None:
            self.facts.show_rows()
            return
        scores = class_scores(counts)
        total, right = int(counts.sum()), int(np.trace(counts))
        f1 = float(np.mean(scores.f1)) if np.isfinite(scores.f1).all() else math.nan
        self.facts.show_rows(
            (tr("Accuracy"), percent(scores.accuracy)),
            (tr("Mean F1"), percent(f1)),
            (tr("Right"), tr("{right} of {total}", right=f"{right:,}", total=f"{total:,}")),
        )

    def _show_regression_facts(self, pairs: np.ndarray | None, scores: dict[str, float]) -> None:
        if pairs is None or not scores:
            self.facts.show_rows()
            return
        self.facts.show_rows(
            ("R²", fixed(scores["r2"], 3)),
            ("RMSE", _digits(scores["rmse"])),
            ("MAE", _digits(scores["mae"])),
            (tr("Samples"), f"{len(pairs):,}"),
        )

    def _choose(self, split: str) -> None:
        self.session.edit("view.confusion_split", split)


def percent(share: float) -> str:
    """A share with one decimal; a dash where there is none."""
    return f"{fixed(100 * share, 1)} %" if math.isfinite(share) else "–"


def _fits(counts: np.ndarray, classes: int) -> bool:
    return counts.shape == (classes, classes) and bool(counts.any())


def _digits(value: float) -> str:
    return f"{value:.3g}"
