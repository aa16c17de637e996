"""What is known of the symbols of some modules."""

visibility(["//ksyms_rules", "//ksyms_rules/private"])

KsymsInfo = provider(
    doc = "Symbols of kernel modules, read once and passed on. Made by module_symbols.",
    fields = {
        "modules": (
            "(depset[File]) the module files that were read, or the directories with them that kbuild's rules make; " +
            "never empty."
        ),
        "records": (
            "(depset[File]) `.ksyms.jsonl`, one per entry of `modules`. A file has one JSON object per module, sorted by " +
            "file name, with the keys `module` (the module file's name, such as `snd-hda.ko`), `signed`, `undefined`, " +
            "`weak` (undefined weak symbols) and `exported` ([[name, licence, namespace]]); names are sorted by bytes. " +
            "Never empty."
        ),
        "usyms": (
            "(depset[File]) `.usyms`, one per entry of `modules`: the union of the modules' undefined global symbols, " +
            "one per line, sorted by bytes. Never empty, though a file may be."
        ),
    },
)
