"""How messages name the files that a target gives."""

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
