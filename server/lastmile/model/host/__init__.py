"""The process that owns the local model, for every editor window and any OpenAI client.

What a request means to a model is `model.engine`'s; how the process is found and started is `model.client`'s.
"""
