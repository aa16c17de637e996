"""Boots a kernel in QEMU with an initramfs that loads modules, and reads the serial console."""

import re
import shutil
import subprocess

from tests.kernel import romfs

# Everything that the tests check is on a separate line, `test: ...`.
_INIT = """\
#!/bin/sh
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
echo "test: booted $(uname -r)"
for module in $(cat /modules); do
  modprobe "$module" && echo "test: loaded $module"
done
losetup /dev/loop0 /image && mount -t romfs -o ro /dev/loop0 /mnt && echo "test: read $(cat /mnt/greeting)"
umount /mnt
losetup -d /dev/loop0
for round in 1 2 3 4 5 6 7 8; do
  for module in $(cut -d ' ' -f 1 /proc/modules); do
    rmmod "$module" 2>/dev/null
  done
done
echo "test: left $(wc -l </proc/modules)"
# Only now, because no module of that name is loaded any more. It needs crc8.
modprobe crc8
insmod /refused.ko && echo "test: accepted refused.ko"
echo "test: end"
reboot -f
"""
_FOLDERS = ("bin", "dev", "lib", "mnt", "proc", "sys")
_SECONDS = 300


def boot(kernel, release, modules, refused, scratch):
    """Boots, loads all modules, mounts a file system through two of them, and unloads all.

    Args:
      kernel: path of the bootable image.
      release: the kernel's release, as `uname -r` prints it.
      modules: [pathlib.Path], folders of `.ko` files.
      refused: path of a module that the kernel must not accept.
      scratch: pathlib.Path of a folder to work in.

    Returns:
      (str, [str]): the output of the console, and the names of the modules that should have been loaded.
    """
    root = scratch / "root"
    names = _write_root(root, release, modules, refused)
    initramfs = scratch / "initramfs"
    with initramfs.open("wb") as file:
        listing = "".join(f"{path.relative_to(root)}\n" for path in sorted(root.rglob("*")))
        subprocess.run(
            ["cpio", "-o", "-H", "newc", "--quiet"], cwd=root, input=listing.encode(), stdout=file, check=True
        )
    command = [
        *("qemu-system-x86_64", "-nographic", "-no-reboot", "-nic", "none", "-m", "256", "-accel", "tcg"),
        *("-kernel", kernel, "-initrd", initramfs, "-append", "console=ttyS0 panic=-1"),
    ]
    output = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=_SECONDS,
        check=True,
    ).stdout
    return output.decode(errors="replace").replace("\r", ""), names


def _write_root(root, release, modules, refused):
    for folder in _FOLDERS:
        (root / folder).mkdir(parents=True)
    shutil.copy(shutil.which("busybox"), root / "bin/busybox")
    applets = subprocess.run([root / "bin/busybox", "--list"], capture_output=True, text=True, check=True).stdout
    for applet in applets.split():
        if applet != "busybox":
            (root / "bin" / applet).symlink_to("busybox")
    names = []
    for number, folder in enumerate(modules):
        for module in sorted(folder.rglob("*.ko")):
            target = root / "lib/modules" / release / f"{number}" / module.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(module, target)
            names.append(re.sub("-", "_", module.stem))
    depmod = shutil.which("depmod", path="/usr/sbin:/sbin:/usr/bin")
    subprocess.run([depmod, "-b", root, release], check=True)
    (root / "modules").write_text("\n".join(names) + "\n")
    (root / "image").write_bytes(romfs.image(b"greeting", b"from a loop device\n"))
    shutil.copy(refused, root / "refused.ko")
    (root / "init").write_text(_INIT)
    (root / "init").chmod(0o755)
    return names
