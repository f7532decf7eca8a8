"""A pipe from a child process, of which this side can tell that it has read everything."""

import os
import secrets
import threading
from collections.abc import Callable


class LinePipe:
    """Lines that a child process writes, read in a thread as they come.

    This side keeps the writing end open as well, and writes marks to it. When it reads a mark,
    it has read everything that was written before, however long that took. It does not matter
    whether the child has ended, or has left a process behind that keeps the pipe open.
    """

    def __init__(self, receive: Callable[[bytes], None]) -> None:
        """Start to read. `receive` gets each line without its end."""
        self._receive = receive
        self._mark = b"\0" + secrets.token_hex(16).encode()
        self._marks_read = 0
        self._mark_read = threading.Condition()
        reader, writer = os.pipe()
        self._writer = os.fdopen(writer, "wb", buffering=0)
        threading.Thread(target=self._read, args=[reader], daemon=True).start()

    def fileno(self) -> int:
        """Return the descriptor that the child writes to."""
        return self._writer.fileno()

    def drain(self) -> None:
        """Wait until everything that has been written so far is received."""
        wanted = self._marks_read + 1
        self._writer.write(self._mark + b"\n")
        with self._mark_read:
            self._mark_read.wait_for(lambda: self._marks_read == wanted)

    def close(self) -> None:
        """Stop reading as soon as the child and all that it has started are gone."""
        self._writer.close()

    def _read(self, reader: int) -> None:
        with os.fdopen(reader, "rb") as lines:
            for line in lines:
                text, mark, _ = line.rstrip(b"\r\n").partition(self._mark)
                if text or not mark:
                    self._receive(text)
                if mark:
                    with self._mark_read:
                        self._marks_read += 1
                        self._mark_read.notify_all()
