"""A pytest plugin that writes each test's answer as a line of JSON, for `plain_bench`."""

import json
import os


def pytest_runtest_logreport(report) -> None:  # noqa: ANN001 - pytest's
    if report.when == "call" or report.outcome != "passed":
        answer = report.outcome if report.when == "call" or report.outcome == "skipped" else "error"
        if hasattr(report, "wasxfail"):
            answer = "passed" if report.outcome == "skipped" else "failed"
        said = {"id": report.nodeid, "answer": answer, "seconds": report.duration, "message": report.longreprtext}
        with open(os.environ["ANSWERS"], "a", encoding="utf-8") as file:  # noqa: PTH123 - no import that tests could shadow
            file.write(json.dumps(said) + "\n")
