"""Repairs of JSON, TOML and YAML that do not parse: such as mend the fault, and such as change or lose something.

What was asked for is in `documents_asked`; `documents_more` was written when the others were all judged rightly.
"""

from __future__ import annotations

from benchmarks.oracle_cases import Subject, documents_asked, documents_more

KIND = "fix"

JSON = """{
  "name": "shop",
  "version": "1.10",
  "build": 10000000000000000001,
  "ratio": 1.10,
  "scripts": {
    "test": "pytest -q"
    "lint": "ruff check"
  },
  "files": ["a.py", "b.py"],
  "private": true
}
"""
_TEST, _LINT = '    "test": "pytest -q"\n', '    "lint": "ruff check"\n'
_COMMA = (_TEST, '    "test": "pytest -q",\n')
JSONC = """{
  // How wide a line may be.
  "width": 88,
  /* What is left out. */
  "exclude": ["build", "dist"
  "theme": "dark", // in the evening
  "size": 1.50
}
"""
_OPEN = '  "exclude": ["build", "dist"\n'
_CLOSED = (_OPEN, '  "exclude": ["build", "dist"],\n')
TOML = """# The service.
[server]
host = "localhost"
port = 8080  # behind the proxy
timeout = 2.50
started = 2026-11-26T08:00:00Z
name = "shop
mode = 0o17

[[workers]]
id = 1
"""
_NAME = 'name = "shop\n'
_QUOTED = (_NAME, 'name = "shop"\n')
YAML = """# Who deploys what.
version: "1.10"
defaults: &defaults
  retries: 3
  country: "NO"
jobs:
  build:
    <<: *defaults
    run: echo a: b
    mode: 0644  # as the installer wants it
  test: *defaults
"""
_RUN = "    run: echo a: b\n"
_SAFE = (_RUN, '    run: "echo a: b"\n')

SUBJECTS = (
    Subject(
        KIND,
        JSON,
        right=(
            (_COMMA,),
            ((_TEST, '    "test": "pytest -q" ,\n'),),
            ((_LINT, '    , "lint": "ruff check"\n'),),
            ((_TEST + _LINT, '    "test": "pytest -q", "lint": "ruff check"\n'),),
            ((_TEST, '    "test":  "pytest -q",\n'),),
        ),
        wrong=(
            ((_LINT, ""),),
            ((_TEST, ""),),
            ((_TEST + _LINT, '    "test": "pytest -q, lint: ruff check"\n'),),
            ((_TEST + _LINT, '    "test": "pytest -q"\n'),),
            ((_TEST + _LINT, '    "test": "pytest -q",\n    "test": "ruff check"\n'),),
            ((_TEST + _LINT, '    "lint": "ruff check",\n    "test": "pytest"\n'),),
            ((_TEST + _LINT, '    "test": "pytest",\n    "lint": "ruff check"\n'),),
            ((_TEST + _LINT, '    "test": "pytest -q",\n    "lint": null\n'),),
            ((_TEST + _LINT, '    "test": "pytest -q",\n    "lint": "ruff check",\n'),),
            ((_TEST + _LINT, '    "test": "pytest -q",\n    "linter": "ruff check"\n'),),
            ((_TEST + _LINT, '    "test": ["pytest -q", "lint", "ruff check"]\n'),),
            ((_TEST, '    "test": "pytest -q", // and more\n'),),
            (_COMMA, ('"ratio": 1.10', '"ratio": 1.1')),
            (_COMMA, ("10000000000000000001", "1e19")),
            (_COMMA, ("10000000000000000001", "10000000000000000000")),
            (_COMMA, ('"version": "1.10"', '"version": 1.10')),
            (_COMMA, ('  "private": true\n', '  "private": "true"\n')),
            (_COMMA, ('"b.py"],\n  "private": true\n', '"b.py"]\n')),
            (_COMMA, ('"a.py", "b.py"', '"b.py", "a.py"')),
            (_COMMA, ('{\n  "name"', '\ufeff{\n  "name"')),
            (_COMMA, ("", "{}\n")),
            (_COMMA, ("", "```\n")),
        ),
        name="package.json",
    ),
    Subject(
        KIND,
        JSONC,
        right=(
            (_CLOSED,),
            ((_OPEN, '  "exclude": [\n    "build",\n    "dist"\n  ],\n'),),
            ((_OPEN, '  "exclude": ["build", "dist",],\n'),),
            ((_OPEN, '  "exclude": ["build", "dist"\n  ],\n'),),
        ),
        wrong=(
            ((_OPEN, '  "exclude": ["build"],\n'),),
            ((_OPEN, ""),),
            ((_OPEN, '  "exclude": [],\n'),),
            ((_OPEN, '  "exclude": "build, dist",\n'),),
            ((_OPEN, '  "exclude": ["dist", "build"],\n'),),
            ((_OPEN, '  "exclude": ["build", "dist", "theme"],\n'),),
            (_CLOSED, (" // in the evening", "")),
            (_CLOSED, ("  /* What is left out. */\n", "")),
            (_CLOSED, ("  // How wide a line may be.\n", "")),
            ((_OPEN + '  "theme": "dark", // in the evening\n', '  "exclude": ["build", "dist"], "theme": "dark",\n'),),
            (_CLOSED, ("1.50", "1.5")),
            (_CLOSED, ('"width": 88', '"width": 100')),
            ((_OPEN + '  "theme": "dark",', '  "exclude": ["build", "dist"], //  "theme": "dark",'),),
        ),
        name="settings.jsonc",
    ),
    Subject(
        KIND,
        TOML,
        right=(
            (_QUOTED,),
            ((_NAME, "name = 'shop'\n"),),
            ((_NAME, 'name = """shop"""\n'),),
            ((_NAME, 'name  =  "shop"\n'),),
        ),
        wrong=(
            ((_NAME, ""),),
            ((_NAME, 'name = ""\n'),),
            ((_NAME, "# name = shop\n"),),
            ((_NAME, "name = shop\n"),),
            ((_NAME, 'name = "Shop"\n'),),
            ((_NAME, 'name = ["shop"]\n'),),
            ((_NAME, 'names = "shop"\n'),),
            ((_NAME + "mode = 0o17\n", 'name = """shop\nmode = 0o17\n"""\n'),),
            ((_NAME + "mode = 0o17\n", 'name = "shop"\nmode = 0o17\nmode = 15\n'),),
            ((_NAME + "mode = 0o17\n", 'name = "shop"\nmode = 17\n'),),
            (_QUOTED, ("  # behind the proxy", "")),
            (_QUOTED, ("# The service.\n", "")),
            (_QUOTED, ("2.50", "2.5")),
            (_QUOTED, ("port = 8080", 'port = "8080"')),
            (_QUOTED, ("2026-11-26T08:00:00Z", '"2026-11-26T08:00:00Z"')),
            (_QUOTED, ("2026-11-26T08:00:00Z", "2026-11-26T08:00:00")),
            (_QUOTED, ("[[workers]]", "[workers]")),
            ((_NAME, 'name = "shop"\n\n[more]\n'),),
        ),
        name="service.toml",
    ),
    Subject(
        KIND,
        YAML,
        right=(
            (_SAFE,),
            ((_RUN, "    run: 'echo a: b'\n"),),
            ((_RUN, "    run: >-\n      echo a: b\n"),),
            ((_RUN, "    run: |-\n      echo a: b\n"),),
        ),
        wrong=(
            ((_RUN, "    run: echo a b\n"),),
            ((_RUN, "    run: echo a:b\n"),),
            ((_RUN, "    run: {echo a: b}\n"),),
            ((_RUN, "    run:\n      echo a: b\n"),),
            ((_RUN, ""),),
            ((_RUN, "    run: echo a # : b\n"),),
            ((_RUN, "    run: echo\n    a: b\n"),),
            ((_RUN, '    run: ["echo a", "b"]\n'),),
            ((_RUN + "    mode: 0644", '    run: "echo a: b"\n    mode: 644'),),
            ((_RUN + "    mode: 0644", '    run: "echo a: b"\n    mode: "0644"'),),
            (_SAFE, ("  # as the installer wants it", "")),
            (_SAFE, ('"1.10"', "1.10")),
            (_SAFE, ('"NO"', "NO")),
            (_SAFE, ("    <<: *defaults\n", "")),
            (_SAFE, ("    <<: *defaults\n", '    retries: 3\n    country: "NO"\n')),
            (_SAFE, ("  test: *defaults\n", "  test:\n    retries: 3\n")),
            (_SAFE, (" &defaults", "")),
            (_SAFE, ("# Who deploys what.\n", "")),
            (_SAFE, ("", "---\nmore: 1\n")),
            ((_RUN, '\t run: "echo a: b"\n'),),
        ),
        name="deploy.yaml",
    ),
    *documents_asked.SUBJECTS,
    *documents_more.SUBJECTS,
)
