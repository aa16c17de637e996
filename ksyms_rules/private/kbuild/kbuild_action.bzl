"""How every action that builds part of a kernel is run."""

load("@bazel_skylib//rules:common_settings.bzl", "BuildSettingInfo")
load("//ksyms_rules/private:messages.bzl", "label_text")
load("//ksyms_rules/private:mnemonic.bzl", "mnemonic")

visibility("private")

NO_ABSOLUTE_PATH = (
    "{label}: --@ksyms_rules//ksyms_rules:kept_objects: expected an absolute path, got {got}.\n" +
    "To fix: name a folder such as /home/me/.cache/kernel_objects; Bazel expands no ~, and it empties relative folders."
)

KBUILD_ATTRS = {
    "_kbuild": attr.label(
        default = "//tools/kbuild",
        executable = True,
        cfg = "exec",
        doc = "The executable of all actions that build a kernel.",
    ),
    "_kept_objects": attr.label(
        default = "//ksyms_rules:kept_objects",
        doc = "Folder in which local builds keep their objects; empty if they keep none.",
    ),
}

def kbuild_args(ctx, command, config, make_vars = {}):
    """Starts the arguments of one run of //tools/kbuild.

    Args:
      ctx: of a rule with KBUILD_ATTRS.
      command: name of the command.
      config: struct with the fields `kconfig`, `llvm`, `make_vars`, `trim` and `arch` of KbuildConfigInfo.
      make_vars: {name: value} of variables that replace those of `config`.
    Returns:
      Args
    """
    args = ctx.actions.args()
    args.use_param_file("@%s")
    args.set_param_file_format("multiline")
    args.add(command)
    args.add(label_text(ctx.label), format = "--title=%s")
    args.add(config.kconfig, format = "--kconfig=%s")
    args.add(config.trim, format = "--trim=%s")
    args.add(config.arch, format = "--make_vars=ARCH=%s")
    variables = config.make_vars | make_vars
    args.add_all(["{}={}".format(*item) for item in sorted(variables.items())], format_each = "--make_vars=%s")
    if config.llvm:
        args.add("--llvm")
    return args

def kbuild_action(ctx, command, args, inputs, outputs, progress_message, log, srcs, unread = None, keep_objects = False):
    """Declares one run of //tools/kbuild.

    Args:
      ctx: of a rule with KBUILD_ATTRS.
      command: the one that `args` starts with; the mnemonic follows from it.
      args: Args that kbuild_args started.
      inputs: depset[File], without the kernel's sources.
      outputs: [File], without `log` and `unread`.
      progress_message: with `%{label}`.
      log: File, for what make prints.
      srcs: depset[File], the kernel's sources.
      unread: File, for the list of unread sources: those that the action turned out not to need. None to depend on all.
      keep_objects: whether the action may build in the folder of --//ksyms_rules:kept_objects.
    """
    args.add(log, format = "--log=%s")
    requirements = {}
    if unread:
        args.add(unread, format = "--unread=%s")
    kept_objects = ctx.attr._kept_objects[BuildSettingInfo].value if keep_objects else ""
    if kept_objects:
        if not kept_objects.startswith("/"):
            fail(NO_ABSOLUTE_PATH.format(label = ctx.label, got = kept_objects))
        args.add(kept_objects, format = "--kept_objects=%s")

        # The action writes outside its outputs, on this machine. No cache may stand in for it either: later actions rely
        # on the folder being that of the last build.
        requirements = {"no-cache": "1", "no-remote": "1", "no-sandbox": "1"}
    ctx.actions.run(
        executable = ctx.executable._kbuild,
        arguments = [args],
        inputs = depset(transitive = [inputs, srcs]),
        outputs = outputs + [log] + ([unread] if unread else []),
        unused_inputs_list = unread,
        mnemonic = mnemonic("Kbuild", command),
        progress_message = progress_message,
        execution_requirements = requirements,
        resource_set = _all_processors,
        # PATH decides which compiler builds the kernel; --action_env=PATH=... names another.
        use_default_shell_env = True,
    )

def _all_processors(_os, _inputs):
    """kbuild runs one job per processor: two such actions at a time would only slow each other down."""
    return {"cpu": 1000}

def directory_arg(args, directory, flag):
    """Adds a directory as such, not its files.

    Args:
      args: Args
      directory: File of a directory.
      flag: such as `--restore=%s`.
    """
    args.add_all([directory], expand_directories = False, format_each = flag)
