"""The `kmi_check` command: checks KMI symbol lists and writes a report, empty if all is well (formats.report)."""

from typing import Protocol

from ksyms.command_line import Parser
from ksyms.formats import deny_list, exports_table, records, report, symbol_list
from ksyms.kmi import problems, users
from ksyms.kmi.problems import Problem


class Arguments(Protocol):
    """See add_arguments."""

    output: str
    title: str
    fix: str
    symbol_lists: list[str]
    records: list[str]
    gki_modules: list[str]
    signed_modules_are_gki: bool
    exports: list[str]
    strict: bool
    deny_lists: list[str]
    protected_exports: list[str]
    check_tracepoints: bool
    check_order: bool
    check_unique: bool


def add_arguments(parser: Parser) -> None:
    """Declares the flags."""
    parser.add_argument("--output", required=True, metavar="FILE", help="where to write the report")
    parser.add_argument("--title", default="KMI symbol list", help="what the report is about")
    parser.add_argument("--fix", default="edit the symbol list", help="the command that fixes the lists")
    parser.add_argument("--symbol_lists", action="append", default=[], metavar="FILE", help="a list to check")
    parser.add_argument("--records", action="append", default=[], metavar="FILE", help="modules that the lists cover")
    parser.add_argument("--gki_modules", action="append", default=[], metavar="NAME", help="a GKI module")
    parser.add_argument("--signed_modules_are_gki", action="store_true", help="a signature makes a GKI module")
    parser.add_argument("--exports", action="append", default=[], metavar="FILE", help="an output of `exports`")
    parser.add_argument("--strict", action="store_true", help="the kernel has to export every listed symbol")
    parser.add_argument(
        "--deny_lists", action="append", default=[], metavar="FILE", help="symbols that must not be listed"
    )
    parser.add_argument(
        "--protected_exports", action="append", default=[], metavar="FILE", help="symbols that only GKI modules may use"
    )
    parser.add_argument("--check_tracepoints", action="store_true", help="each tracepoint has its traceiter")
    parser.add_argument("--check_order", action="store_true", help="lists are in the order of extract_symbols")
    parser.add_argument("--check_unique", action="store_true", help="no symbol is listed twice")


def run(arguments: Arguments) -> None:
    """Writes the report; raises KsymsError and writes nothing if an input cannot be read."""
    rows = sorted(set(_problems(arguments)))
    report.write(arguments.output, report.text(arguments.title, rows, arguments.fix))


def _problems(arguments: Arguments) -> list[Problem]:
    entries = [entry for path in arguments.symbol_lists for entry in symbol_list.read(path)]
    modules = records.read(arguments.records)
    user_modules, gki_modules = users.partition(modules, arguments.gki_modules, arguments.signed_modules_are_gki)
    if modules and not user_modules:
        raise users.none_left(gki_modules, arguments.signed_modules_are_gki)
    exporters = exports_table.read(arguments.exports)
    by_kernel, by_users = users.exports(exporters, user_modules, gki_modules)
    found = problems.coverage(user_modules, entries, by_kernel, by_users)
    if arguments.strict:
        found += problems.not_exported(entries, by_kernel.union(exporters))
    found += problems.denied(entries, [deny_list.read(path) for path in arguments.deny_lists])
    protected = {entry.symbol for path in arguments.protected_exports for entry in symbol_list.read(path)}
    found += problems.protected(user_modules, protected, entries)
    if arguments.check_tracepoints:
        found += problems.unpaired_tracepoints(entries)
    if arguments.check_order:
        found += problems.unsorted(entries)
    if arguments.check_unique:
        found += problems.repeated(entries)
    return found
