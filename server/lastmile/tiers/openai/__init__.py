"""The tier of any server that speaks the OpenAI chat API: llama-server, Ollama, LM Studio, vLLM."""

from lastmile.tiers.openai.tier import OpenAITier

__all__ = ["OpenAITier"]
