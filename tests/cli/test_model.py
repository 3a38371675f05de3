"""The model's commands as a person runs them: processes, with a hub that a test serves."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import resource
import shutil
import signal
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.command import lastmile
from tests.support.gguf import write_tiny
from tests.support.hosting import Runtime
from tests.support.hub_server import Hub, hub
from tests.support.machines import nvidia
from tests.support.patience import PATIENCE
from tests.support.warm import PROGRAM

from lastmile.model.shelf.catalogue import catalogue

pytestmark = pytest.mark.slow

ENTRY = next(entry for entry in catalogue() if not entry.sha256)
PATH = f"{ENTRY.repository}/resolve/{ENTRY.revision}/{ENTRY.file}"
SETTINGS = "# mine\npaid = 'never' # really\n\n[budget]\nday = 2\n"


@pytest.fixture
def env(home_env: dict[str, str], tmp_path: Path) -> dict[str, str]:
    folder = tmp_path / "bin"
    folder.mkdir()
    return home_env | {"LASTMILE_MODELS": str(tmp_path / "models"), "PATH": f"{folder}:{os.environ['PATH']}"}


@pytest.fixture
def served(tiny: Path, env: dict[str, str]) -> Iterator[Hub]:
    with hub(files={PATH: tiny.read_bytes()}) as found:
        env["HF_ENDPOINT"] = found.url
        yield found


def settings(env: dict[str, str]) -> Path:
    return Path(env["LASTMILE_CONFIG"])


@pytest.mark.usefixtures("served")
def test_from_the_hub_to_the_settings_and_away(env: dict[str, str], tmp_path: Path, tiny: Path) -> None:
    settings(env).write_text(SETTINGS)
    settings(env).chmod(0o600)
    done = lastmile("model", "pull", ENTRY.name, env=env, cwd=tmp_path, code=0)
    file = tmp_path / "models" / ENTRY.name / ENTRY.file
    assert f"{ENTRY.name} is here: {file}\n" in done.stdout
    assert f"licence {ENTRY.licence}" in done.stderr
    assert file.read_bytes() == tiny.read_bytes()

    done = lastmile("model", "use", ENTRY.name, env=env, cwd=tmp_path, code=0)
    assert settings(env).read_text() == f'{SETTINGS}\n[model]\npath = "{file}"\n'
    assert settings(env).stat().st_mode & 0o777 == 0o600
    assert "It drafts in the tier local" in done.stdout
    assert "It completes while you type." in done.stdout

    listed = lastmile("model", "list", env=env, cwd=tmp_path, code=0).stdout
    assert re.search(rf"^\* +{re.escape(ENTRY.name)} .* yes ", listed, re.MULTILINE)

    assert "say --yes" in lastmile("model", "remove", ENTRY.name, env=env, cwd=tmp_path, code=2).stderr
    assert file.exists()
    done = lastmile("model", "remove", ENTRY.name, "--yes", env=env, cwd=tmp_path, code=0)
    assert "model.path still names it" in done.stdout
    assert not file.parent.exists()
    assert "was not pulled" in lastmile("model", "remove", ENTRY.name, "--yes", env=env, cwd=tmp_path, code=3).stderr


def test_an_interrupted_pull_goes_on(served: Hub, env: dict[str, str], tmp_path: Path) -> None:
    data = served.files[PATH] = served.files[PATH] + bytes(24 << 20)
    served.pause = 12 << 20
    command = [sys.executable, "-m", "lastmile", "model", "pull", ENTRY.name]
    with subprocess.Popen(command, env=env, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert served.paused.wait(PATIENCE)
        part = tmp_path / "models" / ENTRY.name / f"{hashlib.sha256(data).hexdigest()[:16]}.part"
        # The hub's client writes what it has in pieces of 10 MiB.
        while not part.exists() or part.stat().st_size < 10 << 20:
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=PATIENCE)
    assert (process.returncode, b"Traceback" in told) == (130, False)
    served.pause = 0
    served.go_on.set()
    done = lastmile("model", "pull", ENTRY.name, env=env, cwd=tmp_path, code=0)
    assert "Going on from 10 MB of 26 MB." in done.stderr
    assert (tmp_path / "models" / ENTRY.name / ENTRY.file).read_bytes() == data


def test_a_disk_that_takes_no_more(served: Hub, env: dict[str, str], tmp_path: Path) -> None:
    data = served.files[PATH] = served.files[PATH] + bytes(15 << 20)
    done = subprocess.run(
        [sys.executable, "-m", "lastmile", "model", "pull", ENTRY.name],
        env=env,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (12 << 20, 12 << 20)),
    )
    assert done.returncode == 3
    assert f"{ENTRY.name} could not be pulled: File too large. What came is kept." in done.stderr
    assert "Going on from" in lastmile("model", "pull", ENTRY.name, env=env, cwd=tmp_path, code=0).stderr
    assert (tmp_path / "models" / ENTRY.name / ENTRY.file).read_bytes() == data


@pytest.mark.usefixtures("served")
def test_a_bar_is_shown_to_a_person(env: dict[str, str], tmp_path: Path) -> None:
    import fcntl  # noqa: PLC0415 - only here
    import pty  # noqa: PLC0415 - as above
    import termios  # noqa: PLC0415 - as above

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    command = [sys.executable, "-m", "lastmile", "model", "pull", ENTRY.name]
    subprocess.run(command, env=env, cwd=tmp_path, stderr=theirs, stdout=subprocess.PIPE, timeout=60, check=True)
    assert b"100%" in os.read(ours, 100_000)
    os.close(ours)
    os.close(theirs)


def test_the_names_are_whole_in_a_narrow_terminal(env: dict[str, str], tmp_path: Path) -> None:
    import pty  # noqa: PLC0415 - only here

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "lastmile", "model", "list"]
    narrow = env | {"COLUMNS": "60", "TERM": "xterm"}
    subprocess.run(command, env=narrow, cwd=tmp_path, stdout=theirs, timeout=60, check=True)
    listed = os.read(ours, 100_000).decode()
    os.close(ours)
    os.close(theirs)
    assert "…" in listed  # something had to give way
    assert [entry.name for entry in catalogue() if entry.name not in listed] == []


@pytest.mark.usefixtures("served")
def test_a_person_is_asked_before_anything_is_deleted(env: dict[str, str], tmp_path: Path) -> None:
    import pty  # noqa: PLC0415 - only here

    lastmile("model", "pull", ENTRY.name, env=env, cwd=tmp_path, code=0)
    for answer, left in ((b"n\n", True), (b"y\n", False)):
        ours, theirs = pty.openpty()
        os.write(ours, answer)
        command = [sys.executable, "-m", "lastmile", "model", "remove", ENTRY.name]
        subprocess.run(command, env=env, cwd=tmp_path, stdin=theirs, capture_output=True, timeout=60, check=False)
        os.close(ours)
        os.close(theirs)
        assert (tmp_path / "models" / ENTRY.name).exists() is left


def test_nobody_elses_file_is_removed(env: dict[str, str], tmp_path: Path, tiny: Path) -> None:
    folder = tmp_path / "models" / ENTRY.name
    folder.mkdir(parents=True)
    shutil.copy(tiny, folder / ENTRY.file)
    assert "was not pulled" in lastmile("model", "remove", ENTRY.name, "--yes", env=env, cwd=tmp_path, code=3).stderr
    done = lastmile("model", "remove", str(tiny), "--yes", env=env, cwd=tmp_path, code=3)
    assert "is not in the catalogue" in done.stderr
    assert (folder / ENTRY.file).exists()
    assert tiny.exists()


def test_no_hub(env: dict[str, str], tmp_path: Path) -> None:
    for way in ({"HF_ENDPOINT": "http://127.0.0.1:9"}, {"HF_HUB_OFFLINE": "1"}):
        done = lastmile("model", "pull", ENTRY.name, env=env | way, cwd=tmp_path, code=3)
        assert f"By hand: download https://huggingface.co/{PATH} where that is possible" in done.stderr
        assert "lastmile model use FILE" in done.stderr
    done = lastmile("model", "pull", ENTRY.name, env=env | {"HF_ENDPOINT": "nonsense"}, cwd=tmp_path, code=3)
    assert 'HF_ENDPOINT is "nonsense", and that is no address of a hub' in done.stderr
    done = lastmile("model", "pull", ENTRY.name, env=env | {"HF_ENDPOINT": "http://127.0.0.1:9"}, cwd=tmp_path, code=3)
    assert "The hub that HF_ENDPOINT names, http://127.0.0.1:9, cannot be reached" in done.stderr
    assert f'did you mean "{ENTRY.name}"?' in lastmile(
        "model", "pull", ENTRY.name[:-1], env=env, cwd=tmp_path, code=3
    ).stderr  # fmt: skip


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda data: data[:-1000], "is truncated: it has"),
        (lambda data: data[:3000], "it ends within its header"),
        (lambda data: data.replace(b"llama", b"lamma"), "unknown model architecture: 'lamma'"),
        (lambda _: b"version https://git-lfs.github.com/spec/v1\n", "is not a GGUF file"),
    ],
    ids=["truncated", "header", "architecture", "pointer"],
)
def test_a_file_that_cannot_be_used(damage: object, says: str, env: dict[str, str], tmp_path: Path, tiny: Path) -> None:
    assert callable(damage)
    file = tmp_path / "model.gguf"
    file.write_bytes(damage(tiny.read_bytes()))
    settings(env).write_text(SETTINGS)
    assert says in lastmile("model", "use", "model.gguf", env=env, cwd=tmp_path, code=3).stderr
    assert settings(env).read_text() == SETTINGS


def test_settings_that_cannot_be_changed(env: dict[str, str], tmp_path: Path, tiny: Path) -> None:
    settings(env).write_text("model = { idle = 5 }\n")
    done = lastmile("model", "use", str(tiny), env=env, cwd=tmp_path, code=3)
    assert f'write path = "{tiny}" by hand' in done.stderr


def test_what_stands_in_the_way_is_said(env: dict[str, str], tmp_path: Path, tiny: Path) -> None:
    settings(env).write_text("ladder = ['rules']\n[completion]\nenabled = false\n")
    way = env | {"LASTMILE_MODEL__PATH": "/other.gguf"}
    said = lastmile("model", "use", str(tiny), env=way, cwd=tmp_path, code=0).stdout
    assert "It does not count yet: LASTMILE_MODEL__PATH sets model.path too" in said
    assert "the ladder does not name the tier local" in said
    assert "completion.enabled is off" in said


def test_a_settings_file_that_is_not_there_yet(env: dict[str, str], tmp_path: Path, tiny: Path) -> None:
    place = tmp_path / "new" / "lastmile.toml"
    lastmile("model", "use", str(tiny), env=env | {"LASTMILE_CONFIG": str(place)}, cwd=tmp_path, code=0)
    assert place.read_text() == f'[model]\npath = "{tiny}"\n'


def test_another_programs_file_is_used_in_place(env: dict[str, str], tmp_path: Path, tiny: Path) -> None:
    file = Path(env["HOME"]) / ".lmstudio" / "models" / "a" / "b" / "tiny.gguf"
    file.parent.mkdir(parents=True)
    shutil.copy(tiny, file)
    lastmile("model", "use", "lmstudio:a/b/tiny.gguf", env=env, cwd=tmp_path, code=0)
    assert f'path = "{file}"' in settings(env).read_text()
    odd = file.parent / "[" / "b] :a: \x1b[2J.gguf"
    odd.parent.mkdir()
    odd.write_bytes(b"GGUF")
    listed = lastmile("model", "list", env=env, cwd=tmp_path, code=0).stdout
    assert "lmstudio:a/b/[/b] :a: \\x1b[2J.gguf" in listed
    assert re.search(r"^\* +lmstudio:a/b/tiny\.gguf +llama ", listed, re.MULTILINE)


def test_the_doctor_advises(env: dict[str, str], tmp_path: Path, tiny: Path) -> None:
    nvidia(tmp_path / "bin", "NVIDIA RTX 4090, 24564, 8.9")
    said = lastmile("doctor", env=env, cwd=tmp_path, code=0).stdout
    assert "NVIDIA RTX 4090 with 25.8 GB (CUDA)" in said
    assert "processors only, though there is NVIDIA RTX 4090" in said
    assert "-m pip install --force-reinstall --no-deps" in said
    assert "'llama-cpp-python>=" in said
    assert re.search(r"qwen2\.5-coder-\S+ is the best of the catalogue on processors, .*: lastmile model pull", said)
    cut = tmp_path / "cut.gguf"
    cut.write_bytes(tiny.read_bytes()[:-1000])
    settings(env).write_text(f'ladder = ["rules"]\n[model]\npath = "{cut}"\n')
    said = lastmile("doctor", env=env, cwd=tmp_path, code=1).stdout
    assert f"{cut} is truncated:" in said


def test_the_doctor_says_how_to_install_a_library_that_is_broken(env: dict[str, str], tmp_path: Path) -> None:
    broken = tmp_path / "broken" / "llama_cpp"
    broken.mkdir(parents=True)
    (broken / "__init__.py").write_text("raise ImportError('libllama.so: wrong ELF class')\n")
    with_it = env | {"PYTHONPATH": str(broken.parent)}
    said = lastmile("doctor", env=with_it, cwd=tmp_path, code=1, program=PROGRAM).stdout
    assert "llama-cpp-python cannot be loaded (libllama.so: wrong ELF class): install it again. By: " in said
    assert "/whl/cpu" in said


async def test_measuring(hosts: Runtime, tmp_path: Path) -> None:
    model = write_tiny(tmp_path / "tiny.gguf", context=2048)
    env = hosts.env | {"LASTMILE_MODEL__CONTEXT": "1024", "LASTMILE_MODEL__COMPLETION_CONTEXT": "1024"}
    env |= {"LASTMILE_MODEL__LINGER": "0.5", "LASTMILE_MODEL__THREADS": "1"}
    done = await asyncio.to_thread(lastmile, "model", "bench", str(model), env=env, cwd=tmp_path, code=0)
    for what in ("First answer", "Reading", "Saying", "A completion", "A key later"):
        assert re.search(rf"^{what} +\d", done.stdout, re.MULTILINE), done.stdout
    assert "with the start of its host and its load" in done.stdout
    assert "No model is set" in lastmile("model", "bench", env=hosts.env, cwd=tmp_path, code=3).stderr
