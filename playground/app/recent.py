"""The files that were opened or saved last."""

from pathlib import Path

from PySide6.QtCore import QSettings

MOST = 10
SETTING = "recent files"


class RecentFiles:
    """Paths, the newest first; kept in the user's settings, where they are given."""

    def __init__(self, settings: QSettings | None = None) -> None:
        self._settings = settings
        kept = settings.value(SETTING, []) if settings else []
        names = kept if isinstance(kept, list) else [kept]  # a list of one comes back as its one
        self._paths = [Path(name) for name in names if isinstance(name, str)][:MOST]

    @property
    def paths(self) -> list[Path]:
        """Those that are still there."""
        return [path for path in self._paths if path.is_file()]

    def add(self, path: str | Path) -> None:
        """Remember a file as the newest."""
        path = Path(path).absolute()
        self._keep([path, *(each for each in self._paths if each != path)][:MOST])

    def clear(self) -> None:
        """Forget them all."""
        self._keep([])

    def _keep(self, paths: list[Path]) -> None:
        self._paths = paths
        if self._settings is not None:
            self._settings.setValue(SETTING, [str(path) for path in paths])
