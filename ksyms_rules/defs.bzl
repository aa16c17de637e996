"""The rules, for BUILD files.

```starlark
load("@ksyms_rules//ksyms_rules:defs.bzl", "autoksyms_header", "module_symbols", "raw_symbol_list")
```
"""

load("//ksyms_rules/private:autoksyms_header.bzl", _autoksyms_header = "autoksyms_header")
load("//ksyms_rules/private:module_symbols.bzl", _module_symbols = "module_symbols")
load("//ksyms_rules/private:raw_symbol_list.bzl", _raw_symbol_list = "raw_symbol_list")

autoksyms_header = _autoksyms_header
module_symbols = _module_symbols
raw_symbol_list = _raw_symbol_list
