"""Reads command lines as Bazel writes them, without argparse.

Importing argparse and building its parser takes longer than most actions, and where no worker serves them each action
pays for it. So the plain form, `--flag=value`, `--switch` and then operands, is read here, from the same declarations.
Whatever else a line has (`--help`, an abbreviation, a mistake) is left to argparse, to read or to refuse.
"""

import types


class Unusual(Exception):
    """The line has something that only argparse understands."""


class PlainParser:
    """Takes what the commands use of the interface of argparse.ArgumentParser."""

    def __init__(self):
        self._actions, self._defaults, self._required = {}, {}, set()
        self._operands = None  # name, and whether they may be several

    def add_argument(self, name, action="store", default=None, required=False, nargs=None, metavar=None, help=None):
        """Declares a flag, `--name`, or the operands, which have to come last; see argparse."""
        if not name.startswith("--"):
            self._operands = (name, nargs == "+")
            return
        self._actions[name] = action
        self._defaults[name[2:]] = False if action == "store_true" else default
        if required:
            self._required.add(name[2:])

    def parse_args(self, words):
        """Returns what argparse's parse_args would; raises Unusual for a line that is not plain."""
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

    def _flags(self, words):
        found = {}
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
