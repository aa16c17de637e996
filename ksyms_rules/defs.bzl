"""The rules, for BUILD files.

```starlark
load("@ksyms_rules//ksyms_rules:defs.bzl", "autoksyms_header", "module_symbols", "raw_symbol_list")
```
"""

load("//ksyms_rules/private:autoksyms_header.bzl", _autoksyms_header = "autoksyms_header")
load("//ksyms_rules/private:kmi_symbol_list.bzl", _kmi_symbol_list = "kmi_symbol_list")
load("//ksyms_rules/private:kmi_symbol_list_test.bzl", _kmi_symbol_list_test = "kmi_symbol_list_test")
load("//ksyms_rules/private:module_symbols.bzl", _module_symbols = "module_symbols")
load("//ksyms_rules/private:raw_symbol_list.bzl", _raw_symbol_list = "raw_symbol_list")
load("//ksyms_rules/private:symbol_list_update.bzl", _symbol_list_update = "symbol_list_update")
load("//ksyms_rules/private:validated_symbol_list.bzl", _validated_symbol_list = "validated_symbol_list")

autoksyms_header = _autoksyms_header
kmi_symbol_list = _kmi_symbol_list
kmi_symbol_list_test = _kmi_symbol_list_test
module_symbols = _module_symbols
raw_symbol_list = _raw_symbol_list
symbol_list_update = _symbol_list_update
validated_symbol_list = _validated_symbol_list
