"""How every action that builds part of a kernel is run."""

load("@bazel_skylib//rules:common_settings.bzl", "BuildSettingInfo")

NO_PLACE = (
    "{label}: --@ksyms_rules//ksyms_rules:build_cache: expected an absolute path, got {got}.\n" +
    "To fix: name a folder as /home/me/.cache/kernel_objects does; Bazel knows no ~ and empties what is relative."
)

KBUILD_ATTRS = {
    "_build_cache": attr.label(
        default = "//ksyms_rules:build_cache",
        doc = "Folder in which local builds keep their objects; empty for none.",
    ),
    "_kbuild": attr.label(
        default = "//tools/kbuild",
        executable = True,
        cfg = "exec",
        doc = "The executable of all actions that build a kernel.",
    ),
}

def kbuild_args(ctx, command, config):
    """Starts the arguments of one run of //tools/kbuild.

    Args:
      ctx: of a rule with KBUILD_ATTRS.
      command: the subcommand.
      config: struct with the fields `kconfig`, `llvm`, `make_vars`, `trim` and `arch` of KbuildConfigInfo.
    Returns:
      Args
    """
    args = ctx.actions.args()
    args.use_param_file("@%s")
    args.set_param_file_format("multiline")
    args.add(command)
    args.add(str(ctx.label).removeprefix("@@"), format = "--title=%s")
    args.add(config.kconfig, format = "--kconfig=%s")
    args.add(config.trim, format = "--trim=%s")
    args.add(config.arch, format = "--make_var=ARCH=%s")
    args.add_all(["{}={}".format(*item) for item in sorted(config.make_vars.items())], format_each = "--make_var=%s")
    if config.llvm:
        args.add("--llvm")
    return args

def kbuild_action(ctx, args, inputs, outputs, log, mnemonic, progress_message, srcs, unread = None, keep_objects = False):
    """Declares one run of //tools/kbuild.

    Args:
      ctx: of a rule with KBUILD_ATTRS.
      args: Args that kbuild_args started.
      inputs: [File], but the kernel's sources.
      outputs: [File], but `log` and `unread`.
      log: File, for what make prints.
      mnemonic: `Kbuild<Noun>`.
      progress_message: with `%{label}`.
      srcs: depset[File], the kernel's sources.
      unread: File, for the list of the sources that the action turned out not to read; None to depend on all.
      keep_objects: whether the action may build in the folder of --//ksyms_rules:build_cache.
    """
    args.add(log, format = "--log=%s")
    requirements = {}
    if unread:
        args.add(unread, format = "--unread=%s")
    build_cache = ctx.attr._build_cache[BuildSettingInfo].value if keep_objects else ""
    if build_cache:
        if not build_cache.startswith("/"):
            fail(NO_PLACE.format(label = ctx.label, got = build_cache))
        args.add(build_cache, format = "--build_cache=%s")

        # It writes outside its outputs, on this machine. Nor may a cache stand in for it: the folder would not be that of
        # the last build, which later actions rely on.
        requirements = {"no-cache": "1", "no-remote": "1", "no-sandbox": "1"}
    ctx.actions.run(
        executable = ctx.executable._kbuild,
        arguments = [args],
        inputs = depset(inputs, transitive = [srcs]),
        outputs = outputs + [log] + ([unread] if unread else []),
        unused_inputs_list = unread,
        mnemonic = mnemonic,
        progress_message = progress_message,
        execution_requirements = requirements,
        resource_set = _all_processors,
        # PATH decides which compiler builds the kernel; --action_env=PATH=... names another.
        use_default_shell_env = True,
    )

def _all_processors(_os, _inputs):
    """kbuild runs a job on every processor: two such actions at a time would only be in each other's way."""
    return {"cpu": 1000}

def directory_arg(args, directory, flag):
    """Adds a directory as such, not its files.

    Args:
      args: Args
      directory: File of a directory.
      flag: such as `--restore=%s`.
    """
    args.add_all([directory], expand_directories = False, format_each = flag)
