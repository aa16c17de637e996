"""The architectures that Linux can be built for, by the kernel's names, and the bootable images of some."""

visibility("private")

ARCHITECTURES = [
    "alpha",
    "arc",
    "arm",
    "arm64",
    "csky",
    "hexagon",
    "i386",
    "loongarch",
    "m68k",
    "microblaze",
    "mips",
    "nios2",
    "openrisc",
    "parisc",
    "powerpc",
    "riscv",
    "s390",
    "sh",
    "sparc",
    "um",
    "x86",
    "x86_64",
    "xtensa",
]

# {architecture: (make's target, the file that it builds)}
IMAGES = {
    "arm": ("zImage", "arch/arm/boot/zImage"),
    "arm64": ("Image", "arch/arm64/boot/Image"),
    "i386": ("bzImage", "arch/x86/boot/bzImage"),
    "loongarch": ("vmlinux.efi", "arch/loongarch/boot/vmlinux.efi"),
    "riscv": ("Image", "arch/riscv/boot/Image"),
    "s390": ("bzImage", "arch/s390/boot/bzImage"),
    "x86": ("bzImage", "arch/x86/boot/bzImage"),
    "x86_64": ("bzImage", "arch/x86/boot/bzImage"),
}
