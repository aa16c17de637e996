"""A simulated machine with only the tools that a test gives it, to run tools/bazel on.

PATH has one folder. It has links to the coreutils that the launcher uses, and stand-ins for the programs that the
launcher looks for (bazel, mmdebstrap, bwrap, apt-get, …): scripts that record how they were called.
"""

import os
import pathlib
import shutil
import subprocess

_COREUTILS = (
    "bash cat chmod cp cut dirname env find flock grep head id mkdir mktemp mv paste printf realpath rm sed "
    "sha256sum sh sleep sort tar tee touch"
)

# Stand-ins for the tools that make and enter a private root.
BWRAP = 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"'
NSENTER = """\
while [ "$1" != /usr/bin/bazel ]; do shift; done
shift
printf '<%s>' "$@"
cat"""
NEWUIDMAP = "exit 1"
# Its last operands are DIRECTORY and MIRROR; with the directory `-` it writes a tarball to standard output.
MMDEBSTRAP = """\
while [ "$#" -gt 2 ]; do shift; done
root=$1
[ "$root" != - ] || root=$(mktemp -d)
mkdir -p "$root/etc/bazel" "$root/usr" "$root/var" "$root/dev"
echo 'try-import %workspace%/bazel.bazelrc' >"$root/etc/bazel/bazelrc"
echo "I: made by a stand-in" >&2
[ "$1" != - ] || tar -cf - -C "$root" ."""
APT_GET = """\
case $1 in
  indextargets) echo mirror:/debian ;;
  install) cp "$0.archive"/* "${0%/*}" ;;
esac"""


class FakeHost:
    """A workspace with a copy of the launcher, on a machine with stand-ins."""

    def __init__(self, directory, launcher):
        """Sets the machine up.

        Args:
          directory: an existing empty folder; everything is created below it, in paths with spaces.
          launcher: path of the folder tools/, which has `bazel` and `bazel_root/`.
        """
        self.directory = pathlib.Path(directory, "a machine")
        self.bin = self.directory / "its bin"
        self.tools = self.directory / "my workspace" / "tools"
        self.cache = self.directory / "its cache"
        (self.tools / "bazel_root").mkdir(parents=True)
        for name in ("bazel", "bazel_root/setup", "bazel_root/bazelrc"):
            shutil.copy(os.path.join(launcher, name), self.tools / name)
        (self.tools / "bazel_root/packages.txt").write_text("# Bazel\nbazel-bootstrap\npython3 # wheels\n")
        (self.tools / "bazel_root/registry_stubs.txt").write_text("zlib 1.3\n")
        self.bin.mkdir()
        for name in _COREUTILS.split():
            (self.bin / name).symlink_to(shutil.which(name))

    def add(self, name, script, to=None):
        """Adds a stand-in: a shell script that records its arguments, one line per call."""
        folder = to or self.bin
        folder.mkdir(exist_ok=True)
        path = folder / name
        path.unlink(missing_ok=True)  # may be a link to the real tool
        path.write_text(f'#!/bin/sh\necho "$@" >>"{self.directory}/{name}.calls"\n{script}\n')
        path.chmod(0o755)

    def add_root_tools(self, **replacements):
        """Adds the tools that a private root needs; `replacements` are scripts by tool name."""
        tools = {"bwrap": BWRAP, "mmdebstrap": MMDEBSTRAP, "newuidmap": NEWUIDMAP, "nsenter": NSENTER}
        for name, script in {**tools, **replacements}.items():
            self.add(name, script)

    def calls(self, name):
        """Returns the arguments of each call of a stand-in, joined by blanks."""
        record = self.directory / f"{name}.calls"
        return record.read_text().splitlines() if record.exists() else []

    def roots(self):
        """Returns the folders of complete and partial private roots."""
        return sorted(path for path in self.cache.glob("ksyms_rules/root-*") if path.is_dir())

    def start(self, *arguments, program=None, path=(), **environment):
        """Starts the launcher in a separate process group; stdin, stdout and stderr are pipes."""
        return subprocess.Popen(
            [program or self.tools / "bazel", *arguments],
            cwd=self.tools.parent,
            env={
                "HOME": str(self.directory),
                "XDG_CACHE_HOME": str(self.cache),
                "KSYMS_DEBIAN_MIRROR": "mirror:/debian",
                "PATH": os.pathsep.join(str(folder) for folder in (*path, self.bin)),
                **environment,
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments, stdin="", **options):
        """Runs the launcher for at most a minute; returns CompletedProcess."""
        process = self.start(*arguments, **options)
        out, err = process.communicate(stdin, timeout=60)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)
