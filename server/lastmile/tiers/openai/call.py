"""One call of an OpenAI chat server for one task: the request of each sample, and its draft.

The samples of a call share the prompt, the way back from what was taken out of it, and the meter.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from math import inf
from types import MappingProxyType

from attrs import field, frozen

from lastmile.cascade.draft import Draft, Usage
from lastmile.cascade.protocols import DraftRequest
from lastmile.config.tree import OpenAIServer
from lastmile.errors import TierError
from lastmile.ledger.prices import Rates
from lastmile.model.values import Urgency
from lastmile.tiers.egress import Cleared, Egress
from lastmile.tiers.openai.errors import UnreachableError
from lastmile.tiers.openai.reply import Hearing, Reply
from lastmile.tiers.openai.shape import shape
from lastmile.tiers.openai.wire import Wire
from lastmile.tiers.prompt import FRAMING, Prompt, Style, compose, count_tokens, reply_limit, style_for
from lastmile.tiers.redact import Redacted, without_control_tokens
from lastmile.tiers.replies import read
from lastmile.tiers.reserve import room

Maker = Callable[[], Awaitable[Draft]]
"""Makes one sample."""

_WARM = 0.7
"""The temperature of every sample after the first, which is drawn at 0."""

_BEHIND: Mapping[str, str] = MappingProxyType({"urgency": Urgency.BACKGROUND.name.lower()})
"""What tells our own host that nobody waits."""

CHARACTERS_A_TOKEN = 6
"""More than tokens of code have on average: a reply that is longer has run away."""


@frozen
class Terms:
    """Whom a call goes to, and on which terms."""

    server: OpenAIServer
    tier: str
    model: str
    egress: Egress | None
    """The gate; None where the server is on this machine."""

    rates: Rates | None
    """None where nothing is paid for."""

    ours: bool = False
    """Whether it is our own host, which can hold a reply to a grammar."""

    def affordable(self, composed: Prompt, sent: Prompt) -> int:
        """Shorten the reply where placeholders made the prompt longer than the one that was priced."""
        if self.rates is None:
            return self.server.max_tokens
        more = max(0, size(sent) - size(composed))
        one, rest = (self.rates.cost(usage) for usage in (Usage(output=1), Usage(input=more)))
        return room(self.server.max_tokens, tier=self.tier, more=rest, token=one)


@frozen
class Call:
    """What the samples of one call share."""

    request: DraftRequest
    wire: Wire
    terms: Terms
    style: Style
    cleared: Cleared
    plain: Redacted
    """The prompt as it is sent."""

    max_tokens: int
    """The longest reply that the money set aside pays for."""

    gate: asyncio.Event = field(factory=asyncio.Event)
    """Set as soon as further samples may start."""

    replies: list[Hearing] = field(factory=list)
    handed_out: list[Draft] = field(factory=list)

    async def sample(self, number: int) -> Draft:
        """Draw one sample, counted from 0. Raises `TierError`."""
        reply = self.reply()
        await self.draw(reply, temperature=self.warmth(number))
        return await asyncio.to_thread(self.draft, reply, number)

    async def draw(self, reply: Hearing, heard: Callable[[], None] = lambda: None, **how: object) -> None:
        """Send one request and fill ``reply``, calling ``heard`` after each piece. Raises `TierError`."""
        body = self._body(how)
        await self._log(body)

        def hear() -> None:
            self._heard(reply)
            heard()

        self.replies.append(reply)
        hear()
        try:
            async with deadline(self.wire, self.terms.server, seconds=self.request.seconds):
                await self.wire.chat(body, reply, hear)
        except UnreachableError:
            reply.usage = Usage()
            raise
        finally:
            hear()

    @staticmethod
    def warmth(number: int) -> float:
        """Give the temperature of a sample."""
        return _WARM if number else 0

    def _body(self, how: Mapping[str, object]) -> bytes:
        prompt = self.plain.prompt
        request = {
            "model": self.terms.model,
            "messages": [
                {"role": "system", "content": prompt.system},
                {"role": "user", "content": f"{prompt.document}\n{prompt.question}"},
            ],
            "max_tokens": self.max_tokens,
            "stream": True,
            "stream_options": {"include_usage": True},
            **(shape(self.request.task) if self.terms.ours else {}),
            **(_BEHIND if self.terms.ours and self.request.task.ahead else {}),
            **how,
        }
        return json.dumps(request).encode()

    def reply(self, *, prompt: bool = True) -> Reply:
        """Open a reply. A model may think for ``max_tokens``, but the answer itself is cut off early.

        ``prompt`` says whether the prompt's tokens are counted with it.
        """
        limit = reply_limit(self.request.task, style=self.style, most=self.max_tokens)
        usage = Usage(input=size(self.plain.prompt), estimated=True) if prompt else Usage(estimated=True)
        return Reply(limit * CHARACTERS_A_TOKEN, usage)

    async def _log(self, body: bytes) -> None:
        terms, host = self.terms, self.wire.address.host
        if terms.egress is not None:
            await terms.egress.log(
                self.request.task, self.cleared, host=host, tier=terms.tier, model=terms.model, body=body
            )

    def _heard(self, reply: Hearing) -> None:
        """Keep the meter current, and let the others start where they are needed whatever this one says."""
        self.request.meter.usage = self._total(self.replies) - self._total(self.handed_out)
        if reply.begun and not self.request.task.oracle.hard:
            self.gate.set()

    @staticmethod
    def _total(parts: Sequence[Hearing] | Sequence[Draft]) -> Usage:
        return sum((part.usage for part in parts), Usage())

    def hand_out(self, draft: Draft) -> Draft:
        """Take a draft's usage off the meter: from now on the draft itself carries it."""
        self.handed_out.append(draft)
        self.request.meter.usage -= draft.usage
        return draft

    def draft(self, reply: Reply, number: int) -> Draft:
        """Read a reply that has ended."""
        label = f"sample {number + 1} of {self.request.samples}" if self.request.samples > 1 else ""
        if defect := self._cut_off(reply):
            return Draft((), reply.usage, label, defect=defect)
        text = self.cleared.restore(self.plain.restore(reply.text))
        edits, defect = read(text, self.request.task, style=self.style)
        return Draft(edits, reply.usage, label, reply.confidence, defect=defect)

    def _cut_off(self, reply: Reply) -> str:
        if reply.too_long:
            return f"The reply ran on past {reply.most} characters, far more than the target calls for."
        if reply.finish == "length" and reply.reasoned and not reply.text.strip():
            return f"The model spent all {self.max_tokens} tokens on reasoning."
        if reply.finish == "length":
            return f"The reply was cut off at {self.max_tokens} tokens."
        return "The server's content filter stopped the reply." if reply.finish == "content_filter" else ""


def prepare(request: DraftRequest, wire: Wire, terms: Terms) -> Call:
    """Write the prompt and pass it through the gate; reads the whole file, so call it in a thread.

    Raises `TierError` where the policy keeps the file here, and where the prompt outgrew its price.
    """
    style = style_for(request.task, small_model=True)
    prompt = compose(request if terms.egress is None else terms.egress.allowed(request), style=style)
    cleared = Cleared(prompt) if terms.egress is None else terms.egress.clear(request.task, prompt)
    plain = without_control_tokens(cleared.prompt)
    return Call(request, wire, terms, style, cleared, plain, terms.affordable(prompt, plain.prompt))


def size(prompt: Prompt) -> int:
    """Estimate the tokens of a prompt, high."""
    return sum(map(count_tokens, (prompt.system, prompt.document, prompt.question))) + FRAMING


@asynccontextmanager
async def deadline(wire: Wire, server: OpenAIServer, *, seconds: float = inf) -> AsyncIterator[None]:
    """Bound what is done inside by the server's timeout and the task's time. Raises `TierError` when one has passed."""
    limit = min(server.timeout, seconds)
    try:
        async with asyncio.timeout(limit):
            yield
    except TimeoutError as error:
        setting = "the server's timeout setting" if limit == server.timeout else "the task's deadline"
        message = f"{wire.address.host} did not finish within {limit:.3g} s ({setting})."
        raise TierError(message) from error
