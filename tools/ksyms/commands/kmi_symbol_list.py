"""The `kmi_symbol_list` command: a KMI symbol list from modules and from what the kernel exports."""

import re
from collections.abc import Callable, Collection, Iterable
from typing import Protocol

from ksyms.command_line import Parser
from ksyms.errors import KsymsError
from ksyms.formats import exports_table, output_file, records, symbol_list
from ksyms.formats.records import Record
from ksyms.kmi import compose, resolved, users


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
    user_modules, gki_modules, left_out = _modules(arguments)
    by_kernel, by_users = users.exports(_exporters(arguments.exports, left_out), user_modules, gki_modules)
    needs = _needs(user_modules)
    counts = compose.count(needs)
    if arguments.exports:
        exported = by_kernel | by_users
        if exported.isdisjoint(counts) and _resolved_by_build(user_modules, counts) < counts.keys():
            problem = f"no symbol that the modules need is exported, such as {min(counts)}"
            raise KsymsError("exports", problem, "name what the kernel of these modules exports")
        compose.add_traceiters(needs, counts, exported.__contains__)
    else:
        # Without exports, the kernel has to export all that no user module does.
        compose.add_traceiters(needs, counts, lambda _: True)
        by_kernel = by_kernel.union(counts) - by_users - _resolved_by_build(user_modules, counts)
    if arguments.full_gki_abi:
        needs = {"full-gki-abi": by_kernel}
        counts = compose.count(needs)
    listed = by_kernel | by_users if arguments.include_module_exports else by_kernel
    preserved = _preserved(arguments.base)
    paragraphs = compose.paragraphs(needs, counts, listed, arguments.module_grouping, preserved, arguments.always)
    output_file.write(arguments.output, symbol_list.text(paragraphs).encode("utf-8", "surrogateescape"))


def _modules(arguments: Arguments) -> tuple[list[Record], list[Record], set[str]]:
    """Returns user modules, GKI modules, and the module names of those that the filters leave out.

    Raises:
      KsymsError: there are modules, and no user module is left.
    """
    is_kept = _filter(arguments)
    modules = records.read(arguments.records)
    kept = list(filter(is_kept, modules))
    if modules and not kept:
        problem = f"no module is left of {len(modules)}, the first of them {modules[0].file_name}"
        raise KsymsError("include_modules and exclude_modules", problem, "correct these filters")
    user_modules, gki_modules = users.partition(kept, arguments.gki_modules, arguments.signed_modules_are_gki)
    if modules and not user_modules and not arguments.full_gki_abi:
        raise users.none_left(gki_modules, arguments.signed_modules_are_gki)
    left_out = {record.module_name for record in modules}.difference(record.module_name for record in kept)
    return user_modules, gki_modules, left_out


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


def _resolved_by_build(modules: Iterable[Record], symbols: Collection[str]) -> set[str]:
    """Returns the symbols that no kernel has to export, as the build of the modules resolves them."""
    machines = {record.machine for record in modules}
    return set[str]().union(*(resolved.by_build(symbols, machine) for machine in machines))


def _preserved(path: str | None) -> set[str]:
    return {entry.symbol for entry in symbol_list.read(path)} if path else set()
