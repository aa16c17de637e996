"""The `raw_symbol_list` command: the file that CONFIG_UNUSED_KSYMS_WHITELIST names, one symbol per line."""

from ksyms.commands import exported_set
from ksyms.commands.exported_set import Arguments, add_arguments
from ksyms.formats import output_file, symbol_names

__all__ = ["Arguments", "add_arguments", "run"]


def run(arguments: Arguments) -> None:
    """Writes the list; raises KsymsError if an input is at fault."""
    output_file.write(arguments.output, symbol_names.lines(exported_set.read(arguments)))
