"""Merges the undefined symbols of many targets in steps, so that a change in one target does not read those of all."""

load(":ksyms_action.bzl", "ksyms_action", "ksyms_args")

visibility(["//ksyms_rules/private", "//tests/analysis"])

# Read together, the `.usyms` of all targets grow with the number of targets and modules, though most symbols are in most of
# them. In steps a change reads at most this many files per step, none longer than the merged set; docs/scale.md has the figures.
FAN_IN = 16

# More than any kernel has targets: FAN_IN to the power of this.
_MOST_STEPS = 8

def _merge(ctx, files, name):
    if len(files) == 1:
        return files[0]
    merged = ctx.actions.declare_file("{}.merged/{}.usyms".format(ctx.label.name, name))
    args = ksyms_args(ctx, "merge")
    args.add(merged, format = "--output=%s")
    args.add_all(files, format_each = "--usyms=%s")
    ksyms_action(
        ctx,
        "merge",
        args = args,
        inputs = depset(files),
        outputs = [merged],
        progress_message = "Merging undefined symbols %{label}",
    )
    return merged

def merged_usyms(ctx, usyms):
    """Merges `.usyms` files until FAN_IN or fewer are left.

    Neighbours are merged, in the order given: targets of one subsystem need the same symbols.

    Args:
      ctx: of a rule with KSYMS_ATTRS.
      usyms: depset[File]
    Returns:
      [File], the given ones if they are few.
    """
    files = usyms.to_list()
    for step in range(_MOST_STEPS):
        if len(files) <= FAN_IN:
            break
        files = [
            _merge(ctx, files[start:start + FAN_IN], "{}-{}".format(step, start // FAN_IN))
            for start in range(0, len(files), FAN_IN)
        ]
    return files
