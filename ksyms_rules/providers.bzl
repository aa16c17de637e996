"""Providers, for rules that ask what modules need and export.

```starlark
load("@ksyms_rules//ksyms_rules:providers.bzl", "KsymsInfo")
```
"""

load("//ksyms_rules/private:ksyms_info.bzl", _KsymsInfo = "KsymsInfo")

KsymsInfo = _KsymsInfo
