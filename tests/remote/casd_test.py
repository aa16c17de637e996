"""Remote execution by buildbox-casd."""

from absl.testing import absltest

from tests.remote import execution_cases, execution_servers


class CasdTest(execution_cases.ExecutionCases):
    farm = execution_servers.Casd


if __name__ == "__main__":
    absltest.main()
