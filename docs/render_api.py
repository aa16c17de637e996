"""Renders docs/api.md from what `starlark_doc_extract` extracts (text protos of stardoc's ModuleInfo)."""

import pathlib
import re
import sys

_START = """\
<!-- Generated from the docstrings. To update: bazel run //docs:update_api -->

# API reference
"""
_TOKEN = re.compile(r'\s*(?:(\w+)\s*(?::\s*("(?:[^"\\]|\\.)*"|\S+)|\{)|(\}))')


def parse(text):
    """Parses a text proto into {field: [value]}; a value is a string or another message."""
    stack = [{}]
    for match in _TOKEN.finditer(text):
        field, value, end = match.groups()
        if end:
            stack.pop()
        elif value is None:
            message = {}
            stack[-1].setdefault(field, []).append(message)
            stack.append(message)
        else:
            stack[-1].setdefault(field, []).append(_unquote(value))
    return stack[0]


def _unquote(value):
    if not value.startswith('"'):
        return value
    return value[1:-1].encode("latin-1").decode("unicode_escape").encode("latin-1").decode()


def _one(message, field, default=""):
    return message.get(field, [default])[0]


def _cell(text):
    """Text as one cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")


def _table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(map(_cell, row)) + " |\n" for row in lines)


def _attributes(message):
    rows = []
    for attribute in message.get("attribute", []):
        default = "mandatory" if _one(attribute, "mandatory") == "true" else f"`{_one(attribute, 'default_value')}`"
        kind = _one(attribute, "type").lower().replace("_", " ")
        rows.append([f"`{_one(attribute, 'name')}`", kind, default, _one(attribute, "doc_string")])
    return _table(["attribute", "type", "default", "meaning"], rows)


def _rule(rule):
    names = [name for group in rule.get("advertised_providers", []) for name in group.get("provider_name", [])]
    gives = f"\nProviders: {', '.join(f'`{name}`' for name in names)}.\n" if names else ""
    return f"\n## {_one(rule, 'rule_name')}\n\n{_one(rule, 'doc_string').strip()}\n\n{_attributes(rule)}{gives}"


def _macro(macro):
    rows = []
    for parameter in macro.get("parameter", []):
        default = _one(parameter, "default_value")
        given = "mandatory" if _one(parameter, "mandatory") == "true" else f"`{default}`" if default else "none"
        rows.append([f"`{_one(parameter, 'name')}`", given, _one(parameter, "doc_string")])
    title = f"\n## {_one(macro, 'function_name')} (macro)\n\n{_one(macro, 'doc_string').strip()}\n\n"
    return title + _table(["parameter", "default", "meaning"], rows)


def _provider(provider):
    rows = [[f"`{_one(field, 'name')}`", _one(field, "doc_string")] for field in provider.get("field_info", [])]
    title = f"\n## {_one(provider, 'provider_name')}\n\n{_one(provider, 'doc_string').strip()}\n\n"
    return title + _table(["field", "meaning"], rows)


def _extension(extension):
    parts = [
        f"\n## {_one(extension, 'extension_name')} (module extension)\n\n{_one(extension, 'doc_string').strip()}\n"
    ]
    for tag in extension.get("tag_class", []):
        parts.append(f"\n### {_one(extension, 'extension_name')}.{_one(tag, 'tag_name')}\n\n{_attributes(tag)}")
    return "".join(parts)


def render(module):
    """Renders one .bzl file as Markdown: its docstring, then its rules, macros, providers and extensions by name."""
    file = _one(module, "file").lstrip("/").replace(":", "/")
    parts = [f"\n# {file}\n\n{_one(module, 'module_docstring').strip()}\n"]
    for field, render_one in (
        ("rule_info", _rule),
        ("func_info", _macro),
        ("provider_info", _provider),
        ("module_extension_info", _extension),
    ):
        parts += map(render_one, module.get(field, []))
    return "".join(parts)


def main():
    """Writes or checks docs/api.md."""
    command, target, *extracts = sys.argv[1:]
    text = _START + "".join(render(parse(pathlib.Path(path).read_text())) for path in extracts)
    target = pathlib.Path(target)
    if command == "write":
        target.resolve().write_text(text)
    elif target.read_text() != text:
        sys.exit("docs/api.md is not what the docstrings say. To fix: bazel run //docs:update_api")


if __name__ == "__main__":
    main()
