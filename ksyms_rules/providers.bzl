"""Providers, for rules that want to know what modules need.

```starlark
load("@ksyms_rules//ksyms_rules:providers.bzl", "KsymsInfo")
```
"""

load("//ksyms_rules/private:ksyms_info.bzl", _KsymsInfo = "KsymsInfo")

KsymsInfo = _KsymsInfo
