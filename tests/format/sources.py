"""Which files are formatted: the sources of the tree by language."""

import dataclasses

import pathspec


@dataclasses.dataclass(frozen=True)
class Sources:
    """Paths of sources, relative to the top folder and in order.

    Attributes:
      starlark: [str] of .bzl and .bazel files.
      python: [str] of .py files.
      shell: [str] of .sh files, and of files without a suffix that bash or sh runs.
    """

    starlark: list
    python: list
    shell: list


def find(top):
    """Finds the sources below a folder as `git ls-files --cached --others --exclude-standard` does, without git.

    Args:
      top: pathlib.Path; .gitignore files are read in it and in the folders below, other git settings are not.
    Returns:
      Sources
    """
    files = list(_files(top))

    def select(matches):
        return [str(file.relative_to(top)) for file in files if matches(file)]

    return Sources(
        starlark=select(lambda file: file.suffix in (".bzl", ".bazel")),
        python=select(lambda file: file.suffix == ".py"),
        shell=select(_is_shell),
    )


def _files(folder, ignored=()):
    """Yields the files below a folder that no .gitignore names, and no links or other git checkouts.

    Args:
      folder: pathlib.Path
      ignored: ((pathlib.Path, GitIgnoreSpec)); the .gitignore files of the folders above, by folder.
    """
    rules = folder / ".gitignore"
    if rules.exists():
        ignored = (*ignored, (folder, pathspec.GitIgnoreSpec.from_lines(rules.read_text().splitlines())))
    for path in sorted(folder.iterdir()):
        slash = "/" if path.is_dir() else ""
        if path.is_symlink() or any(spec.match_file(f"{path.relative_to(base)}{slash}") for base, spec in ignored):
            continue
        if path.is_file():
            yield path
        elif path.name != ".git" and not (path / ".git").exists():
            yield from _files(path, ignored)


def _is_shell(file):
    if file.suffix:
        return file.suffix == ".sh"
    with file.open("rb") as content:
        first = content.readline(80)
    return first.startswith(b"#!") and first.rstrip().endswith(b"sh")
