"""Asks the host's model one question whose answer keeps a JSON schema; nobody waits for it but who asked."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from typing import Any

import orjson
from attrs import frozen

from lastmile.errors import ModelError
from lastmile.model.bodies import body as written
from lastmile.model.lines import Lines
from lastmile.model.values import Urgency

_OK = 200


@frozen(eq=False)
class Asker:
    """Asks over the lines to a host."""

    lines: Lines
    most: int = 256
    """Tokens of an answer."""

    async def close(self) -> None:
        """Close the connections."""
        self.lines.close()

    async def __call__(self, question: str, schema: Mapping[str, Any]) -> str:
        """Give the answer, JSON. Raises `ModelError` where there is none, or none that came to its end."""
        body = {
            "messages": [{"role": "user", "content": question}],
            "max_tokens": self.most,
            "response_format": {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}},
            "urgency": Urgency.BACKGROUND.name.lower(),
        }
        with closing(await self.lines.ask("POST", "/v1/chat/completions", written(body))) as answer:
            said = orjson.loads(await answer.whole())
        if answer.status != _OK:
            message = f"The model did not answer: {said}."
            raise ModelError(message)
        (choice,) = said["choices"]
        if choice["finish_reason"] != "stop":
            message = f"The model's answer was cut off at {self.most} tokens."
            raise ModelError(message)
        return str(choice["message"]["content"])
