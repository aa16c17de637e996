"""How every action of ksyms_rules is run."""

KSYMS_ATTRS = {
    "_ksyms": attr.label(
        default = "//tools:ksyms",
        executable = True,
        cfg = "exec",
        doc = "The executable of all actions.",
    ),
}

def ksyms_action(ctx, command, args, inputs, outputs, mnemonic, progress_message):
    """Declares one run of //tools:ksyms.

    The arguments always go through a file, so that one persistent worker serves every request; paths are
    Files in Args, so that they can be mapped (--experimental_output_paths=strip).

    Args:
      ctx: of a rule with KSYMS_ATTRS.
      command: the subcommand.
      args: Args, its flags and operands.
      inputs: depset[File].
      outputs: [File].
      mnemonic: `Ksyms<Verb>`.
      progress_message: with `%{label}`.
    """
    first = ctx.actions.args()
    for arguments in (first, args):
        arguments.use_param_file("@%s", use_always = True)
        arguments.set_param_file_format("multiline")
    first.add(command)
    ctx.actions.run(
        executable = ctx.executable._ksyms,
        arguments = [first, args],
        inputs = inputs,
        outputs = outputs,
        mnemonic = mnemonic,
        progress_message = progress_message,
        execution_requirements = {
            "requires-worker-protocol": "json",
            "supports-path-mapping": "1",
            "supports-workers": "1",
        },
    )
