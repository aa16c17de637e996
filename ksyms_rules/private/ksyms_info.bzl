"""What is known of the symbols of some modules."""

KsymsInfo = provider(
    doc = "Symbols of kernel modules, read once and passed on. Made by module_symbols.",
    fields = {
        "modules": "(depset[File]) the module files that were read; never empty.",
        "records": (
            "(depset[File]) `.ksyms.jsonl`, one an entry of `modules`: a JSON object a module, sorted by file name, " +
            "with the keys `module` (file name), `signed`, `undefined`, `weak` (undefined weak) and `exported` " +
            "([[name, licence, namespace]]), names sorted by bytes; never empty."
        ),
        "usyms": (
            "(depset[File]) `.usyms`, one an entry of `modules`: the union of the modules' undefined global " +
            "symbols, one a line, sorted by bytes; never empty, though a file may be."
        ),
    },
)
