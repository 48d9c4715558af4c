"""Runs a server for as long as its own standard input is open, so that no server outlives the tests that asked for it.

Started as a program with the user and group to run as (empty for its own), the signal that ends the server, and the
server's command; writes the server's process id, and ends when the server has ended.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Sequence


def main(arguments: Sequence[str]) -> int:
    """Start the server, end it when the standard input is closed, and return its exit code."""
    user, group, signal, *command = arguments
    identity = {"user": int(user), "group": int(group), "extra_groups": []} if user else {}
    # A session of its own: the interrupt key is for the tests, which then end the server in good order.
    server = subprocess.Popen(  # type: ignore[call-overload]
        command, cwd="/", stdin=subprocess.DEVNULL, stdout=2, start_new_session=True, **identity
    )

    def end() -> None:
        os.read(0, 1)
        server.send_signal(int(signal))

    os.write(1, b"%d\n" % server.pid)
    threading.Thread(target=end, daemon=True).start()
    return int(server.wait())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
