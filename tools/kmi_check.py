"""The `kmi_check` command: checks KMI symbol lists and writes a report, empty when all is well."""

import deny_list
import exports_file
import kmi_checks
import module_records
import output_file
import symbol_list

_COLUMNS = ("symbol", "problem", "where")


def add_arguments(parser):
    parser.add_argument("--output", required=True, metavar="FILE", help="where to write the report")
    parser.add_argument("--title", default="KMI symbol list", help="what the report is about")
    parser.add_argument("--fix", default="edit the symbol list", help="the command that mends it")
    parser.add_argument("--symbol_list", action="append", default=[], metavar="FILE", help="a list to check")
    parser.add_argument("--records", action="append", default=[], metavar="FILE", help="modules it has to cover")
    parser.add_argument(
        "--gki_module", action="append", default=[], metavar="NAME", help="a module of the kernel's own"
    )
    parser.add_argument("--signed_modules_as_users", action="store_true", help="a signature does not make a GKI module")
    parser.add_argument("--exports", action="append", default=[], metavar="FILE", help="an output of `exports`")
    parser.add_argument("--strict", action="store_true", help="the kernel has to export every listed symbol")
    parser.add_argument(
        "--deny_list", action="append", default=[], metavar="FILE", help="symbols that must not be listed"
    )
    parser.add_argument(
        "--protected_exports", action="append", default=[], metavar="FILE", help="symbols of GKI modules"
    )
    parser.add_argument("--check_tracepoints", action="store_true", help="each tracepoint has its traceiter")
    parser.add_argument("--check_order", action="store_true", help="lists are in extract_symbols' order")
    parser.add_argument("--check_unique", action="store_true", help="no symbol is listed twice")


def run(arguments):
    """Writes the report; raises KsymsError and writes nothing if an input cannot be read."""
    problems = sorted(set(_problems(arguments)))
    text = report(arguments.title, problems, arguments.fix)
    output_file.write(arguments.output, text.encode("utf-8", "surrogateescape"))


def _problems(arguments):
    entries = [entry for path in arguments.symbol_list for entry in symbol_list.read(path)]
    records = module_records.read(arguments.records)
    users, own = module_records.partition(records, arguments.gki_module, arguments.signed_modules_as_users)
    found = kmi_checks.coverage(users, entries, _exported_by(records))
    if arguments.strict:
        found += kmi_checks.not_exported(entries, _exported_by(own).union(exports_file.read(arguments.exports)))
    found += kmi_checks.denied(entries, [deny_list.read(path) for path in arguments.deny_list])
    protected = {entry.symbol for path in arguments.protected_exports for entry in symbol_list.read(path)}
    found += kmi_checks.protected(users, protected)
    if arguments.check_tracepoints:
        found += kmi_checks.unpaired_tracepoints(entries)
    if arguments.check_order:
        found += kmi_checks.unsorted(entries)
    if arguments.check_unique:
        found += kmi_checks.repeated(entries)
    return found


def _exported_by(records):
    return {symbol for record in records for symbol in record.exported}


def report(title, problems, fix):
    """Formats problems as a table, or returns an empty string if there are none.

    Args:
      title: what was checked.
      problems: [kmi_checks.Problem], in the order of the rows.
      fix: the command that mends it.
    """
    if not problems:
        return ""
    rows = [_COLUMNS, *((problem.symbol, problem.what, problem.where) for problem in problems)]
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    lines = [f"  {symbol:{widths[0]}}  {what:{widths[1]}}  {where}" for symbol, what, where in rows]
    count = f"{len(problems)} problem" + ("s" if len(problems) > 1 else "")
    return f"{title}: {count}\n\n" + "\n".join(lines) + f"\n\nTo fix: {fix}\n"
