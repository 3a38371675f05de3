"""The settings as a tree of small frozen classes, defaults inline.

The docstring under each field is its documentation: the generated tables are made of them. The
metadata says what a value must be beside its type, and what a file in a project may do, since a
project may come from anyone. A field without a mark may be set there freely. The mark of a table
holds for all that is in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from attrs import field, frozen

from lastmile.cascade.policy import Paid
from lastmile.config.ahead import AheadSettings
from lastmile.config.claude import Claude
from lastmile.config.completing import Completing
from lastmile.config.local import LocalModel, drafters
from lastmile.config.marks import ONLY_OFF, ONLY_ON, SECONDS, TIGHTEN, USER, Form, form, within
from lastmile.config.small_jobs import SmallJobs
from lastmile.config.verifying import Verify

_TOKENS = within(1, 64_000)
_SAMPLES = within(1, 8)
_RETRIES = within(0, 3)
_DOLLARS = within(0, 100_000)

LOCAL = "local"
"""The tier of the models that Lastmile runs itself."""


class Diagnostics(Enum):
    """Which diagnostics the server shows."""

    ALL = "all"
    OWN = "own"
    OFF = "off"


class Convention(Enum):
    """How a docstring lists parameters, returns and errors."""

    AUTO = "auto"
    GOOGLE = "google"
    NUMPY = "numpy"
    REST = "rest"


@frozen
class Price:
    """US dollars for a million tokens."""

    input: float = field(metadata=_DOLLARS)
    """US dollars for a million tokens read. A price needs this and ``output``."""

    output: float = field(metadata=_DOLLARS)
    """US dollars for a million tokens written."""

    cache_read: float | None = field(default=None, metadata=_DOLLARS)
    """For what is read from the provider's cache. Empty: a tenth of input."""

    cache_write: float | None = field(default=None, metadata=_DOLLARS)
    """For what is kept there for five minutes. Empty: 1.25 times input; the one-hour cache is always 2 times input."""


@frozen
class TierSettings:
    """How a tier drafts."""

    model: str = ""
    """The provider's id of the model."""

    max_tokens: int = field(default=8192, metadata=_TOKENS)
    """The longest reply, in tokens; the worst case of a call is priced by it."""

    samples: int = field(default=1, metadata=_SAMPLES)
    """Drafts made from the same evidence; where no hard oracle judges at least three, and most of them must agree."""

    retries: int | None = field(default=1, metadata=_RETRIES)
    """Further tries with the findings of the one before.

    Empty: one with a model of three billion parameters and more, and none with a smaller one, which gains
    nothing by it."""

    price: Price | None = None
    """Replaces the built-in price of the model."""

    timeout: float = field(default=60.0, metadata=SECONDS)
    """Seconds for one call, retries of the network included."""


@frozen
class LocalTier(TierSettings):
    """How the models of our own draft."""

    models: tuple[str, ...] = field(default=(), metadata=form(Form.MODELS))
    """For `local` alone: the models that draft, one after the other; empty for the one of `model.path`."""

    unsure_below: float = field(default=0.0, metadata=within(0, 1))
    """For `local` alone: the mean probability of a draft's tokens below which the next tier is asked at once
    when a check refused it. 0: never."""


@frozen
class Tiers:
    """The tiers that come with Lastmile and ask a model; ``rules`` has nothing to be set."""

    local: LocalTier = LocalTier(samples=3, retries=None, max_tokens=2048)
    haiku: TierSettings = TierSettings(model="claude-haiku-5-5")
    sonnet: TierSettings = TierSettings(model="claude-sonnet-5-5")
    opus: TierSettings = TierSettings(model="claude-opus-5-5")
    fable: TierSettings = TierSettings(model="claude-fable-5-2")


@frozen
class OpenAIServer:
    """A server that speaks the OpenAI chat API: llama-server, Ollama, LM Studio, vLLM."""

    url: str = field(default="", metadata=form(Form.URL))
    """The API's root, ``http://127.0.0.1:8080/v1``. A server needs it."""

    model: str = ""
    """As the server names it; empty for the first that it lists."""

    key_variable: str = field(default="", metadata=form(Form.VARIABLE))
    """The environment variable that holds its key; empty for none."""

    ours: bool = False
    """Whether the server is yours or your team's: text may be sent there without asking.

    A server on this machine always is."""

    max_tokens: int = field(default=2048, metadata=_TOKENS)
    """The longest reply, in tokens."""

    samples: int = field(default=3, metadata=_SAMPLES)
    """Drafts made from the same evidence, as for the tiers that come with Lastmile."""

    retries: int = field(default=1, metadata=_RETRIES)
    """Further tries with the findings of the one before."""

    timeout: float = field(default=60.0, metadata=SECONDS)
    """Seconds for one call, retries of the network included."""

    price: Price | None = None
    """Empty: it costs nothing."""


@frozen
class Budget:
    """The most that may be spent, in US dollars. Reserved before each call, over all processes."""

    task: float = field(default=0.5, metadata=_DOLLARS)
    """The most for one task. Where samples have to agree, three are reserved for."""

    day: float = field(default=5.0, metadata=_DOLLARS)
    """The most for one day."""

    month: float = field(default=50.0, metadata=_DOLLARS)
    """The most for one month."""


@frozen
class KindSettings:
    """How the tasks of one kind are treated."""

    enabled: bool = field(default=True, metadata=ONLY_OFF)
    """Whether tasks of the kind are offered."""

    start: str = field(default="", metadata={**USER, **form(Form.TIER)})
    """The tier to begin with, which skips those before it; empty for the first of the ladder."""

    # One that is too short cuts paid calls off, which are paid for all the same.
    deadline: float | None = field(default=None, metadata={**USER, **SECONDS})
    """Seconds for the whole task; empty for the kind's own."""


_NEVER_SEND = (
    ".env*",
    "*.pem",
    "*.key",
    "id_*",
    "*secret*",
    "*credential*",
    ".netrc",
    ".npmrc",
    ".pypirc",
)


@frozen
class Privacy:
    """What may leave this machine, and what is written down about files."""

    never_send: tuple[str, ...] = field(default=_NEVER_SEND, metadata=TIGHTEN)
    """Globs of files, by name or by path from the workspace folder, that no tier off this machine is shown.

    A list of yours replaces this one; a project's list is added to it."""

    redact: bool = field(default=True, metadata=ONLY_ON)
    """Replace what looks like a key, a token or a password before text is sent, and put it back in the reply."""

    plain_paths: bool = field(default=False, metadata=ONLY_OFF)
    """Write file paths into the ledger as they are; otherwise only their hash."""


@frozen
class Ruff:
    """How ruff is run."""

    path: str = field(default="", metadata=form(Form.PROGRAM))
    """The ruff to run; empty for the one that is installed beside Lastmile."""

    timeout: float = field(default=10.0, metadata=SECONDS)
    """Seconds for one run."""


@frozen
class Docstring:
    """How docstrings are written."""

    convention: Convention = Convention.AUTO
    """``auto`` takes ruff's ``pydocstyle.convention``, else what the file's own docstrings follow, else google."""


@frozen
class Settings(AheadSettings):
    """Everything that can be set."""

    paid: Paid = field(default=Paid.ASK, metadata=TIGHTEN)
    """Whether tiers that cost money or send text away may be used: ``ask``, ``auto`` or ``never``."""

    climb_paid: bool = field(default=False, metadata=ONLY_OFF)
    """Whether a dearer paid tier may follow a refused one without asking again."""

    ladder: tuple[str, ...] = field(
        default=("rules", "local", "sonnet", "opus"), metadata={**USER, **form(Form.LADDER)}
    )
    """The tiers that tasks may use, cheapest first.

    ``rules``, ``local``, ``haiku``, ``sonnet``, ``opus``, ``fable``, and the names under ``openai``."""

    diagnostics: Diagnostics = Diagnostics.ALL
    """``all``: syntax errors, ruff's findings and what only Lastmile finds. ``own``: only the last. ``off``: none.

    Lastmile alone finds where JSON, TOML and YAML do not parse or keep their schema, and shows tests that failed
    when it ran them last. Fixes for ruff's findings are offered all the same."""

    budget: Budget = field(default=Budget(), metadata=TIGHTEN)
    # A price that lies defeats the budget, and a timeout or a length that is too short makes the
    # free tiers fail, which leads to the paid ones.
    tiers: Tiers = field(default=Tiers(), metadata=USER)
    claude: Claude = field(default=Claude(), metadata=USER)
    openai: Mapping[str, OpenAIServer] = field(factory=dict, metadata=USER)
    """Servers by the name that they have in the ladder.

    One named ``local`` stands in for the local tier, and then ``openai.local`` counts and ``tiers.local`` does not."""

    # It names a file to load, and takes the machine's memory.
    model: LocalModel = field(default=LocalModel(), metadata=USER)
    tasks: Mapping[str, KindSettings] = field(factory=dict)
    """Settings by kind; `settings_page` lists the kinds."""

    privacy: Privacy = Privacy()
    # It names a program, and drafts that ruff had no time to judge are refused, which leads to the
    # paid tiers.
    ruff: Ruff = field(default=Ruff(), metadata=USER)
    verify: Verify = field(factory=Verify)
    docstring: Docstring = Docstring()
    completion: Completing = field(factory=Completing)
    # What it says decides how dear the tier is that is asked.
    jobs: SmallJobs = field(default=SmallJobs(), metadata=USER)

    def kind(self, name: str) -> KindSettings:
        """Look up how tasks of the kind are treated."""
        return self.tasks.get(name, KindSettings())

    @property
    def drafters(self) -> Mapping[str, LocalModel]:
        """The models of our own that draft, by their names in the ladder; none where a server stands in for them."""
        return {} if LOCAL in self.openai else drafters(LOCAL, self.model, self.tiers.local.models)

    @property
    def steps(self) -> tuple[str, ...]:
        """The ladder with each model of our own as a tier."""
        each = {name: tuple(self.drafters) if name == LOCAL else () for name in self.ladder}
        return tuple(step for name in self.ladder for step in each[name] or (name,))

    def tier(self, step: str) -> TierSettings | OpenAIServer | None:
        """Look up how a tier drafts, by its name among the steps; None for one that has nothing to be set."""
        name = LOCAL if step in self.drafters else step
        found: TierSettings | None = getattr(self.tiers, name, None)
        return self.openai.get(name) or found
