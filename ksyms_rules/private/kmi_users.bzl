"""Which modules use the KMI and which are part of the kernel. Shared by the rules of KMI symbol lists."""

load(":extract.bzl", "modules_attr")

visibility(["//ksyms_rules/private"])

KMI_USERS_ATTRS = {
    "gki_modules": attr.string_list(
        doc = (
            "Names of modules that are part of the kernel (GKI modules), signed or not: what they export is the kernel's. " +
            "Module names or file names, such as `snd_hda` or `snd-hda.ko`. May be empty."
        ),
    ),
    "modules": modules_attr(),
    "signed_modules_are_gki": attr.bool(
        default = True,
        doc = (
            "Whether a module with a signature is a GKI module, as in Android, where vendor modules have none. Switch it " +
            "off for a distribution that signs all modules; if no user module is left, the rule fails."
        ),
    ),
}

def add_kmi_users(ctx, args):
    """Adds the flags of KMI_USERS_ATTRS, except `modules`.

    Args:
      ctx: of a rule with KMI_USERS_ATTRS.
      args: Args
    """
    args.add_all(ctx.attr.gki_modules, format_each = "--gki_modules=%s")
    if ctx.attr.signed_modules_are_gki:
        args.add("--signed_modules_are_gki")
