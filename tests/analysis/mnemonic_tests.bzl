"""The mnemonics that follow from commands."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")

# buildifier: disable=bzl-visibility
load("//ksyms_rules/private:mnemonic.bzl", "mnemonic")

visibility("private")

def _words_test_impl(ctx):
    env = unittest.begin(ctx)
    asserts.equals(env, "KsymsMerge", mnemonic("Ksyms", "merge"))
    asserts.equals(env, "KbuildVmlinuxO", mnemonic("Kbuild", "vmlinux_o"))
    return unittest.end(env)

_words_test = unittest.make(_words_test_impl)

def mnemonic_test_suite(name):
    """Declares the tests.

    Args:
      name: of the test_suite.
    """
    unittest.suite(name, _words_test)
