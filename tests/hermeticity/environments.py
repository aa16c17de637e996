"""Runs commands as on two machines that have nothing in common but the input files."""

import dataclasses
import os
import subprocess

# Tools that no action may call: the one on the other machine could be another.
_DECOYS = ("ar", "cat", "date", "nm", "objdump", "readelf", "sed", "sort")

# A host name needs root of a user namespace; the user is then mapped in one inside it.
_AS_USER_ON_HOST = """
hostname "$0" && umask "$2" && user=$1 && shift 2 &&
exec unshare --user --map-user="$user" --map-group="$user" -- "$@"
"""


@dataclasses.dataclass(frozen=True)
class Environment:
    """All that an action could depend on and must not.

    Attributes:
      folder: where the files are and the command runs, below the test's folder.
      variables: of the environment, beside PATH and HOME.
      host: its name.
      user: number of user and group.
      umask: in octal.
      clock_shift: seconds to add to all clocks.
      modified: when all input files were, in seconds since 1970.
      decoys: whether PATH begins with tools that only fail, and HOME exists.
    """

    folder: str
    variables: dict
    host: str
    user: int
    umask: str
    clock_shift: int
    modified: int
    decoys: bool


HERE = Environment(
    folder="a",
    variables={"TZ": "UTC", "LC_ALL": "C", "PYTHONHASHSEED": "1", "USER": "alice"},
    host="here",
    user=1000,
    umask="0022",
    clock_shift=0,
    modified=1,
    decoys=False,
)
ELSEWHERE = Environment(
    folder="z/somewhere else/ünïcode",
    variables={
        "COLUMNS": "40",
        "LANG": "tr_TR.UTF-8",
        "LC_ALL": "C.UTF-8",
        "PYTHONHASHSEED": "4294967295",
        "TZ": "Asia/Kolkata",
        "USER": "bob",
    },
    host="elsewhere",
    user=54321,
    umask="0077",
    clock_shift=20 * 365 * 24 * 3600,
    modified=2_000_000_000,
    decoys=True,
)


class Machine:
    """A folder with input files, in an environment."""

    def __init__(self, environment, root, sources, clock):
        """Writes the files.

        Args:
          environment: Environment
          root: folder below which everything is, str.
          sources: {path: bytes}
          clock: path of the library shifted_clock.
        """
        self._environment = environment
        self._folder = os.path.join(root, environment.folder)
        self._sources = sources
        path, home = "/usr/bin:/bin", "/nonexistent"
        if environment.decoys:
            path, home = f"{self._decoys(root)}:/usr/local/bin:{path}", root
        self._variables = {"PATH": path, "HOME": home, **environment.variables}
        self._variables |= {"LD_PRELOAD": os.path.abspath(clock), "CLOCK_SHIFT": str(environment.clock_shift)}
        for name, data in sources.items():
            file = os.path.join(self._folder, name)
            os.makedirs(os.path.dirname(file), exist_ok=True)
            with open(file, "wb") as stream:
                stream.write(data)
            os.utime(file, (environment.modified, environment.modified))

    def _decoys(self, root):
        folder = os.path.join(root, "decoys")
        os.makedirs(folder)
        for tool in _DECOYS:
            os.symlink("/bin/false", os.path.join(folder, tool))
        return folder

    def run(self, command, stdin=""):
        """Runs a command; returns what it printed on stdout. AssertionError if it fails or prints on stderr."""
        environment = self._environment
        arguments = ["unshare", "--map-root-user", "--uts", "--", "sh", "-c", _AS_USER_ON_HOST]
        arguments += [environment.host, str(environment.user), environment.umask, *command]
        process = subprocess.run(
            arguments, cwd=self._folder, env=self._variables, input=stdin, capture_output=True, text=True, check=False
        )
        if process.returncode or process.stderr:
            raise AssertionError(f"{command} failed with {process.returncode}:\n{process.stderr}")
        return process.stdout

    def written(self):
        """All files that are no sources; {path: bytes}."""
        result = {}
        for folder, _, files in os.walk(self._folder):
            for file in files:
                path = os.path.join(folder, file)
                name = os.path.relpath(path, self._folder)
                if name not in self._sources:
                    with open(path, "rb") as stream:
                        result[name] = stream.read()
        return result
