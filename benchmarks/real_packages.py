"""What the free tiers clear in real packages, and whether the packages still work afterwards.

Four pure-Python packages are downloaded as source distributions, their own tests are run, every
finding of the named rules is given to ``lastmile fix --write --paid never``, every file is compiled
and the tests are run again. The peer in the same run is ``ruff check --fix``, safe fixes alone, on
a second copy. ``--report FILE`` writes the figures as Markdown.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

from attrs import frozen

from benchmarks.support import scratch
from lastmile.batch.selecting import selected

PACKAGES = ("sqlparse==0.5.3", "tabulate==0.9.0", "mistune==3.1.3", "toolz==1.0.0")
RULES = ("E", "F", "B", "UP", "SIM", "RET", "C4", "PIE", "PERF")
_RUFF = str(Path(sys.executable).parent / "ruff")
_DOWNLOAD = ("download", "--quiet", "--no-deps", "--no-binary", ":all:", "--dest")


@frozen
class Result:
    """What became of one package."""

    package: str
    before: Counter[str]
    after: Counter[str]
    safe_fixes_leave: int
    """Findings that ``ruff check --fix`` leaves."""

    changed: int
    compiled: bool
    tests_before: frozenset[str]
    """Names of the tests that passed."""

    tests_after: frozenset[str]
    seconds: float
    why: Counter[tuple[str, str]]
    """Rule and reason of what was refused."""

    @property
    def share(self) -> float:
        """The share of findings that are gone."""
        return 1 - self.after.total() / self.before.total()

    @property
    def lost(self) -> frozenset[str]:
        """Tests that passed before and do not any more."""
        return self.tests_before - self.tests_after


def main() -> None:
    """Measure, print, and write the report where asked."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--report", type=Path)
    parser.add_argument("packages", nargs="*", default=PACKAGES)
    asked = parser.parse_args()
    with scratch() as (folder, env):
        python = _environment(folder)
        results = [_package(name, folder, env, python) for name in asked.packages]
    lines = list(_report(results))
    print("\n".join(lines))
    if asked.report:
        asked.report.write_text("\n".join(lines) + "\n")


def _environment(folder: Path) -> str:
    """Make an environment for the packages' tests, apart from ours."""
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    python = str(folder / "venv" / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "pytest"], check=True)
    return python


def _package(name: str, folder: Path, env: dict[str, str], python: str) -> Result:
    print(f"{name} ...", file=sys.stderr)
    source = _unpacked(name, folder)
    safe = folder / "safe" / source.name
    shutil.copytree(source, safe)
    subprocess.run([_RUFF, "check", "--fix-only", "--quiet", *_rules(), "."], cwd=safe, env=env, check=False)
    tests_before = _tests(source, python, env)
    originals = {path: path.read_bytes() for path in source.rglob("*.py")}
    before = _findings(source)
    began = time.perf_counter()
    why = _fix(source, env)
    seconds = time.perf_counter() - began
    changed = [path for path, data in originals.items() if path.read_bytes() != data]
    return Result(
        package=name,
        before=before,
        after=_findings(source),
        safe_fixes_leave=_findings(safe).total(),
        changed=len(changed),
        compiled=all(_compiles(path) for path in changed),
        tests_before=tests_before,
        tests_after=_tests(source, python, env),
        seconds=seconds,
        why=why,
    )


def _unpacked(name: str, folder: Path) -> Path:
    place = folder / "sdists" / name.partition("==")[0]
    subprocess.run([sys.executable, "-m", "pip", *_DOWNLOAD, place, name], check=True)
    shutil.unpack_archive(next(place.glob("*.tar.gz")), place)
    return next(item for item in place.iterdir() if item.is_dir())


def _rules() -> list[str]:
    return ["--extend-select", ",".join(RULES)]


def _findings(place: Path) -> Counter[str]:
    """Count the findings of the named rules, under the package's own settings."""
    call: list[str | Path] = [_RUFF, "check", "--no-cache", "--exit-zero", "--output-format=json", *_rules(), place]
    # Ruff takes the Python version from the project that it is started in.
    items = json.loads(subprocess.run(call, cwd=place, capture_output=True, check=True).stdout)
    return Counter(item["code"] for item in items if selected(item["code"] or "", RULES))


def _fix(place: Path, env: dict[str, str]) -> Counter[tuple[str, str]]:
    options = ["--select", ",".join(RULES), "--paid", "never", "--write", "--json"]
    call: list[str | Path] = [sys.executable, "-m", "lastmile", "fix", place, *options]
    done = subprocess.run(call, env=env, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    tasks = json.loads(done.stdout)["tasks"]
    left = [task for task in tasks if task["status"] != "accepted"]
    return Counter((task["codes"][0], _reason(task["attempts"])) for task in left)


def _reason(attempts: list[dict[str, object]]) -> str:
    if not attempts:
        return "no rule drafts a repair"
    findings = attempts[-1]["findings"]
    assert isinstance(findings, list)
    return str(findings[0]["message"]).partition(":")[0].partition(" on line")[0] if findings else "failed"


def _compiles(path: Path) -> bool:
    try:
        compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


def _tests(place: Path, python: str, env: dict[str, str]) -> frozenset[str]:
    """Run the package's tests from its sources; gives the names of those that passed."""
    report = place.parent / "tests.xml"
    options = ["-q", "-p", "no:cacheprovider", f"--junitxml={report}", "--continue-on-collection-errors"]
    paths = {"PYTHONPATH": f"{place / 'src'}:{place}", "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([python, "-m", "pytest", *options], cwd=place, env=env | paths, capture_output=True, check=False)
    cases = ET.parse(report).iter("testcase")  # noqa: S314 - pytest wrote it
    passed = frozenset(f"{case.get('classname')}::{case.get('name')}" for case in cases if not len(case))
    report.unlink()
    assert passed, f"no test of {place.name} passes: the figures would mean nothing"
    return passed


def _report(results: list[Result]) -> Iterator[str]:
    ruff = subprocess.run([_RUFF, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    yield f"Rules {', '.join(RULES)}, each package's own ruff settings else, {ruff}, Python {sys.version.split()[0]}."
    yield ""
    yield "| package | findings | left | cleared free | `ruff --fix` clears | changed | compile | own tests | time |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for item in results:
        total = item.before.total()
        safe = 1 - item.safe_fixes_leave / total
        tests = f"{len(item.tests_before)} passed before, {len(item.tests_after)} after, {len(item.lost)} lost"
        yield (
            f"| {item.package} | {total} | {item.after.total()} | {item.share:.0%} | {safe:.0%} | {item.changed} "
            f"| {'all' if item.compiled else 'NO'} | {tests} | {item.seconds:.1f} s |"
        )
    before, after = sum(item.before.total() for item in results), sum(item.after.total() for item in results)
    safe = 1 - sum(item.safe_fixes_leave for item in results) / before
    yield f"| all | {before} | {after} | {1 - after / before:.0%} | {safe:.0%} | | | | |"
    yield ""
    yield "What stays, by rule, and why (the reasons of the refused tasks):"
    yield ""
    yield "| rule | left | why |"
    yield "|---|---|---|"
    left: Counter[str] = sum((item.after for item in results), Counter())
    why: Counter[tuple[str, str]] = sum((item.why for item in results), Counter())
    for code, count in left.most_common():
        reasons = Counter({reason: number for (rule, reason), number in why.items() if rule == code})
        shown = "; ".join(f"{reason} ({number})" for reason, number in reasons.most_common(3))
        yield f"| {code} | {count} | {shown} |"
    for item in results:
        for name in sorted(item.lost):
            yield f"lost: {item.package} {name}"


if __name__ == "__main__":
    main()
