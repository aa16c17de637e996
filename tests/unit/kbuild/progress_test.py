import pathlib

from absl.testing import absltest

from kbuild import progress


class ProgressTest(absltest.TestCase):
    def test_progress_of_a_running_build(self):
        output_base = pathlib.Path(self.create_tempdir().full_path)
        folder = output_base / "sandbox/linux-sandbox/3/execroot/_main/bazel-out/k8-fastbuild/bin/kernel"
        (folder / "vmlinux.log.work/linux").mkdir(parents=True)
        (folder / "done.log").write_text("")
        (folder / "vmlinux.log").write_text(
            "compilations: 734\n$ make\n  CC      init/main.o\n  LD      x\n  CC [M]  drivers/net/dummy.o\n"
        )
        (log,) = progress.running(str(output_base))
        self.assertEqual(progress.describe(log), "kernel/vmlinux: 2 of 734 files compiled; CC [M]  drivers/net/dummy.o")


if __name__ == "__main__":
    absltest.main()
