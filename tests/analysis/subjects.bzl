"""What the tests of this folder try the rules on."""

visibility(["//tests/analysis/..."])

# Of all targets that only a test is about.
MANUAL = ["manual"]

def empty_files(name, paths):
    """Declares a target that makes empty files.

    Args:
      name: of the target.
      paths: [string], of the files in this package.
    Returns:
      [string], the paths.
    """
    native.genrule(name = name, outs = paths, cmd = "touch $(OUTS)", tags = MANUAL)
    return paths
