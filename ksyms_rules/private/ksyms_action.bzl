"""How every action that reads or writes symbols is run."""

load(":mnemonic.bzl", "mnemonic")

visibility(["//ksyms_rules/private/..."])

KSYMS_ATTRS = {
    "_ksyms": attr.label(
        default = "//tools:ksyms",
        executable = True,
        cfg = "exec",
        doc = "The executable of all actions that read or write symbols.",
    ),
}

def ksyms_args(ctx, command):
    """Starts the arguments of one run of //tools:ksyms.

    They always go through a file, so that one persistent worker serves every request. Add paths as Files, so
    that they can be mapped (--experimental_output_paths=strip).

    Args:
      ctx: of a rule with KSYMS_ATTRS.
      command: name of the command.
    Returns:
      Args
    """
    args = ctx.actions.args()
    args.use_param_file("@%s", use_always = True)
    args.set_param_file_format("multiline")
    args.add(command)
    return args

def ksyms_action(ctx, command, args, inputs, outputs, progress_message):
    """Declares one run of //tools:ksyms.

    Args:
      ctx: of a rule with KSYMS_ATTRS.
      command: the one that `args` starts with; the mnemonic follows from it.
      args: Args that ksyms_args started.
      inputs: depset[File]
      outputs: [File]
      progress_message: with `%{label}`.
    """
    ctx.actions.run(
        executable = ctx.executable._ksyms,
        arguments = [args],
        inputs = inputs,
        outputs = outputs,
        mnemonic = mnemonic("Ksyms", command),
        progress_message = progress_message,
        execution_requirements = {
            "requires-worker-protocol": "json",
            "supports-path-mapping": "1",
            "supports-workers": "1",
        },
    )
