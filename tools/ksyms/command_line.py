"""Reads command lines as Bazel writes them, without argparse.

Importing argparse and building its parser takes longer than most actions, and an action that no worker serves pays for
it each time. So the plain form, `--flag=value`, `--switch` and then operands, is read here, from the same declarations.
All other lines (`--help`, an abbreviation, a mistake) are left to argparse.
"""

import types
from typing import Any, Protocol


class Unusual(Exception):
    """The line has something that only argparse understands."""


class Parser(Protocol):
    """What a command declares its flags to: PlainParser or argparse.ArgumentParser."""

    def add_argument(
        self,
        name: str,
        /,
        *,
        action: str = ...,
        default: Any = ...,
        required: bool = ...,
        nargs: str | None = ...,
        metavar: str | None = ...,
        help: str | None = ...,
    ) -> Any:
        """Declares a flag, or the operands; see argparse."""


class PlainParser:
    """The part of argparse.ArgumentParser that the commands use."""

    def __init__(self) -> None:
        self._actions: dict[str, str] = {}
        self._defaults: dict[str, Any] = {}
        self._required: set[str] = set()
        self._operands: tuple[str, bool] | None = None  # name, and whether there may be several

    def add_argument(
        self,
        name: str,
        /,
        *,
        action: str = "store",
        default: Any = None,
        required: bool = False,
        nargs: str | None = None,
        metavar: str | None = None,
        help: str | None = None,
    ) -> None:
        """Declares a flag, `--name`, or the operands, which come last; see argparse."""
        if not name.startswith("--"):
            self._operands = (name, nargs == "+")
            return
        self._actions[name] = action
        self._defaults[name[2:]] = False if action == "store_true" else default
        if required:
            self._required.add(name[2:])

    def parse_args(self, words: list[str]) -> types.SimpleNamespace:
        """Returns what argparse's parse_args returns.

        Args:
          words: the command line after the name of the command.

        Raises:
          Unusual: the line is not plain.
        """
        flags = [word for word in words if word.startswith("-")]
        operands = words[len(flags) :]
        found = self._flags(flags)
        if flags != words[: len(flags)] or not self._required.issubset(found):
            raise Unusual
        if self._operands:
            name, several = self._operands
            if not operands or (len(operands) > 1 and not several):
                raise Unusual
            found[name] = operands if several else operands[0]
        elif operands:
            raise Unusual
        return types.SimpleNamespace(**self._defaults | found)

    def _flags(self, words: list[str]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for word in words:
            flag, equals, value = word.partition("=")
            action = self._actions.get(flag)
            if not action or bool(equals) == (action == "store_true"):
                raise Unusual
            if action == "append":
                found.setdefault(flag[2:], []).append(value)
            else:
                found[flag[2:]] = value if equals else True
        return found
