"""Two remote execution systems on loopback: buildbox-casd, and BuildGrid with PostgreSQL and buildbox-worker.

Both run each action in a separate root made by bubblewrap, with its inputs and _MOUNTS, without network.
"""

import contextlib
import pathlib
import shutil
import subprocess
import tempfile

from tests.remote import buildgrid_venv, servers

_FOLDER = pathlib.Path(__file__).parent

# Stands for a worker's image, with compilers and Python. rules_python finds python3 by `which`, an alternative.
_MOUNTS = (
    "/usr:/usr",
    "/usr/bin:/bin",
    "/usr/lib:/lib",
    "/usr/lib64:/lib64",
    "/etc/alternatives:/etc/alternatives",
)
_JOBS = 2


def _runner():
    """Returns arguments that tell a server how to run an action."""
    return [
        "--buildbox-run=" + servers.program("buildbox-run-bubblewrap", "buildbox"),
        # Inputs as hard links: with FUSE, a killed server leaves dead mounts, on which Bazel fails.
        "--runner-arg=--staging-mode=copy-or-link",
        *(f"--runner-arg=--ro-bind-mount={mount}" for mount in _MOUNTS),
    ]


class Farm(contextlib.ExitStack):
    """Servers that stop together, in reverse order.

    Attributes:
      executor: str, address for --remote_executor.
    """

    def __init__(self, folder):
        """Makes the folder, without servers; subclasses start them.

        Args:
          folder: pathlib.Path, which must not exist yet.
        """
        super().__init__()
        folder.mkdir(parents=True)
        self._folder = folder
        self._servers = []
        self.executor = None

    def _start(self, name, command, port=None, **kwargs):
        server = servers.Server(self._folder / f"{name}.log", command, port, **kwargs)
        self._servers.append(server)
        self.callback(server.close)

    def kill(self):
        """Kills all servers, as a power failure does."""
        for server in self._servers:
            server.kill()


class Casd(Farm):
    """buildbox-casd, which executes actions itself, behind reapi_proxy."""

    def __init__(self, folder):
        super().__init__(folder)
        port, proxy_port = servers.free_port(), servers.free_port()
        casd = servers.program("buildbox-casd", "buildbox")
        self._start("casd", [casd, f"--bind=127.0.0.1:{port}", f"--jobs={_JOBS}", *_runner(), folder / "cas"], port)
        python = servers.program("python3", "python3")
        self._start("proxy", [python, _FOLDER / "reapi_proxy.py", str(proxy_port), str(port)], proxy_port)
        self.executor = f"grpc://127.0.0.1:{proxy_port}"


class BuildGrid(Farm):
    """BuildGrid: a server that keeps its queue in PostgreSQL, and a worker that asks it for actions."""

    def __init__(self, folder):
        super().__init__(folder)
        bgd = buildgrid_venv.bgd()
        database = f"postgresql+psycopg2://buildgrid@127.0.0.1:{self._start_postgres()}/postgres"
        subprocess.run([bgd, "migrate", "apply", database], check=True, stdout=subprocess.DEVNULL)
        port = servers.free_port()
        configuration = folder / "buildgrid.yml"
        template = (_FOLDER / "buildgrid.yml").read_text()
        configuration.write_text(template.format(port=port, database=database, folder=folder))
        self._start("buildgrid", [bgd, "server", "start", configuration], port)
        worker = servers.program("buildbox-worker", "buildbox")
        remote = f"--remote=http://127.0.0.1:{port}"
        # Only casd can stage inputs by its CAS server.
        runner = [*_runner(), "--runner-arg=--disable-localcas"]
        self._start("worker", [worker, remote, f"--concurrent-jobs={_JOBS}", *runner, "worker"])
        self.executor = f"grpc://127.0.0.1:{port}"

    def _start_postgres(self):
        """Starts PostgreSQL on an empty database; returns the port."""
        servers.program("pg_ctlcluster", "postgresql")
        (programs,) = pathlib.Path("/usr/lib/postgresql").glob("*/bin")
        # PostgreSQL refuses to run as root, and the user nobody has no access to a folder in root's home.
        folder = pathlib.Path(tempfile.mkdtemp(prefix="ksyms_postgres."))
        self.callback(shutil.rmtree, folder)
        prefix = servers.as_nobody(folder)
        command = [programs / "initdb", f"--pgdata={folder}", "--username=buildgrid", "--auth=trust", "--no-sync"]
        command += ["--no-locale", "--encoding=UTF8"]
        subprocess.run([*prefix, *command], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        port = servers.free_port()
        command = [programs / "postgres", "-D", folder, "-h", "127.0.0.1", "-p", str(port), "-k", "", "-F"]
        self._start("postgres", [*prefix, *command], port)
        return port
