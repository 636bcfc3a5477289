"""A button on a card that opens how the card shows things."""

from PySide6.QtWidgets import QWidget

from playground.app.controls.parameters import SettingsButton
from playground.app.paths import look_up
from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.words import tr


class ViewSettings(SettingsButton):
    """Opens settings of the experiment's view, each a switch or a slider.

    Those in `put_away` are not offered as the data are; it is lit where one is not at its default.
    """

    def __init__(
        self,
        theme: Theme,
        session: Session,
        name: str,
        paths: tuple[str, ...],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, session, name, parent)
        self._paths = paths
        self._put_away: tuple[str, ...] = ()
        self.refresh()

    def put_away(self, *paths: str) -> None:
        """Offer all but these."""
        self._put_away = paths
        self.refresh()

    def groups(self) -> dict[str, dict[str, str]]:
        shown = [path for path in self._paths if path not in self._put_away]
        experiment = self._session.experiment
        fields = {path: tr(look_up(experiment, path)[0].label) for path in shown}
        return {tr("How it is shown"): fields}

    @property
    def remarkable(self) -> bool:
        view = self._session.experiment.view
        names = (path.removeprefix("view.") for path in self._paths)
        return any(getattr(view, name) != getattr(type(view)(), name) for name in names)
