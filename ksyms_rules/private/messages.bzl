"""How messages name labels, and the files that a target gives."""

visibility(["//ksyms_rules/private/..."])

_AT_MOST_NAMED = 5

def file_names(files):
    """Names the first files and counts the others.

    Args:
      files: [File]
    Returns:
      string, such as `a, b, c, d, e and 2 more`, or `no files`.
    """
    text = ", ".join([file.basename for file in files[:_AT_MOST_NAMED]]) or "no files"
    more = len(files) - _AT_MOST_NAMED
    return "{} and {} more".format(text, more) if more > 0 else text

def label_text(label):
    """Returns a label as users write it on the command line.

    Args:
      label: Label
    Returns:
      string, such as `//package:name`.
    """
    return str(label).removeprefix("@@")
