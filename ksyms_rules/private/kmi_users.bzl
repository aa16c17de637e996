"""Which modules use the kernel's interface and which are part of it. Shared by the rules of KMI symbol lists."""

load(":extraction.bzl", "modules_attr")

KMI_USERS_ATTRS = {
    "gki_modules": attr.string_list(
        doc = "Names of modules that are part of the kernel (GKI modules): what they export is the kernel's.",
    ),
    "modules": modules_attr(),
    "signed_modules_are_gki": attr.bool(
        default = True,
        doc = (
            "Whether a module with a signature is part of the kernel, as in Android, where vendor modules have none. " +
            "Switch it off for a distribution that signs all modules."
        ),
    ),
}

def add_kmi_users(ctx, args):
    """Adds the flags of KMI_USERS_ATTRS, but for `modules`.

    Args:
      ctx: of a rule with KMI_USERS_ATTRS.
      args: Args
    """
    args.add_all(ctx.attr.gki_modules, format_each = "--gki_module=%s")
    if not ctx.attr.signed_modules_are_gki:
        args.add("--signed_modules_as_users")
