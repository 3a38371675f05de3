"""Changes of JSON, TOML and YAML that somebody asked for: such as a schema allows, and such as break something.

Drafts that stand under ``unseen`` are valid and do something else than was asked, or more: no machine reads
words, so these are left to samples that agree.
"""

from __future__ import annotations

import json

from benchmarks.oracle_cases import Subject

KIND = "instruct"

_SERVICE = json.dumps(
    {
        "type": "object",
        "required": ["name", "port"],
        "properties": {
            "$schema": {"type": "string"},
            "name": {"type": "string", "minLength": 1},
            "port": {"type": "integer", "minimum": 1, "maximum": 65535},
            "mode": {"enum": ["fast", "safe"]},
            "tags": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
            "limits": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "cpu": {"type": "number", "exclusiveMinimum": 0},
                    "memory": {"type": "string", "pattern": "^[0-9]+[MG]$"},
                },
            },
        },
    }
)
JSON = """{
  "$schema": "./service.schema.json",
  "name": "shop",
«  "port": 8080,
  "mode": "fast",
  "limits": {"cpu": 1, "memory": "512M"},
»  "tags": ["web"]
}
"""
_JSON = '  "port": 8080,\n  "mode": "fast",\n  "limits": {"cpu": 1, "memory": "512M"},\n'
_BUILD = json.dumps(
    {
        "type": "object",
        "required": ["name", "python", "timeout"],
        "additionalProperties": False,
        "properties": {
            "name": {"type": "string"},
            "python": {"type": "string"},
            "country": {"type": "string"},
            "debug": {"type": "boolean"},
            "timeout": {"type": "integer", "maximum": 600},
            "mode": {"type": "string", "pattern": "^0[0-7]{3}$"},
            "matrix": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["os"],
                    "additionalProperties": False,
                    "properties": {"os": {"enum": ["linux", "macos"]}, "count": {"type": "integer"}},
                },
            },
        },
    }
)
YAML = """# Who builds what.
name: build
«python: "3.9"  # the oldest
country: "NO"
debug: false
timeout: 30
mode: "0644"
matrix:
  - os: linux
    count: 2
»"""
_YAML = YAML[YAML.index("«") + 1 : -1]


def _yaml(python: str = '"3.10"', timeout: str = "60", **more: str) -> str:
    """Write the part of the YAML document that was asked for."""
    said = {"country": '"NO"', "debug": "false", "mode": '"0644"', "os": "linux", "tail": "", **more}
    return (
        f"python: {python}  # the oldest\ncountry: {said['country']}\ndebug: {said['debug']}\ntimeout: {timeout}\n"
        f"mode: {said['mode']}\nmatrix:\n  - os: {said['os']}\n    count: 2\n{said['tail']}"
    )


_RETRY = json.dumps(
    {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "title": {"type": "string"},
            "retry": {
                "type": "object",
                "additionalProperties": False,
                "required": ["times"],
                "properties": {
                    "times": {"type": "integer"},
                    "wait": {"type": "number"},
                    "since": {"type": "string"},
                    "codes": {"type": "array", "items": {"type": "integer"}},
                },
            },
            "workers": {
                "type": "array",
                "items": {"type": "object", "additionalProperties": False, "properties": {"id": {"type": "integer"}}},
            },
        },
    }
)
TOML = """#:schema ./retry.schema.json
title = "queue"

«[retry]
times = 3  # as the service asks
codes = [502, 503]

[[workers]]
id = 1
»
[[workers]]
id = 2
"""
_TOML = TOML[TOML.index("«") + 1 : TOML.index("»")]
_TIMES, _CODES = "times = 3  # as the service asks\n", "codes = [502, 503]\n"

SUBJECTS = (
    Subject(
        KIND,
        JSON,
        slot=_JSON,
        right=(
            '  "port": 9000,\n  "mode": "fast",\n  "limits": {"cpu": 2, "memory": "512M"},\n',
            '  "port": 9000,\n  "mode": "fast",\n  "limits": {"cpu": 2.0, "memory": "512M"},\n',
            '  "port": 9000,\n  "mode": "fast",\n  "limits": {\n    "cpu": 2,\n    "memory": "512M"\n  },\n',
            '  "port":9000,\n  "mode": "fast", "limits": {"cpu": 2, "memory": "512M"},\n',
            '  "port": 9000,\n  "mode": "fast",\n  "limits": {"cpu": 2e0, "memory": "512M"},\n',
        ),
        wrong=(
            '  "port": "9000",\n  "mode": "fast",\n  "limits": {"cpu": 2, "memory": "512M"},\n',
            '  "port": 90000,\n  "mode": "fast",\n  "limits": {"cpu": 2, "memory": "512M"},\n',
            '  "port": 9000.5,\n  "mode": "fast",\n  "limits": {"cpu": 2, "memory": "512M"},\n',
            '  "port": 9000,\n  "mode": "fast",\n  "limits": {"cpu": "2", "memory": "512M"},\n',
            '  "port": 9000,\n  "mode": "fast",\n  "limits": {"cpus": 2, "memory": "512M"},\n',
            '  "port": 9000,\n  "mode": "quick",\n  "limits": {"cpu": 2, "memory": "512M"},\n',
            '  "port": 9000,\n  "mode": "fast",\n  "limits": {"cpu": 2, "memory": "512MB"},\n',
            '  "mode": "fast",\n  "limits": {"cpu": 2, "memory": "512M"},\n',
            '  "port": 8080,\n  "mode": "fast",\n  "limits": {"cpu": 2, "memory": "512M"},\n  "port": 9000,\n',
            '  "port": 9000,\n  "mode": "fast",\n  "limits": {"cpu": 1, "memory": "512M", "cpu": 2},\n',
            '  "port": 9000,\n  "mode": "fast",\n  "limits": {"cpu": 2, "memory": "512M",},\n',
            '  "port": 9000, // the new one\n  "mode": "fast",\n  "limits": {"cpu": 2, "memory": "512M"},\n',
            '  "port": 9_000,\n  "mode": "fast",\n  "limits": {"cpu": 2, "memory": "512M"},\n',
            '  "port": 0x2328,\n  "mode": "fast",\n  "limits": {"cpu": 2, "memory": "512M"},\n',
            '  "port": 09000,\n  "mode": "fast",\n  "limits": {"cpu": 2, "memory": "512M"},\n',
            '  "port": 9000,\n  "mode": "fast",\n  "limits": {"cpu": NaN, "memory": "512M"},\n',
            '  "port": 9000,\n  "mode": "fast",\n  "limits": {"cpu": -2, "memory": "512M"},\n',
            '  "port": 9000,\n  "mode": \'fast\',\n  "limits": {"cpu": 2, "memory": "512M"},\n',
            (('"name": "shop"', '"name": "Shop"'), ('"port": 8080', '"port": 9000'), ('"cpu": 1', '"cpu": 2')),
            (('"port": 8080', '"port": 9000'), ('"cpu": 1', '"cpu": 2'), ("", "{}\n")),
            (('"port": 8080', '"port": 9000'), ('"cpu": 1', '"cpu": 2'), ('"tags": ["web"]', '"tags": ["web", "web"]')),
            (('"port": 8080', '"port": 9000'), ('"cpu": 1', '"cpu": 2'), ("./service", "./other")),
            (('"port": 8080', '"port": 9000'), ("{\n", "\ufeff{\n")),
        ),
        unseen=(
            '  "port": 9000,\n  "mode": "fast",\n  "limits": {"cpu": 2},\n',
            '  "port": 9000,\n  "mode": "safe",\n  "limits": {"cpu": 2, "memory": "512M"},\n',
        ),
        name="service.json",
        files=(("service.schema.json", _SERVICE),),
        asked="Set the port to 9000 and the limit to 2 processors.",
    ),
    Subject(
        KIND,
        YAML,
        slot=_YAML,
        right=(
            _yaml(),
            _yaml("'3.10'"),
            _yaml("!!str 3.10"),
            _yaml(tail="  - os: macos\n    count: 1\n"),
            _yaml(country="'NO'"),
        ),
        wrong=(
            _yaml("3.10"),
            _yaml("'3.10"),
            _yaml(timeout='"60"'),
            _yaml(timeout="60s"),
            _yaml(timeout="6000"),
            _yaml(timeout="60.5"),
            _yaml(timeout="1:00"),
            _yaml(country="NO"),
            _yaml(debug='"no"'),
            _yaml(debug="no"),
            _yaml(debug="0"),
            _yaml(mode="0644"),
            _yaml(mode='"0888"'),
            _yaml(os="windows"),
            _yaml(os="Linux"),
            _yaml(tail="  - count: 1\n"),
            _yaml(tail="  - os: macos\n     count: 1\n"),
            _yaml(tail="  - os: macos\n\tcount: 1\n"),
            _yaml(tail="timeout: 90\n"),
            _yaml(tail="pythons: [3.10]\n"),
            _yaml(tail="  - *other\n"),
            _yaml(tail="---\nname: more\n"),
            _yaml(tail="...\n{}\n"),
            _yaml(python='"3.10"').replace("  - os: linux\n    count: 2\n", "  os: linux\n  count: 2\n"),
            _yaml().replace("timeout: 60\n", ""),
            (('python: "3.9"', 'python: "3.10"'), ("name: build", "name: Build")),
            _yaml().replace("  # the oldest", ""),
        ),
        unseen=(
            _yaml().replace("debug: false\n", ""),
            _yaml('"3.1"'),
        ),
        name="build.yaml",
        files=(("build.schema.json", _BUILD), ("lastmile.toml", '[verify.schemas]\n"*.yaml" = "build.schema.json"\n')),
        asked="Use Python 3.10 and a timeout of 60.",
    ),
    Subject(
        KIND,
        TOML,
        slot=_TOML,
        right=(
            f"[retry]\n{_TIMES}wait = 5\n{_CODES}\n[[workers]]\nid = 1\n",
            f"[retry]\n{_TIMES}{_CODES}wait = 5.0\n\n[[workers]]\nid = 1\n",
            f"[retry]\n{_TIMES}{_CODES}wait = 5 # seconds\n\n[[workers]]\nid = 1\n",
            f"[retry]\n{_TIMES}codes = [\n  502,\n  503,\n]\nwait = 5\n\n[[workers]]\nid = 1\n",
            f"[retry]\nwait = 5e0\n{_TIMES}{_CODES}\n[[workers]]\nid = 1\n",
        ),
        wrong=(
            f"[retry]\n{_TIMES}{_CODES}\n[[workers]]\nid = 1\nwait = 5\n",
            f'[retry]\n{_TIMES}{_CODES}wait = "5"\n\n[[workers]]\nid = 1\n',
            f"[retry]\n{_TIMES}{_CODES}wait = 5s\n\n[[workers]]\nid = 1\n",
            f"[retry]\n{_TIMES}{_CODES}wait = 05\n\n[[workers]]\nid = 1\n",
            f"[retry]\n{_TIMES}{_CODES}waits = 5\n\n[[workers]]\nid = 1\n",
            f"[retry]\n{_TIMES}{_CODES}retry.wait = 5\n\n[[workers]]\nid = 1\n",
            f"[retry]\n{_TIMES}{_CODES}\n[[workers]]\nid = 1\n\n[retry]\nwait = 5\n",
            f"[retry]\n{_TIMES}{_CODES}wait = 4\nwait = 5\n\n[[workers]]\nid = 1\n",
            f"[retry]\n{_CODES}wait = 5\n\n[[workers]]\nid = 1\n",
            f"[retry]\n{_TIMES}codes = [502, 503.0]\nwait = 5\n\n[[workers]]\nid = 1\n",
            f'[retry]\n{_TIMES}codes = ["502", "503"]\nwait = 5\n\n[[workers]]\nid = 1\n',
            f"[retry]\n{_TIMES}{_CODES}wait = 5\n\n[workers]\nid = 1\n",
            f"[[retry]]\n{_TIMES}{_CODES}wait = 5\n\n[[workers]]\nid = 1\n",
            f"[retry]\n{_TIMES}{_CODES}wait = 5,\n\n[[workers]]\nid = 1\n",
            f"[retry]\n{_TIMES}{_CODES}wait: 5\n\n[[workers]]\nid = 1\n",
            f"[retry]\n{_TIMES}{_CODES}wait = inf_\n\n[[workers]]\nid = 1\n",
            f"retry = {{ times = 3,\n  wait = 5 }}\n\n[[workers]]\nid = 1\n{_CODES}",
            f"[retry]\n{_TIMES}{_CODES}wait = 5\n\n[wait]\nfor = 5\n\n[[workers]]\nid = 1\n",
            (("id = 2", "id = 3"), (_TIMES, f"{_TIMES}wait = 5\n")),
            (("#:schema ./retry.schema.json\n", ""), (_TIMES, f"{_TIMES}wait = 5\n")),
            f"[retry]\ntimes = 3\n{_CODES}wait = 5\n\n[[workers]]\nid = 1\n",
        ),
        unseen=(
            # A date is a text to JSON Schema, which has no dates: it is only not what was asked for.
            f"[retry]\n{_TIMES}{_CODES}wait = 5\nsince = 2026-11-26\n\n[[workers]]\nid = 1\n",
            f"[retry]\n{_TIMES}wait = 5\n\n[[workers]]\nid = 1\n",
            f"[retry]\n{_TIMES}{_CODES}wait = 5\n",
        ),
        name="queue.toml",
        files=(("retry.schema.json", _RETRY),),
        asked="Wait 5 seconds between two tries.",
    ),
)
