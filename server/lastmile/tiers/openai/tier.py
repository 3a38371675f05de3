"""The tier of any server that speaks the OpenAI chat API: llama-server, Ollama, LM Studio, vLLM.

A server on this machine is free and sees the text as it is. Any other goes through the egress gate:
policy, redaction and the log, even where the settings call it ours. The prompt, the reply format
and the judging are not this module's.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing, contextmanager, suppress
from functools import partial
from math import inf
from typing import TYPE_CHECKING

from attrs import define, field

from lastmile.cascade.draft import Draft, Usage
from lastmile.cascade.protocols import DraftRequest, Evidence, Meter
from lastmile.cascade.task import Task
from lastmile.config.tree import OpenAIServer
from lastmile.errors import TierError, TierOffError
from lastmile.ledger.prices import Rates
from lastmile.tiers.egress import Egress
from lastmile.tiers.openai.call import CHARACTERS_A_TOKEN, Terms, deadline, prepare, size
from lastmile.tiers.openai.errors import Address, UnknownModelError, UnreachableError, unknown_model
from lastmile.tiers.openai.together import makers as together
from lastmile.tiers.openai.wire import Wire
from lastmile.tiers.prompt import compose, style_for
from lastmile.tiers.samples import finished

if TYPE_CHECKING:
    import httpx2

DOWN_SECONDS = 10.0
"""How long a server that did not answer is taken for absent without being asked again."""


@define(eq=False)
class OpenAITier:
    """Drafts by one server. Keeps its connections open until `close`."""

    name: str
    server: OpenAIServer
    egress: Egress
    rates: Rates | None = None
    """Where the settings give a price; otherwise it costs nothing."""

    key: str = field(default="", repr=False)
    clock: Callable[[], float] = time.monotonic
    connection: Callable[[], httpx2.AsyncBaseTransport] | None = field(default=None, repr=False)
    """Makes the way to the host of our own model; None for servers that have an address."""

    repairs_from: int = 0
    """Parameters from which a model gains from being shown what was wrong with its draft; 0 for any model."""

    wire: Wire = field(init=False)
    _listed: str = field(default="", init=False)
    """The first model that the server listed, where the settings name none."""

    _parameters: int | None = field(default=None, init=False)
    """How large the model is, 0 where nobody says; None until it was asked for."""

    _off: str = field(default="", init=False)
    """Why it cannot be used until the settings change."""

    _down: tuple[float, str] | None = field(default=None, init=False)
    """When a server that did not answer was asked last, and what was said then."""

    def __attrs_post_init__(self) -> None:
        """Note the address; nothing is opened."""
        name = "" if self.connection is None else "the local model's host"
        self.wire = Wire(Address(self.server.url, self.server.key_variable, name), self.key.strip(), self.connection)

    @property
    def model(self) -> str:
        """The model's id; empty until the server has listed one, where the settings name none."""
        return self.server.model or self._listed

    @property
    def local(self) -> bool:
        """Whether nothing leaves this machine."""
        return self.wire.address.local

    @property
    def free(self) -> bool:
        """Whether it has no price, and the text stays on this machine or with a server of the person's own."""
        return self.rates is None and (self.local or self.server.ours)

    @property
    def retries(self) -> float:
        """As many as settings have it, and none with a model that is too small, or of a size that nobody says."""
        return inf if (self._parameters or 0) >= self.repairs_from else 0

    def absent(self, task: Task) -> str:
        """Say why the tier cannot draft now; goes by what is known and asks nobody."""
        known = (self.wire.address.defect if self.server.url else "no url is set") or self._off
        if known:
            return known
        if self.server.key_variable and not self.key:
            return f"{self.server.key_variable} is not set"
        if self._down is not None and self.clock() - self._down[0] < DOWN_SECONDS:
            return self._down[1]
        if len(task.target) > self.server.max_tokens * CHARACTERS_A_TOKEN:
            return f"the target is too long for a reply of {self.server.max_tokens} tokens"
        return "" if self.local else self.egress.refusal(task.snapshot)

    def worst_case(self, task: Task, evidence: Evidence, *, samples: int) -> float:
        """Give the most that one call can cost: every sample as long as the settings allow."""
        if self.rates is None:
            return 0.0
        request = DraftRequest(task, evidence, Meter())
        prompt = compose(self.egress.allowed(request), style=style_for(task, small_model=True))
        usage = Usage(input=size(prompt), output=self.server.max_tokens)
        return self.rates.cost(usage) * samples

    def cost(self, usage: Usage) -> float:
        """Price what a call used."""
        return 0.0 if self.rates is None else self.rates.cost(usage)

    async def drafts(self, request: DraftRequest) -> AsyncGenerator[Draft, None]:
        """Make drafts, each handed out as it finishes.

        The first sample is drawn alone. Where a hard oracle judges, the others follow when it was
        refused; where samples have to agree, as soon as the server has read the prompt.
        """
        with self._remembering():
            try:
                model = await self._model()
                await self._learn()
                egress = None if self.local else self.egress
                ours = self.connection is not None
                terms = Terms(self.server, self.name, model, egress, self.rates, ours)
                call = await asyncio.to_thread(prepare, request, self.wire, terms)
                makers = together(call) if ours else [partial(call.sample, each) for each in range(request.samples)]
                async with aclosing(finished(makers, call.gate)) as drafts:
                    async for draft in drafts:
                        yield call.hand_out(draft)
            except UnknownModelError as error:
                raise unknown_model(self.wire.address, self.model, await self._names()) from error

    async def models(self) -> tuple[str, ...]:
        """List the models that the server names. Raises `TierError`."""
        async with deadline(self.wire, self.server):
            return tuple(each.name for each in await self.wire.models())

    async def close(self) -> None:
        """Close the connections; a later call opens new ones."""
        await self.wire.close()

    async def _model(self) -> str:
        if not self.model:
            listed = await self.models()
            if not listed:
                message = f"{self.wire.address.root} lists no model. Load one, or name one in the settings."
                raise TierError(message)
            self._listed = listed[0]
        return self.model

    async def _learn(self) -> None:
        """Ask once how large the model is, where that matters. Who cannot say will say why when asked for a draft."""
        if not self.repairs_from or self._parameters is not None:
            return
        with suppress(TierError):
            async with deadline(self.wire, self.server):
                listed = await self.wire.models()
            self._parameters = next((each.parameters for each in listed if each.name == self.model), 0)

    async def _names(self) -> tuple[str, ...]:
        try:
            return await self.models()
        except TierError:
            return ()

    @contextmanager
    def _remembering(self) -> Iterator[None]:
        """Keep what `absent` goes by: that nobody answers, or that the settings are wrong."""
        try:
            yield
        except UnreachableError as error:
            self._down = (self.clock(), str(error))
            raise
        except TierOffError as error:
            self._off = str(error)
            raise
