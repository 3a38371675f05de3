"""One key at one provider, and the client made with it; the tiers of an account share both.

A key that was refused is refused for every model, so that is remembered here and said once, as is
a model that does not exist. This
module sends nothing.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from attrs import define, field

from lastmile.config.claude import Claude, Provider
from lastmile.errors import TierOffError
from lastmile.tiers.claude.client import lacking, open_client

if TYPE_CHECKING:
    from lastmile.tiers.claude.client import Client


def _stripped(key: str) -> str:
    return key.strip()


@define(eq=False)
class Account:
    """What reaches the provider. Made anew when the settings or the environment change."""

    claude: Claude = field(factory=Claude)
    key: str = field(default="", converter=_stripped, repr=False)
    """The API key; empty where there is none. Bedrock and Vertex find their own credentials."""

    _off: dict[str, str] = field(factory=dict, init=False)
    """Why a model cannot be used any more, by model; the empty name stands for all of them."""

    _lacks: tuple[Provider, str] | None = field(default=None, init=False)
    """What the provider's extra lacks, once it was looked for."""

    _client: Client | None = field(default=None, init=False, repr=False)
    _opening: asyncio.Lock = field(factory=asyncio.Lock, init=False, repr=False)

    def missing(self, model: str) -> str:
        """Say what is lacking to use a model, or why it is off; empty when it can be used. Asks nobody."""
        if off := self._off.get("") or self._off.get(model):
            return off
        if self.claude.provider is not Provider.ANTHROPIC:
            return self._lacking()
        if not self.key:
            return f"no API key in {self.claude.key_variable}"
        if not (self.key.isascii() and self.key.isprintable() and " " not in self.key):
            return f"the API key in {self.claude.key_variable} holds characters that no key has"
        return ""

    def _lacking(self) -> str:
        """Look once whether a cloud's extra is installed; whether it has credentials only asking it can tell."""
        if self._lacks is None or self._lacks[0] is not self.claude.provider:
            self._lacks = self.claude.provider, lacking(self.claude.provider)
        return self._lacks[1]

    def turn_off(self, why: str, *, model: str = "") -> None:
        """Have a model, or all of them, be missing from now on."""
        self._off[model] = why.rstrip(".")

    def forgive(self) -> None:
        """Try again what was turned off: the person changed something."""
        self._off.clear()

    async def client(self) -> Client:
        """Give the client; the first call imports the SDK in a thread, which takes 1 to 2 seconds.

        Raises `TierOffError` where the provider cannot be reached as the settings say.
        """
        if self._client is None:
            async with self._opening:
                if self._client is None:
                    self._client = await self._open()
        return self._client

    async def _open(self) -> Client:
        try:
            return await asyncio.to_thread(open_client, self.claude, self.key)
        except TierOffError as error:
            self.turn_off(str(error))
            raise

    def scrub(self, text: str) -> str:
        """Take the key out of a text, should a provider or a proxy repeat it."""
        return text.replace(self.key, "[key]") if self.key else text

    async def close(self) -> None:
        """Close the connections; a later call opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()
