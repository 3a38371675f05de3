"""A project with an environment, made of files by hand: what installers leave, of every sort."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from attrs import evolve
from tests.support.judging import task_on

from lastmile.cascade.verdict import Ruling
from lastmile.tools.offload import Offload
from lastmile.verify.modules.check import ImportsCheck
from lastmile.verify.modules.modules import Modules

MINOR = sys.version_info.minor
PACKAGES = f".venv/lib/python3.{MINOR}/site-packages"
CONFIG = f"home = {Path(sys.base_prefix) / 'bin'}\nversion = 3.{MINOR}.1\n"

INSTALLED: Mapping[str, str] = {
    "requests/__init__.py": "from .sessions import Session\n",
    "requests/sessions.py": "",
    "requests/packages.py": "import sys\nfor n in ('urllib3',):\n    sys.modules[f'requests.packages.{n}'] = n\n",
    "requests-2.32.dist-info/METADATA": "",
    "six.py": "import sys\nsys.modules[__name__ + '.moves'] = object()\n",
    "yaml/__init__.py": "",
    "PyYAML-6.0.dist-info/METADATA": "",
    "PIL/__init__.py": "",
    "PIL/Image.py": "",
    "PIL/ImageFile.py": "",
    "cv2/__init__.py": "import importlib\n",
    "cv2/cv2.abi3.so": "",
    f"_speed.cpython-3{MINOR}-x86_64-linux-gnu.so": "",
    "attr/__init__.py": "",
    "attrs/__init__.py": "from attr import *\n",
    "typing_extensions.py": "",
    "google/protobuf/__init__.py": "",
    "google/auth/transport.py": "",
    "azure/__init__.py": "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n",
    "azure/core/__init__.py": "",
    "zope/interface/__init__.py": "",
    "zope.interface-7-nspkg.pth": "import sys, types, os;p = os.path.join(sys.prefix, *('zope',))\n",
    "setuptools/_vendor/packaging/__init__.py": "",
    "setuptools/__init__.py": "",
    "pkg_resources/__init__.py": "",
    "pkg_resources/extern/__init__.py": "import sys\nsys.meta_path.append(object())\n",
    "distutils-precedence.pth": "import os; __import__('_distutils_hack').add_shim()\n",
    "lazy/__init__.py": "def __getattr__(name):\n    return name\n",
    "lazy/part.py": "",
    "stretched/__init__.py": "__path__.append('/somewhere')\n",
    "strict/__init__.py": "from strict.one import first\n\nsecond = 2\n",
    "strict/one.py": "",
    "scikit_learn.libs/libgomp.so": "",
    "gone/__pycache__/x.pyc": "",
    "data/table.csv": "",
    "typedonly-stubs/__init__.pyi": "",
    "typedtoo.pyi": "",
    "here.pth": "# a comment\nnowhere/at/all\n../../../../linked\n",
    "__editable__.shopkit.pth": "import __editable___shopkit_finder; __editable___shopkit_finder.install()\n",
    "__editable___shopkit_finder.py": "MAPPING: dict[str, str] = {'shopkit': '{root}/kits/shopkit'}\n",
    "_mesonic.pth": "import _mesonic_editable_loader\n",
    "_mesonic_editable_loader.py": "install({'mesonic'}, '/build/nowhere')\n",
    "old.egg-link": "{root}/eggs\n.\n",
}

PROJECT: Mapping[str, str] = {
    "pyproject.toml": "[project]\ndependencies = ['requests[socks]>=2', 'PyYAML', 'pywin32; os_name == \"nt\"']\n"
    '[project.optional-dependencies]\ndocs = ["myst-parser"]\n[dependency-groups]\ntest = ["python-dateutil"]\n',
    "shop/__init__.py": "",
    "shop/prices.py": "from ._version import version\nimport orjson\n",
    "shop/deep/__init__.py": "from .tools import *\n",
    "shop/deep/tools.py": "",
    "src/core/__init__.py": "",
    "plain/one.py": "",
    "scripts/helpers/hidden.py": "",
    "docker/Dockerfile": "",
    "linked/linked_one.py": "",
    "kits/shopkit/__init__.py": "",
    "eggs/egged.py": "",
    "mod.py": "",
}


def write(root: Path, files: Mapping[str, str]) -> Path:
    """Write files below a folder; ``{root}`` in them stands for it."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("{root}", str(root)), encoding="utf-8")
    return root


def environment(root: Path, installed: Mapping[str, str], config: str = CONFIG) -> Path:
    """Make an environment of files below a folder, with our own python behind it."""
    write(root, {f"{PACKAGES}/{name}": text for name, text in installed.items()})
    write(root, {".venv/pyvenv.cfg": config})
    (root / ".venv" / "bin").mkdir(exist_ok=True)
    (root / ".venv" / "bin" / "python").symlink_to(sys.executable)
    return root


def checking(
    root: Path | None,
    offload: Offload,
    *,
    env: Mapping[str, str] | None = None,
    others: Mapping[Path, str] | None = None,
) -> ImportsCheck:
    """Make the check over a folder; its environment is the one in there, where there is one."""
    python = None if root is None else root / ".venv" / "bin" / "python"
    home = Path("/nowhere") if root is None else root / "home"
    found = python if python is not None and python.exists() else None
    return ImportsCheck(offload, Modules(root, lambda: found, home, env or {}, lambda: others or {}))


async def judged(check: ImportsCheck, folder: Path, draft: str, old: str = "", name: str = "mod.py") -> Ruling:
    """Judge a draft that puts a text below another."""
    task = task_on(old, folder)
    path = folder / name
    return await check.judge(evolve(task, snapshot=evolve(task.snapshot, path=path)), f"{old}{draft}\n")
