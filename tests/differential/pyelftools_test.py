"""Compares the hot path with the general reader, which uses pyelftools, on every module of a distribution."""

import concurrent.futures
import multiprocessing
import os
import pathlib

from absl.testing import absltest

from ksyms.elf import fast_reader, general_reader
from tests.differential import debian_modules


def _read_hot(path):
    """Returns the symbols by `fast_reader` alone: no module of a distribution should be Irregular."""
    file = os.open(path, os.O_RDONLY)
    try:
        return fast_reader.read(file, 0, os.fstat(file).st_size, os.pread(file, 64, 0), with_defined=True)
    finally:
        os.close(file)


def _compare(path):
    """Returns the module's symbols, and whether the general reader finds the same."""
    hot = _read_hot(path)
    return hot, hot == general_reader.read(pathlib.Path(path).read_bytes(), path, with_defined=True)


class PyelftoolsTest(absltest.TestCase):
    def test_both_readers_find_the_same_in_every_module(self):
        processes = len(os.sched_getaffinity(0))
        context = multiprocessing.get_context("fork")
        with concurrent.futures.ProcessPoolExecutor(processes, mp_context=context) as pool:
            results = list(pool.map(_compare, debian_modules.paths(), chunksize=32))
        differing = [path for path, (_, same) in zip(debian_modules.paths(), results, strict=True) if not same]
        self.assertEmpty(differing)
        exports = [export for hot, _ in results for export in hot.exported]
        self.assertEqual({export.licence for export in exports}, {b"", b"GPL"})
        self.assertGreater(len({export.namespace for export in exports}), 5)

    def test_changed_name_in_the_file_is_noticed(self):
        path, hot = next((path, hot) for path in debian_modules.paths() if (hot := _read_hot(path)).exported)
        data = pathlib.Path(path).read_bytes()
        self.assertEqual(hot, general_reader.read(data, path, with_defined=True))
        for name in (hot.undefined[0], b"__ksymtab_" + hot.exported[0].name):
            other = name[:-1] + b"$"
            changed = data.replace(b"\0" + name + b"\0", b"\0" + other + b"\0")
            self.assertNotEqual(changed, data)
            self.assertNotEqual(hot, general_reader.read(changed, path, with_defined=True))


if __name__ == "__main__":
    absltest.main()
