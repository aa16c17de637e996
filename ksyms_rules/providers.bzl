"""Providers of ksyms_rules."""

load("//ksyms_rules/private:ksyms_info.bzl", _KsymsInfo = "KsymsInfo")

KsymsInfo = _KsymsInfo
