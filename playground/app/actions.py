"""What the user can do by a key, from the menu, or from the list of commands: declared once."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from playground.app.words import tr

BARE = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier


@dataclass(frozen=True)
class Action:
    """Something the user can do.

    `keys` are sequences as Qt writes them ("Ctrl+S"). Those of a bare key, or with Shift alone, are
    off while something is typed. `repeats` lets a key that is held act again and again. `possible`
    tells whether it can be done now; `says`, in place of the label, what it would do now. `control`
    names the control that does the same: where that one is hidden, the action is too.
    """

    name: str
    label: str
    group: str
    act: Callable[[], object]
    keys: tuple[str, ...] = ()
    repeats: bool = False
    possible: Callable[[], bool] = lambda: True
    says: Callable[[], str] | None = None
    control: str = ""

    @property
    def words(self) -> str:
        """What it does now, in the user's language."""
        return self.says() if self.says else tr(self.label)

    @property
    def key_names(self) -> tuple[str, ...]:
        """Its keys, as the user's keyboard has them."""
        native = QKeySequence.SequenceFormat.NativeText
        return tuple(QKeySequence(keys).toString(native) for keys in self.keys)


class Actions:
    """The actions of a window, by name, and their keys. `refresh` shows what is possible now."""

    def __init__(self, window: QWidget, actions: Iterable[Action]) -> None:
        self._all = {action.name: action for action in actions}
        self._hidden: frozenset[str] = frozenset()
        self._bare: dict[int, Action] = {}
        self._of_menus: dict[str, QAction] = {}
        for action in self._all.values():
            made = QAction(window)
            made.triggered.connect(lambda _=False, act=action.act: act())
            combinations = [_combination(keys) for keys in action.keys]
            bare = [each for each in combinations if _is_bare(each)]
            self._bare |= {each.toCombined(): action for each in bare}
            made.setShortcuts([QKeySequence(each) for each in combinations if each not in bare])
            window.addAction(made)  # the keys work while no menu is open
            self._of_menus[action.name] = made
        self.refresh()

    def __iter__(self) -> Iterator[Action]:
        """Those that are not hidden, whether or not they can be done now."""
        return (each for each in self._all.values() if each.control not in self._hidden)

    def __getitem__(self, name: str) -> Action:
        return self._all[name]

    def of_menu(self, name: str) -> QAction:
        """The action as menus take it."""
        return self._of_menus[name]

    def hide(self, controls: Iterable[str]) -> None:
        """Put away what these controls do, and nothing else."""
        self._hidden = frozenset(controls) - {""}
        self.refresh()

    def refresh(self) -> None:
        """Show in the menus what each does now, and whether it can be done."""
        for name, made in self._of_menus.items():
            action = self._all[name]
            made.setText(action.words)
            made.setVisible(action.control not in self._hidden)
            made.setEnabled(self._can(action))

    def take(self, event: QKeyEvent) -> bool:
        """Do what a bare key asks for; False where it asks for nothing."""
        key = Qt.Key(event.key())
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        action = self._bare.get(QKeyCombination(modifiers, key).toCombined())
        if action is None and modifiers in BARE and not _is_letter(key):  # "?" is typed with Shift
            action = self._bare.get(key)
        if action is None or not self._can(action):
            return False
        if not event.isAutoRepeat() or action.repeats:
            action.act()
        return True

    def _can(self, action: Action) -> bool:
        return action.control not in self._hidden and action.possible()


def _is_letter(key: Qt.Key) -> bool:
    return Qt.Key.Key_A <= key <= Qt.Key.Key_Z


def _combination(keys: str) -> QKeyCombination:
    return QKeySequence(keys)[0]  # pyright: ignore[reportIndexIssue]  (the stubs do not know it)


def _is_bare(combination: QKeyCombination) -> bool:
    """Whether it is a key that also types."""
    function = Qt.Key.Key_F1 <= combination.key() <= Qt.Key.Key_F35
    return combination.keyboardModifiers() in BARE and not function
