"""What a docstring must say of its symbol, how the three conventions say it, and whether one does.

Everything here is a pure function over values, made to run in the worker process. Nothing here
knows the loop, a model or an editor; `tasks.docstring` joins it to them.

docstring_parser is not used, because it is lenient where a judge must not be: it forgets all but the
last of two sections of one title, gives up on the whole docstring for one entry that it cannot
read, does not know ``Keyword Args``, refuses types with blanks in ``:param``, and gives no lines.
The tests hold these readers against it where it is right.
"""
