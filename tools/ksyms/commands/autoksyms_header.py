"""The `autoksyms_header` command: include/generated/autoksyms.h, by which Linux up to 6.4 decides what to export."""

from ksyms.commands import exported_set
from ksyms.commands.exported_set import Arguments, add_arguments
from ksyms.formats import output_file

__all__ = ["Arguments", "add_arguments", "run"]

# As scripts/gen_autoksyms.sh writes it.
_START = b"/*\n * Automatically generated file; DO NOT EDIT.\n */\n\n"


def run(arguments: Arguments) -> None:
    """Writes the header, as scripts/gen_autoksyms.sh does; raises KsymsError if an input is at fault."""
    macros = (b"#define __KSYM_%s 1\n" % name for name in exported_set.read(arguments))
    output_file.write(arguments.output, _START + b"".join(macros))
