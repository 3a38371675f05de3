"""The program that compares texts by what they do, for the project's interpreter; it is shipped as text.

It runs the project's tests so that the probe can record their calls, each test with a deadline of its
own, and hands the probe what it needs. Standard library and pytest only.
"""

PROGRAM = """
import json, os, signal, sys

request = json.loads(sys.stdin.readline())
out = os.fdopen(os.dup(1), "w")
nothing = os.open(os.devnull, os.O_RDWR)
for stream in (0, 1, 2):
    os.dup2(nothing, stream)

import pytest


class Late(BaseException):
    pass


def late(*_signal):
    raise Late("the test went on past its deadline")


class Begins:
    def __init__(self, begin):
        self.begin = begin

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_call(self, item):
        self.begin()
        signal.setitimer(signal.ITIMER_PROF, request["test_seconds"])
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)


def run_tests(begin):
    signal.signal(signal.SIGPROF, late)
    flags = ["-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:xdist", "-p", "no:cov"]
    try:
        pytest.main([*flags, "-o", "addopts=", *request["tests"]], plugins=[Begins(begin)])
    except Late:
        pass


space = {"__name__": "lastmile_probe"}
exec(compile(request["scripts"]["probe"], "lastmile_probe", "exec"), space)
space["main"](request, run_tests, out)
out.flush()
"""
