"""How the mnemonic of an action follows from the command that it runs."""

visibility(["//ksyms_rules/private/...", "//tests/analysis"])

def mnemonic(program, command):
    """Returns the mnemonic of a command's actions.

    Args:
      program: `Ksyms` or `Kbuild`.
      command: such as `kmi_check`.
    Returns:
      string, such as `KsymsKmiCheck`.
    """
    return program + "".join([word.capitalize() for word in command.split("_")])
