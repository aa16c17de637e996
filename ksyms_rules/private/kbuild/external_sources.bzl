"""The flags that tell an action where an external module's sources are."""

visibility("private")

def add_external_sources(args, kbuild_file, srcs):
    """Adds the flags.

    Args:
      args: Args
      kbuild_file: place of the external module's Kbuild file in its tree.
      srcs: {File: place in its tree} of its sources.
    """
    args.add(kbuild_file, format = "--kbuild_file=%s")
    for file, place in srcs.items():
        args.add(file, format = "--srcs={}=%s".format(place.replace("%", "%%")))
