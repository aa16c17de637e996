"""How requirements files become repositories."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")

# buildifier: disable=bzl-visibility
load("//ksyms_rules/private:wheels.bzl", "parse_requirements")

visibility("private")

def _requirements_test_impl(ctx):
    env = unittest.begin(ctx)
    line = "Absl-py==2.5.1 --hash=sha256:00"
    asserts.equals(
        env,
        {"absl_py": line, "zope_event": "zope.event==5 --hash=sha256:11"},
        parse_requirements("# pinned\n\n{}\n  zope.event==5 --hash=sha256:11\n".format(line), "requirements.txt"),
    )
    return unittest.end(env)

_requirements_test = unittest.make(_requirements_test_impl)

def wheels_test_suite(name):
    """Declares the tests.

    Args:
      name: of the test_suite.
    """
    unittest.suite(name, _requirements_test)
