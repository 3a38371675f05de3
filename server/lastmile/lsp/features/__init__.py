"""What the server does for its client: a module a capability, each with ``register(server)``.

Handlers are free functions whose first parameter is called ``ls``: pygls hands the server in by
that name. A handler takes what it needs of a document before its first await.
"""
