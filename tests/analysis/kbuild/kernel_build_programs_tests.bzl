"""Which programs on PATH are compilers and linkers."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")

# buildifier: disable=bzl-visibility
load("//ksyms_rules/private/kbuild:kernel_build_programs.bzl", "names_program")

visibility("private")

def _names_test_impl(ctx):
    env = unittest.begin(ctx)
    programs = ["clang-14", "gcc", "gcc-12", "ld.lld-14", "pahole", "x86_64-linux-gnu-gcc-12.2", "x86_64-linux-gnu-ld.bfd"]
    others = ["basename", "cc1-as-x", "clang-format-14", "gcc-ar", "g++", "ldd", "lld-link", "llvm-nm"]
    asserts.equals(env, programs, [name for name in programs + others if names_program(name)])
    return unittest.end(env)

_names_test = unittest.make(_names_test_impl)

def kernel_build_programs_test_suite(name):
    """Declares the tests.

    Args:
      name: of the test_suite.
    """
    unittest.suite(name, _names_test)
