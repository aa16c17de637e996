"""The `header` and `raw_list` commands: the set of symbols that the kernel has to export, in kbuild's two forms."""

import merge
import output_file
import symbol_list
import symbol_names

# As scripts/gen_autoksyms.sh writes it.
_HEADER_START = b"/*\n * Automatically generated file; DO NOT EDIT.\n */\n\n"


def add_arguments(parser):
    merge.add_arguments(parser)
    parser.add_argument(
        "--symbol_list", action="append", default=[], metavar="FILE", help="a KMI symbol list, either form"
    )
    parser.add_argument("--modversions", action="store_true", help="the kernel has CONFIG_MODVERSIONS")


def run_header(arguments):
    """Writes include/generated/autoksyms.h, for kernels up to 6.4; mirrors scripts/gen_autoksyms.sh."""
    lines = (b"#define __KSYM_%s 1\n" % name for name in _exported(arguments))
    output_file.write(arguments.output, _HEADER_START + b"".join(lines))


def run_raw_list(arguments):
    """Writes the file that CONFIG_UNUSED_KSYMS_WHITELIST names, for kernels from 6.5 on: one symbol a line."""
    output_file.write(arguments.output, merge.lines(_exported(arguments)))


def _exported(arguments):
    listed = [entry.symbol.encode() for path in arguments.symbol_list for entry in symbol_list.read(path)]
    return symbol_names.exported_set(merge.union(arguments.usyms), listed, arguments.modversions)
