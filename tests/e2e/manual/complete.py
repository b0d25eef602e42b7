"""Types a line into a shell on a terminal, presses TAB and then Enter, and prints what `moored` was called with.

    complete.py DIRECTORY SHELL [ARGUMENT…] -- LINE

In the directory is a program `moored` that writes its arguments to the file `called`. The shell's prompt ends with READY.
"""

import os
import pty
import select
import sys
import time

DEADLINE = time.monotonic() + 20
directory, *rest = sys.argv[1:]
shell, line = rest[: rest.index("--")], rest[rest.index("--") + 1]
called = os.path.join(directory, "called")
if os.path.exists(called):
    os.remove(called)

process, terminal = pty.fork()
if process == 0:
    os.environ["PATH"] = directory + os.pathsep + os.environ["PATH"]
    os.environ["TERM"] = "xterm"
    os.execvp(shell[0], shell)

seen = b""


def read(until):
    """Reads what the shell shows until something is so."""
    global seen
    while not until():
        if time.monotonic() > DEADLINE:
            sys.exit(f"nothing came of {line!r}; the terminal shows {seen!r}")
        if select.select([terminal], [], [], 0.05)[0]:
            try:
                seen += os.read(terminal, 4096)
            except OSError:
                sys.exit(f"the shell ended; the terminal shows {seen!r}")


read(lambda: b"READY" in seen)
os.write(terminal, line.encode() + b"\t\r")
read(lambda: os.path.exists(called))
with open(called, encoding="utf-8") as file:
    print(file.read().strip())
os.close(terminal)
os.waitpid(process, 0)
