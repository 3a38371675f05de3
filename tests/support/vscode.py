"""A real VS Code workbench in a real browser, driven as a person would: clicks, keys, and what is on the screen.

The workbench (code-server) and the browser are started once and shared by tests; each scenario gets a
window of its own. Nothing of the editor, the extension or the server is replaced: the extension is
installed from its .vsix, and finds `lastmile` where a person's shell does.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import inspect
import json
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import psutil
from attrs import define, field
from tests.support.home import home_in

ROOT = Path(__file__).parents[2]
EXTENSION = ROOT / "editors" / "vscode"
SHOTS = EXTENSION / "build" / "shots"
PATIENCE = 360.0
"""Seconds for one scenario; what it waits for inside has a shorter one each."""

QUIET = {
    "security.workspace.trust.enabled": False,
    "workbench.startupEditor": "none",
    "files.autoSave": "off",
    "git.enabled": False,
}
"""Settings of someone whom the editor itself asks nothing, and who saves by hand."""

_SILENT = ("--disable-telemetry", "--disable-update-check", "--disable-getting-started-override")
_LISTENS = re.compile(r"listening on (http://127\.0\.0\.1:\d+)")

Cue = Callable[[], object]


@define(eq=False)
class Person:
    """Someone with a home, a profile of the editor, and a project."""

    folder: Path
    workbench: str
    """The program of the workbench."""

    env: dict[str, str] = field(factory=dict, repr=False)

    @classmethod
    def new(cls, folder: Path, workbench: str, *, lastmile: bool = True) -> Person:
        """Make one whose shell finds `lastmile`, or does not."""
        folder.mkdir(exist_ok=True)
        made = cls(folder, workbench, home_in(folder))
        home, beside = folder / "home", Path(sys.executable).parent
        (home / ".profile").write_text(f'export PATH="{beside}:$PATH"\n' if lastmile else "", encoding="utf-8")
        own = str(beside)
        path = ":".join(part for part in made.env["PATH"].split(":") if part != own)
        made.env |= {"SHELL": "/bin/bash", "PATH": path, "TEST_DESK": str(folder), "SHOP_KEY": "sk-ant-another"}
        del made.env["LASTMILE_AHEAD"]  # a variable would win over the editor's settings
        (home / "lastmile.toml").write_text('ahead = "off"\n', encoding="utf-8")
        made.env["LASTMILE_RUNTIME"] = tempfile.mkdtemp(prefix="lm-")  # short enough for a socket
        made.configure({})
        return made

    def configure(self, settings: Mapping[str, Any]) -> None:
        """Write the settings of the person's editor: where it is served from afar, the server's are the machine's.

        A window that is open sees those change, and not the others.
        """
        manifest = json.loads((EXTENSION / "package.json").read_text(encoding="utf-8"))
        sections = (section["properties"] for section in manifest["contributes"]["configuration"])
        ours = {name for section in sections for name, about in section.items() if about["scope"] != "application"}
        machine = {name: value for name, value in settings.items() if name in ours}
        user = {name: value for name, value in settings.items() if name not in machine}
        for place, values in {"User": user, "Machine": machine}.items():
            path = self.folder / "data" / place / "settings.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(values), encoding="utf-8")

    def log(self) -> str:
        """Read what the extension wrote down in the last window."""
        logs = sorted((self.folder / "data" / "logs").rglob("Lastmile.log"), key=lambda path: path.stat().st_mtime_ns)
        return logs[-1].read_text(encoding="utf-8")

    def project(self, name: str, files: Mapping[str, str]) -> Path:
        """Make a project."""
        folder = self.folder / name
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        return folder

    def install(self, *extensions: Path) -> None:
        """Install extensions into the profile."""
        for extension in extensions:
            subprocess.run(
                [*self._command(), "--install-extension", str(extension)],
                env=self.env,
                check=True,
                capture_output=True,
                timeout=PATIENCE,
            )

    @contextmanager
    def at_work(self) -> Iterator[Driver]:
        """Start the workbench and a browser."""
        log = self.folder / "workbench.log"
        with log.open("w", encoding="utf-8") as written:
            serving = subprocess.Popen(
                [*self._command(), "--auth", "none", "--bind-addr", "127.0.0.1:0", *_SILENT],
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=written,
                text=True,
            )
        try:
            with Driver.start(_address(serving.stdout), self.workbench, self.env, self.folder) as driver:
                yield driver
        finally:
            _end(str(self.folder))
            shutil.rmtree(self.env["LASTMILE_RUNTIME"], ignore_errors=True)
            serving.wait(PATIENCE)
            assert serving.stdout is not None
            serving.stdout.close()

    def _command(self) -> list[str]:
        data, extensions = self.folder / "data", self.folder / "extensions"
        return [self.workbench, "--user-data-dir", str(data), "--extensions-dir", str(extensions)]


@define(eq=False)
class Driver:
    """A browser on a workbench, which goes through scenarios."""

    process: subprocess.Popen[str]
    said: queue.Queue[str] = field(factory=queue.Queue)

    @classmethod
    @contextmanager
    def start(cls, address: str, workbench: str, env: Mapping[str, str], folder: Path) -> Iterator[Driver]:
        SHOTS.mkdir(parents=True, exist_ok=True)
        given = {"address": address, "shots": str(SHOTS), "workbench": shutil.which(workbench)}
        given["profile"] = str(folder / "browser")
        program = str(ROOT / "tests" / "editors" / "workbench" / "drive.mjs")
        with (folder / "driver.log").open("w", encoding="utf-8") as written:
            process = subprocess.Popen(
                ["node", program, json.dumps(given)],
                env=dict(env),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=written,
                text=True,
            )
        driver = cls(process)
        reader = threading.Thread(target=driver._read, daemon=True)
        reader.start()
        try:
            yield driver
        finally:
            assert process.stdin is not None
            process.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()
            reader.join(10)
            assert process.stdout is not None
            process.stdout.close()

    def go(self, scenario: str, *, cues: Mapping[str, Cue] | None = None, **given: Any) -> Any:  # noqa: ANN401 - JSON
        """Run a scenario and give what it saw; at a cue, the function of that name is called before it goes on."""
        self._write({"scenario": scenario, "given": given})
        while True:
            try:
                line = json.loads(self.said.get(timeout=PATIENCE))
            except queue.Empty:
                message = f"{scenario} was not done after {PATIENCE:g} s."
                raise AssertionError(message) from None
            if "cue" in line:
                done = (cues or {})[line["cue"]]()
                result = asyncio.run(done) if inspect.iscoroutine(done) else done
                self._write({"answer": result if isinstance(result, str) else None})
                continue
            assert "trouble" not in line, f"{line['trouble']}\nScreenshot: {SHOTS}/failed-{scenario}.png"
            return line["saw"]

    def _write(self, value: Mapping[str, Any]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{json.dumps(value)}\n")
        self.process.stdin.flush()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.put(line)


def package(folder: Path) -> Path:
    """Build the .vsix as `make vsix` does, into a place of its own; one process of the tests at a time."""
    made = folder / "lastmile.vsix"
    lock = EXTENSION / "build" / "lock"
    lock.parent.mkdir(exist_ok=True)
    wheel = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(EXTENSION / "server")]
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        _run(wheel, ROOT)
        _run(["npm", "run", "--silent", "package", "--", "-o", str(made)], EXTENSION)
    return made


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert done.returncode == 0, done.stdout + done.stderr


def small_extension(folder: Path, *, publisher: str, name: str, main: str = "") -> Path:
    """Pack an extension of a few lines, in the name of one that cannot be had here."""
    manifest = {"name": name, "publisher": publisher, "version": "9.9.9", "engines": {"vscode": "^1.80.0"}}
    manifest |= {"main": "./main.js", "activationEvents": ["*"]}
    path = folder / f"{publisher}.{name}.vsix"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("extension/package.json", json.dumps(manifest))
        archive.writestr("extension/main.js", main or "exports.activate = () => undefined;")
    return path


def _address(stdout: IO[str] | None) -> str:
    assert stdout is not None
    for line in stdout:
        if found := _LISTENS.search(line):
            return found[1]
    raise AssertionError("The workbench did not say where it listens.")


def _end(desk: str) -> None:
    """End all that was started for a person: the workbench, its extension hosts, the servers."""
    found = psutil.process_iter(["environ"])
    ours = [one for one in found if (one.info["environ"] or {}).get("TEST_DESK") == desk]
    for one in ours:
        with contextlib.suppress(psutil.NoSuchProcess):
            one.terminate()
    _, left = psutil.wait_procs(ours, timeout=5)
    for one in left:
        with contextlib.suppress(psutil.NoSuchProcess):
            one.kill()
    psutil.wait_procs(left, timeout=5)
