"""The editor's door: decodes what a client sends, calls the service, encodes what comes back.

The only room that imports pygls and lsprotocol. Nothing here drafts, judges or prices.
"""
