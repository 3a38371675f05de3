"""A language server of long ago: it says its version, and does nothing else."""

from __future__ import annotations

import json
import re
import sys


def main() -> None:
    while header := sys.stdin.buffer.readline():
        found = re.match(rb"Content-Length: (\d+)", header)
        if not found:
            continue
        sys.stdin.buffer.readline()
        asked = json.loads(sys.stdin.buffer.read(int(found[1])))
        if asked.get("method") == "exit":
            return
        if "id" in asked:
            about = {"capabilities": {}, "serverInfo": {"name": "lastmile", "version": "0.0.1"}}
            body = json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": about}).encode()
            sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
            sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
