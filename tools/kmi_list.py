"""The `kmi_list` command: a KMI symbol list from modules and from what the kernel exports."""

import re

import exports_file
import kmi_symbol_list
import module_records
import output_file
import symbol_list
from errors import KsymsError

_THIS_MODULE = "__this_module"


def add_arguments(parser):
    parser.add_argument("--output", required=True, metavar="FILE", help="where to write the list")
    parser.add_argument("--records", action="append", default=[], metavar="FILE", help="a .ksyms.jsonl of `extract`")
    parser.add_argument("--exports", action="append", default=[], metavar="FILE", help="an output of `exports`")
    parser.add_argument("--base", metavar="FILE", help="keep the symbols of this list (--additions-only of Kleaf)")
    parser.add_argument("--module_grouping", action="store_true", help="a section for each module")
    parser.add_argument("--include_module_exports", action="store_true", help="list symbols that users export too")
    parser.add_argument("--full_gki_abi", action="store_true", help="list all that the kernel and its modules export")
    parser.add_argument("--signed_modules_as_users", action="store_true", help="a signature does not make a GKI module")
    parser.add_argument(
        "--gki_module", action="append", default=[], metavar="NAME", help="a module of the kernel's own"
    )
    parser.add_argument("--always", action="append", default=[], metavar="SYMBOL", help="list this symbol in any case")
    parser.add_argument("--include_module", action="append", default=[], metavar="REGEX", help="only matching modules")
    parser.add_argument("--exclude_module", action="append", default=[], metavar="REGEX", help="no matching modules")


def run(arguments):
    """Writes the list; raises KsymsError and writes nothing if an input is at fault."""
    is_kept = _filter(arguments)
    records = module_records.read(arguments.records)
    kept = list(filter(is_kept, records))
    users, providers = module_records.partition(kept, arguments.gki_module, arguments.signed_modules_as_users)
    left_out = {record.name for record in records}.difference(record.name for record in kept)
    generic, local = _exported(_exporters(arguments.exports, left_out), users, providers)
    needs = _needs(users)
    counts = kmi_symbol_list.count(needs)
    if arguments.exports:
        kmi_symbol_list.add_traceiters(needs, counts, (generic | local).__contains__)
    else:
        # Nobody says what the kernel exports: then it has to be all that no user does.
        kmi_symbol_list.add_traceiters(needs, counts, lambda _: True)
        generic = generic.union(counts) - local - {_THIS_MODULE}
    if arguments.full_gki_abi:
        needs = {"full-gki-abi": generic}
        counts = kmi_symbol_list.count(needs)
    listed = generic | local if arguments.include_module_exports else generic
    preserved = _preserved(arguments.base)
    text = kmi_symbol_list.compose(needs, counts, listed, arguments.module_grouping, preserved, arguments.always)
    output_file.write(arguments.output, text.encode("utf-8", "surrogateescape"))


def _filter(arguments):
    """The filters as a function from a record to whether they keep its module.

    Raises:
      KsymsError: one is no regular expression.
    """
    included, excluded = _compiled(arguments.include_module), _compiled(arguments.exclude_module)

    def is_kept(record):
        if included and not any(pattern.search(record.module) for pattern in included):
            return False
        return not any(pattern.search(record.module) for pattern in excluded)

    return is_kept


def _compiled(patterns):
    try:
        return [re.compile(pattern) for pattern in patterns]
    except re.error as error:
        problem = f"is no regular expression ({error})"
        raise KsymsError(f"module filter `{error.pattern}`", problem, "correct it") from error


def _needs(users):
    """{module file name: what it needs, each once}, in the order of the users; of modules of one name, together."""
    needs = {}
    for record in users:
        symbols = {*record.undefined, *record.weak} if record.weak else record.undefined
        needs[record.module] = {*symbols, *needs[record.module]} if record.module in needs else symbols
    return needs


def _exporters(exports, left_out):
    """{symbol: module} of the files of exports, without the modules that the filters left out."""
    return {symbol: module for symbol, module in exports_file.read(exports).items() if module not in left_out}


def _exported(exporters, users, providers):
    """Symbols that the kernel exports, with its own modules; and symbols that only users export."""
    user_names = {record.name for record in users}
    local = {symbol for record in users for symbol in record.exported}
    local |= {symbol for symbol, module in exporters.items() if module in user_names}
    generic = {symbol for symbol, module in exporters.items() if module not in user_names}
    return generic | {symbol for record in providers for symbol in record.exported}, local


def _preserved(path):
    return {entry.symbol for entry in symbol_list.read(path)} if path else set()
