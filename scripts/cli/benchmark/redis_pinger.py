"""A client of Redis that measures how long its PINGs wait, in a separate process.

Started by path with the standard library alone (`python -I redis_pinger.py PORT`), so that it does
not share a processor with the client that it is to notice. Prints a line when it has begun and, at
the end of its standard input, the waits in seconds as JSON: at least one.
"""

import json
import socket
import sys
import threading
import time

HOST = "127.0.0.1"
PAUSE_SEC = 0.0005


def main() -> None:
    ended = threading.Event()
    waits: list[float] = []
    with socket.create_connection((HOST, int(sys.argv[1]))) as server:
        server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        print("begun", flush=True)
        threading.Thread(target=_wait_for_the_end, args=(ended,), daemon=True).start()
        while not (waits and ended.is_set()):
            begun = time.perf_counter()
            server.sendall(b"PING\r\n")
            answer = server.recv(64)
            waits.append(time.perf_counter() - begun)
            assert answer == b"+PONG\r\n", answer
            time.sleep(PAUSE_SEC)
    print(json.dumps(waits))


def _wait_for_the_end(ended: threading.Event) -> None:
    sys.stdin.read()
    ended.set()


if __name__ == "__main__":
    main()
