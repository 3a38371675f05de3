"""More repairs of JSON, TOML and YAML, as people break them: quotes, brackets, blanks, words of other languages."""

from __future__ import annotations

from benchmarks.oracle_cases import Subject

KIND = "fix"

LOCALES = """{
  "de": {"yes": "Ja", "no": "Nein",
  "fr": {"yes": "Oui", "no": "Non"},
  "count": 2e3,
  "url": "https://example.com/a?b=1#c"
}
"""
_DE = '  "de": {"yes": "Ja", "no": "Nein",\n'
FLAGS = """{
  "debug": True,
  "retry": {"times": 3, "wait": 0.50},
  "names": ["a b", "c, d", "e: f"]
}
"""
PYPROJECT = """[project]
name = "shop"
version = "1.0"
dependencies = [
    "attrs>=23",  # values
    "ruff==0.17.6"
    "mypy",
]

[tool.ruff]
line-length = 120
select = ["E", "F"] # rules

[tool.ruff.per-file]
"tests/*" = ["S101"]
"""
_RUFF = '    "ruff==0.17.6"\n'
WORKFLOW = """name: test
on:
  push:
    branches: [main, 'release/**'
env:
  GREETING: "it's: me"
  LEVEL: 0755
steps:
  - uses: checkout@v4  # pinned
  - run: |
      echo "a: b"
      # not a comment
      exit 0
"""
_BRANCHES = "    branches: [main, 'release/**'\n"
SERVICES = """web:
  image: "nginx:1.27
  ports: ["80:80"]
  command: run --level=1 # fast
db:
  image: postgres
  mem: 1_000
"""
_IMAGE = '  image: "nginx:1.27\n'

SUBJECTS = (
    Subject(
        KIND,
        LOCALES,
        right=(
            ((_DE, '  "de": {"yes": "Ja", "no": "Nein"},\n'),),
            ((_DE, '  "de": {\n    "yes": "Ja",\n    "no": "Nein"\n  },\n'),),
        ),
        wrong=(
            ((_DE, '  "de": {"yes": "Ja"},\n'),),
            ((_DE, '  "de": {"yes": "Ja", "no": "Ne"},\n'),),
            ((_DE, ""),),
            ((_DE, '  "de": ["yes", "Ja", "no", "Nein"],\n'),),
            ((_DE, '  "de": {"no": "Nein", "yes": "Ja"},\n'),),
            ((_DE, '  "de": {"yes": "Ja", "no": "Nein"},\n'), ("2e3", "2000")),
            ((_DE, '  "de": {"yes": "Ja", "no": "Nein"},\n'), ("?b=1#c", "?b=1")),
            ((_DE, '  "de": {"yes": "Ja", "no": "Nein", "de": {}},\n'),),
        ),
        name="locales.json",
    ),
    Subject(
        KIND,
        FLAGS,
        right=(
            (("True", "true"),),
            (('  "debug": True,\n', '  "debug": true ,\n'),),
        ),
        wrong=(
            (("True", "false"),),
            (("True", '"True"'),),
            (("True", "1"),),
            (("True", "null"),),
            (("True", "true"), ("0.50", "0.5")),
            (("True", "true"), ('"c, d"', '"c", "d"')),
            (("True", "true"), ('"a b"', '"ab"')),
            (('  "debug": True,\n', ""),),
        ),
        name="flags.json",
    ),
    Subject(
        KIND,
        PYPROJECT,
        right=(
            ((_RUFF, '    "ruff==0.17.6",\n'),),
            ((_RUFF + '    "mypy",\n', '    "ruff==0.17.6", "mypy"\n'),),
        ),
        wrong=(
            ((_RUFF, ""),),
            (('    "mypy",\n', ""),),
            ((_RUFF + '    "mypy",\n', '    "ruff==0.17.6mypy",\n'),),
            ((_RUFF, '    "ruff>=0.17.6",\n'),),
            ((_RUFF, '    "ruff==0.17.6",\n'), ("  # values", "")),
            ((_RUFF, '    "ruff==0.17.6", # pinned\n'),),
            ((_RUFF, '    "ruff==0.17.6",\n'), ('"1.0"', "1.0")),
            ((_RUFF, '    "ruff==0.17.6",\n'), ("line-length = 120", "line-length = 100")),
            ((_RUFF, '    "ruff==0.17.6",\n'), ("[tool.ruff]", "[tool.ruff.lint]")),
        ),
        name="pyproject.toml",
    ),
    Subject(
        KIND,
        WORKFLOW,
        right=(
            ((_BRANCHES, "    branches: [main, 'release/**']\n"),),
            ((_BRANCHES, "    branches:\n      - main\n      - 'release/**'\n"),),
            ((_BRANCHES, '    branches: [main, "release/**"]\n'),),
        ),
        wrong=(
            ((_BRANCHES, "    branches: [main]\n"),),
            ((_BRANCHES, "    branches: main\n"),),
            ((_BRANCHES, "    branches: [main, 'release/*']\n"),),
            ((_BRANCHES, "    branches: [main, release]\n"),),
            ((_BRANCHES, "    branches: ['main, release/**']\n"),),
            ((_BRANCHES, "    branches: [main, 'release/**']\n"), ("0755", "755")),
            ((_BRANCHES, "    branches: [main, 'release/**']\n"), ("  # pinned", "")),
            ((_BRANCHES, "    branches: [main, 'release/**']\n"), ("on:", '"on":')),
            ((_BRANCHES, "    branches: [main, 'release/**']\n"), ("      # not a comment\n", "")),
            ((_BRANCHES, "    branches: [main, 'release/**']\n"), ('"it\'s: me"', "it's me")),
        ),
        name="workflow.yaml",
    ),
    Subject(
        KIND,
        SERVICES,
        right=(
            ((_IMAGE, '  image: "nginx:1.27"\n'),),
            ((_IMAGE, "  image: nginx:1.27\n"),),
            ((_IMAGE, "  image: 'nginx:1.27'\n"),),
        ),
        wrong=(
            ((_IMAGE, '  image: "nginx"\n'),),
            ((_IMAGE, "  image: nginx\n"),),
            ((_IMAGE, "  image: {nginx: 1.27}\n"),),
            ((_IMAGE, ""),),
            ((_IMAGE, '  image: "nginx:1.27\n    "\n'), ('"80:80"', "80:80")),
            ((_IMAGE, '  image: "nginx:1.27"\n'), ("1_000", "1000")),
            ((_IMAGE, '  image: "nginx:1.27"\n'), (" # fast", "")),
            ((_IMAGE, '  image: "nginx:1.27"\n'), ('["80:80"]', "[80:80]")),
            ((_IMAGE, '  image: "nginx:1.27"\n'), ("--level=1 # fast", '"--level=1 # fast"')),
        ),
        name="services.yaml",
    ),
)
