"""What judges the kinds of task that change code: pure functions over two texts of a document.

Each module judges one kind: it is told the text before and after and what the task is about, and
gives findings. They are made to run in the worker process, and nothing that a text contains makes
them raise. What has to run code is asked for through `testing`; nothing here runs a draft, and
nothing here knows the loop, a model or an editor.
"""
