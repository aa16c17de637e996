import io
import json
import sys

from absl.testing import absltest

from ksyms import worker


def _serve(run, *lines):
    """Answers the lines; returns the responses."""
    responses = io.StringIO()
    worker.serve(io.StringIO("".join(line + "\n" for line in lines)), responses, run)
    return [json.loads(line) for line in responses.getvalue().splitlines()]


def _request(*arguments, **fields):
    return json.dumps({"arguments": list(arguments), **fields})


class WorkerTest(absltest.TestCase):
    def test_answers_each_request_with_its_id_and_status(self):
        statuses = {"good": 0, "bad": 1}
        responses = _serve(
            lambda arguments: statuses[arguments[0]], _request("good", requestId=7), _request("bad", requestId=3)
        )
        self.assertEqual(responses[0], {"exitCode": 0, "output": "", "requestId": 7})
        self.assertEqual(responses[1], {"exitCode": 1, "output": "", "requestId": 3})

    def test_request_without_id_has_id_zero(self):
        self.assertEqual(_serve(lambda arguments: 0, _request("x"))[0]["requestId"], 0)

    def test_unknown_fields_and_blank_lines_are_ignored(self):
        responses = _serve(lambda arguments: 0, "", _request("x", inputs=[{"path": "a", "digest": "b"}], verbosity=9))
        self.assertLen(responses, 1)

    def test_text_that_a_request_prints_is_only_in_its_output(self):
        def run(arguments):
            print(arguments[0])
            print("to stderr", file=sys.stderr)
            return 0

        first, second = _serve(run, _request("first"), _request("second"))
        self.assertEqual(first["output"], "first\nto stderr\n")
        self.assertEqual(second["output"], "second\nto stderr\n")

    def test_crash_is_answered_with_its_traceback_and_the_next_request_works(self):
        def run(arguments):
            return {"works": 0}[arguments[0]]

        crashed, works = _serve(run, _request("crashes", requestId=1), _request("works", requestId=2))
        self.assertEqual((crashed["exitCode"], crashed["requestId"]), (70, 1))
        self.assertIn("KeyError: 'crashes'", crashed["output"])
        self.assertEqual((works["exitCode"], works["requestId"]), (0, 2))

    def test_exit_of_a_command_is_answered_and_the_next_request_works(self):
        def run(arguments):
            return sys.exit(2) if arguments == ["usage"] else 0

        self.assertEqual([response["exitCode"] for response in _serve(run, _request("usage"), _request("x"))], [2, 0])

    def test_line_that_is_not_a_request_is_answered_and_the_next_request_works(self):
        for line in ("{", "[]", "null", "{}", '{"arguments": null}', "text"):
            bad, good = _serve(lambda arguments: 0, line, _request("x", requestId=5))
            self.assertEqual(bad["exitCode"], 2)
            self.assertStartsWith(bad["output"], "ksyms: bad work request")
            self.assertEqual(good, {"exitCode": 0, "output": "", "requestId": 5})


if __name__ == "__main__":
    absltest.main()
