"""The `kmi_symbol_list` command: a KMI symbol list from modules and from what the kernel exports."""

import re
from collections.abc import Callable, Collection, Iterable
from typing import Protocol

from ksyms.command_line import Parser
from ksyms.errors import KsymsError
from ksyms.formats import exports_table, output_file, records, symbol_list
from ksyms.formats.records import Record
from ksyms.formats.symbol_names import THIS_MODULE
from ksyms.kmi import compose, users


class Arguments(Protocol):
    """See add_arguments."""

    output: str
    records: list[str]
    exports: list[str]
    base: str | None
    module_grouping: bool
    include_module_exports: bool
    full_gki_abi: bool
    signed_modules_are_gki: bool
    gki_modules: list[str]
    always: list[str]
    include_modules: list[str]
    exclude_modules: list[str]


def add_arguments(parser: Parser) -> None:
    """Declares the flags."""
    parser.add_argument("--output", required=True, metavar="FILE", help="where to write the list")
    parser.add_argument("--records", action="append", default=[], metavar="FILE", help="a .ksyms.jsonl of `extract`")
    parser.add_argument("--exports", action="append", default=[], metavar="FILE", help="an output of `exports`")
    parser.add_argument("--base", metavar="FILE", help="keep the symbols of this list (--additions-only of Kleaf)")
    parser.add_argument("--module_grouping", action="store_true", help="a paragraph per module")
    parser.add_argument("--include_module_exports", action="store_true", help="list what user modules export, too")
    parser.add_argument("--full_gki_abi", action="store_true", help="list all that the kernel and its modules export")
    parser.add_argument("--signed_modules_are_gki", action="store_true", help="a signature makes a GKI module")
    parser.add_argument("--gki_modules", action="append", default=[], metavar="NAME", help="a GKI module")
    parser.add_argument("--always", action="append", default=[], metavar="SYMBOL", help="list this symbol in any case")
    parser.add_argument("--include_modules", action="append", default=[], metavar="REGEX", help="only matching modules")
    parser.add_argument("--exclude_modules", action="append", default=[], metavar="REGEX", help="no matching modules")


def run(arguments: Arguments) -> None:
    """Writes the list; raises KsymsError and writes nothing if an input is at fault."""
    is_kept = _filter(arguments)
    modules = records.read(arguments.records)
    kept = list(filter(is_kept, modules))
    user_modules, gki_modules = users.partition(kept, arguments.gki_modules, arguments.signed_modules_are_gki)
    left_out = {record.module_name for record in modules}.difference(record.module_name for record in kept)
    by_kernel, by_users = _exported(_exporters(arguments.exports, left_out), user_modules, gki_modules)
    needs = _needs(user_modules)
    counts = compose.count(needs)
    if arguments.exports:
        compose.add_traceiters(needs, counts, (by_kernel | by_users).__contains__)
    else:
        # Without exports, the kernel has to export all that no user module does.
        compose.add_traceiters(needs, counts, lambda _: True)
        by_kernel = by_kernel.union(counts) - by_users - {THIS_MODULE}
    if arguments.full_gki_abi:
        needs = {"full-gki-abi": by_kernel}
        counts = compose.count(needs)
    listed = by_kernel | by_users if arguments.include_module_exports else by_kernel
    preserved = _preserved(arguments.base)
    paragraphs = compose.paragraphs(needs, counts, listed, arguments.module_grouping, preserved, arguments.always)
    output_file.write(arguments.output, symbol_list.text(paragraphs).encode("utf-8", "surrogateescape"))


def _filter(arguments: Arguments) -> Callable[[Record], bool]:
    """Returns the filters as a function from a record to whether they keep its module.

    Raises:
      KsymsError: one is not a regular expression.
    """
    included, excluded = _compiled(arguments.include_modules), _compiled(arguments.exclude_modules)

    def is_kept(record: Record) -> bool:
        if included and not any(pattern.search(record.file_name) for pattern in included):
            return False
        return not any(pattern.search(record.file_name) for pattern in excluded)

    return is_kept


def _compiled(patterns: Iterable[str]) -> list[re.Pattern[str]]:
    try:
        return [re.compile(pattern) for pattern in patterns]
    except re.error as error:
        problem = f"is not a regular expression ({error})"
        raise KsymsError(f"module filter `{error.pattern!s}`", problem, "correct it") from error


def _needs(user_modules: Iterable[Record]) -> dict[str, Collection[str]]:
    """Returns {module file name: what it needs, each once}, in the order given; modules of one name are one."""
    needs: dict[str, Collection[str]] = {}
    for record in user_modules:
        symbols = {*record.undefined, *record.weak} if record.weak else record.undefined
        name = record.file_name
        needs[name] = {*symbols, *needs[name]} if name in needs else symbols
    return needs


def _exporters(exports: Iterable[str], left_out: Collection[str]) -> dict[str, str]:
    """Returns {symbol: module name} of tables of exports, without the modules that the filters leave out."""
    return {symbol: name for symbol, name in exports_table.read(exports).items() if name not in left_out}


def _exported(
    exporters: dict[str, str], user_modules: list[Record], gki_modules: list[Record]
) -> tuple[set[str], set[str]]:
    """Returns the symbols that the kernel exports, with its GKI modules, and those that user modules export."""
    names = {record.module_name for record in user_modules}
    by_users = {symbol for record in user_modules for symbol in record.exported}
    by_users |= {symbol for symbol, name in exporters.items() if name in names}
    by_kernel = {symbol for symbol, name in exporters.items() if name not in names}
    return by_kernel | {symbol for record in gki_modules for symbol in record.exported}, by_users


def _preserved(path: str | None) -> set[str]:
    return {entry.symbol for entry in symbol_list.read(path)} if path else set()
