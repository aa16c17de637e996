"""Remote execution by BuildGrid, with PostgreSQL and buildbox-worker."""

from absl.testing import absltest

from tests.remote import execution_cases, execution_servers


class BuildGridTest(execution_cases.ExecutionCases):
    farm = execution_servers.BuildGrid


if __name__ == "__main__":
    absltest.main()
