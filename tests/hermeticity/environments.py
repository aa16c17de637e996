"""Runs commands as on two machines that have only the input files in common."""

import dataclasses
import os
import subprocess

# Tools that no action may call, because another machine could have other versions.
_DECOYS = ("ar", "cat", "date", "nm", "objdump", "readelf", "sed", "sort")
# Names of Python packages of the user that ours have, or had.
_PACKAGES = ("errors", "formats", "ksyms", "tools", "worker")

# Setting a host name needs root in a user namespace; a namespace inside it maps the user.
_AS_USER_ON_HOST = """
hostname "$0" && umask "$2" && user=$1 && shift 2 &&
exec unshare --user --map-user="$user" --map-group="$user" -- "$@"
"""


@dataclasses.dataclass(frozen=True)
class Environment:
    """Everything that an action could depend on, but must not.

    Attributes:
      folder: where the files are and the command runs, below the test's folder.
      variables: environment variables besides PATH and HOME.
      host: host name.
      user: numeric ID of user and group.
      umask: in octal.
      clock_shift: seconds to add to all clocks.
      modified: modification time of all input files, in seconds since 1970.
      decoys: whether PATH begins with tools that only fail, PYTHONPATH has packages that only fail, and HOME exists.
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
    """A folder with input files, and an environment."""

    def __init__(self, environment, root, sources, clock):
        """Writes the files.

        Args:
          environment: Environment
          root: str, folder below which everything is.
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
        if environment.decoys:
            self._variables["PYTHONPATH"] = self._packages(root)
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

    def _packages(self, root):
        for package in _PACKAGES:
            folder = os.path.join(root, "packages", package)
            os.makedirs(folder)
            with open(os.path.join(folder, "__init__.py"), "w", encoding="ascii") as file:
                file.write("raise ImportError('a package of the user, not of ksyms_rules')\n")
        return os.path.join(root, "packages")

    def run(self, command, stdin=""):
        """Runs a command; returns its stdout. Raises AssertionError if it fails or writes to stderr."""
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
        """Returns {path: bytes} of all files that are not sources."""
        result = {}
        for folder, _, files in os.walk(self._folder):
            for file in files:
                path = os.path.join(folder, file)
                name = os.path.relpath(path, self._folder)
                if name not in self._sources:
                    with open(path, "rb") as stream:
                        result[name] = stream.read()
        return result
