"""Claude through the anthropic SDK: Haiku, Sonnet, Opus and Fable, at Anthropic, on Bedrock or on Vertex.

`tier` drafts, `account` holds a key and its client, `client` is the only module that makes SDK
objects, `failures` and `retry` decide what a broken call means, `stream` reads answers and keeps
the meter. The SDK is imported on first use, in a thread; importing this package imports none of it.
"""
