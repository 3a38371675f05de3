"""The settings as a tree of small frozen classes, defaults inline.

The docstring under each field is its documentation: the generated tables are made of them. Two
marks say what a file in a project may do, since a project may come from anyone: `USER` fields are
ignored there (they name programs to run, places to send text to, or loosen consent), and `TIGHTEN`
fields may only become stricter there.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from attrs import field, frozen

from lastmile.cascade.policy import Paid

USER: Mapping[str, Any] = {"from_project": "never"}
TIGHTEN: Mapping[str, Any] = {"from_project": "tighten"}


class Diagnostics(Enum):
    """Which diagnostics the server shows."""

    ALL = "all"
    OWN = "own"
    OFF = "off"


class Provider(Enum):
    """Who serves the Claude models."""

    ANTHROPIC = "anthropic"
    BEDROCK = "bedrock"
    VERTEX = "vertex"


class Convention(Enum):
    """How a docstring lists parameters, returns and errors."""

    AUTO = "auto"
    GOOGLE = "google"
    NUMPY = "numpy"
    REST = "rest"


@frozen
class Price:
    """US dollars for a million tokens."""

    input: float
    output: float
    cache_read: float | None = None
    """Empty: a tenth of input."""

    cache_write: float | None = None
    """For five minutes. Empty: 1.25 times input; the one-hour cache is always 2 times input."""


@frozen
class TierSettings:
    """How a tier drafts."""

    model: str = ""
    """The provider's id of the model."""

    max_tokens: int = 8192
    """The longest reply, in tokens; the worst case of a call is priced by it."""

    samples: int = 1
    """Drafts made from the same evidence; where no hard oracle judges, most of them must agree."""

    retries: int = 1
    """Further tries with the findings of the one before."""

    price: Price | None = None
    """Replaces the built-in price of the model."""

    timeout: float = 60.0
    """Seconds for one call, retries of the network included."""


@frozen
class Tiers:
    """The tiers that come with Lastmile."""

    rules: TierSettings = TierSettings(samples=1, retries=0)
    local: TierSettings = TierSettings(samples=3, retries=1, max_tokens=2048)
    haiku: TierSettings = TierSettings(model="claude-haiku-5-5")
    sonnet: TierSettings = TierSettings(model="claude-sonnet-5-5")
    opus: TierSettings = TierSettings(model="claude-opus-5-5")
    fable: TierSettings = TierSettings(model="claude-fable-5-2")


@frozen
class Claude:
    """How the Claude models are reached."""

    provider: Provider = field(default=Provider.ANTHROPIC, metadata=USER)
    """``anthropic``, ``bedrock`` or ``vertex``; the latter two need the extra of that name."""

    base_url: str = field(default="", metadata=USER)
    """Replaces the provider's address; empty for its own."""

    key_variable: str = field(default="ANTHROPIC_API_KEY", metadata=USER)
    """The environment variable that holds the API key. The key itself is never a setting."""

    region: str = field(default="", metadata=USER)
    """For Bedrock and Vertex."""

    project: str = field(default="", metadata=USER)
    """For Vertex."""

    cache_ttl: str = "5m"
    """How long the provider keeps the cached part of a prompt: ``5m`` or ``1h``."""


@frozen
class OpenAIServer:
    """A server that speaks the OpenAI chat API: llama-server, Ollama, LM Studio, vLLM."""

    url: str = ""
    """The API's root, ``http://127.0.0.1:8080/v1``."""

    model: str = ""
    """As the server names it; empty for the first that it lists."""

    key_variable: str = ""
    """The environment variable that holds its key; empty for none."""

    ours: bool = False
    """The server is yours or your team's: text may be sent there without asking. A server on this machine always is."""

    max_tokens: int = 2048
    samples: int = 3
    retries: int = 1
    timeout: float = 60.0
    price: Price | None = None
    """Empty: it costs nothing."""


@frozen
class Budget:
    """The most that may be spent, in US dollars. Reserved before each call, over all processes."""

    task: float = field(default=0.25, metadata=TIGHTEN)
    day: float = field(default=5.0, metadata=TIGHTEN)
    month: float = field(default=50.0, metadata=TIGHTEN)


@frozen
class KindSettings:
    """How the tasks of one kind are treated."""

    enabled: bool = True
    start: str = ""
    """The tier to begin with; empty for the first of the ladder."""

    deadline: float | None = None
    """Seconds for the whole task; empty for the kind's own."""


@frozen
class Privacy:
    """What may leave this machine, and what is written down about files."""

    never_send: tuple[str, ...] = (".env*", "*.pem", "*.key", "id_*", "*secret*", "*credential*", ".netrc", ".npmrc", ".pypirc")
    """Globs of files, by name or by path from the workspace folder, that no tier off this machine is shown."""

    redact: bool = field(default=True, metadata=USER)
    """Replace what looks like a key, a token or a password before text is sent, and put it back in the reply."""

    plain_paths: bool = field(default=False, metadata=USER)
    """Write file paths into the ledger as they are; otherwise only their hash."""


@frozen
class Ruff:
    """How ruff is run."""

    path: str = field(default="", metadata=USER)
    """The ruff to run; empty for the one that is installed beside Lastmile."""

    timeout: float = 10.0
    """Seconds for one run."""


@frozen
class Docstring:
    """How docstrings are written."""

    convention: Convention = Convention.AUTO
    """``auto`` takes ruff's ``pydocstyle.convention``, else what the file's own docstrings follow, else google."""


@frozen
class Settings:
    """Everything that can be set."""

    paid: Paid = field(default=Paid.ASK, metadata=TIGHTEN)
    """Whether tiers that cost money or send text away may be used: ``ask``, ``auto`` or ``never``."""

    climb_paid: bool = field(default=False, metadata=USER)
    """Whether a dearer paid tier may follow a refused one without asking again."""

    ladder: tuple[str, ...] = field(default=("rules", "local", "sonnet", "opus"), metadata=USER)
    """The tiers that tasks may use, cheapest first: ``rules``, ``local``, ``haiku``, ``sonnet``, ``opus``, ``fable``, and the names under ``openai``."""

    diagnostics: Diagnostics = Diagnostics.ALL
    """``all``: syntax errors and ruff's findings. ``own``: only hints of ours. ``off``: none, and ruff's findings are still offered fixes."""

    budget: Budget = Budget()
    tiers: Tiers = Tiers()
    claude: Claude = Claude()
    openai: Mapping[str, OpenAIServer] = field(factory=dict, metadata=USER)
    """Servers by the name that they have in the ladder."""

    tasks: Mapping[str, KindSettings] = field(factory=dict)
    """Settings by kind: ``fix``, ``fix-all``, ``docstring``, ``instruct``."""

    privacy: Privacy = Privacy()
    ruff: Ruff = Ruff()
    docstring: Docstring = Docstring()

    def kind(self, name: str) -> KindSettings:
        """Look up how tasks of the kind are treated."""
        return self.tasks.get(name, KindSettings())
