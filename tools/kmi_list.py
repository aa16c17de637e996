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
    records = module_records.read(arguments.records)
    kept = [record for record in records if _is_kept(arguments, record)]
    users, providers = module_records.partition(kept, arguments.gki_module, arguments.signed_modules_as_users)
    left_out = {record.name for record in records}.difference(record.name for record in kept)
    needs = _needs(users)
    generic, local = _exported(_exporters(arguments.exports, left_out), users, providers)
    if not arguments.exports:
        # Nobody says what the kernel exports: then it has to be all that no user does.
        needed = {"": set().union(*needs.values())}
        generic |= kmi_symbol_list.with_traceiters(needed, lambda _: True)[""]
        generic -= local | {_THIS_MODULE}
    needs = kmi_symbol_list.with_traceiters(needs, (generic | local).__contains__)
    listed = generic | local if arguments.include_module_exports else generic
    needs = {module: symbols if symbols <= listed else symbols & listed for module, symbols in needs.items()}
    if arguments.full_gki_abi:
        needs = {"full-gki-abi": generic}
    always = arguments.always or kmi_symbol_list.ALWAYS
    text = kmi_symbol_list.compose(needs, arguments.module_grouping, _preserved(arguments.base), always)
    output_file.write(arguments.output, text.encode("utf-8", "surrogateescape"))


def _is_kept(arguments, record):
    """Whether the filters leave a module."""
    if arguments.include_module and not _matches(arguments.include_module, record):
        return False
    return not _matches(arguments.exclude_module, record)


def _matches(patterns, record):
    try:
        return any(re.search(pattern, record.module) for pattern in patterns)
    except re.error as error:
        raise KsymsError(
            f"module filter `{error.pattern}`", f"is no regular expression ({error})", "correct it"
        ) from error


def _needs(users):
    """{module file name: what it needs}, in the order of the users; of modules with the same name, together."""
    needs = {}
    for record in users:
        symbols = record.undefined | record.weak if record.weak else record.undefined
        needs[record.module] = symbols | needs[record.module] if record.module in needs else symbols
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
