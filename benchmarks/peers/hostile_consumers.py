"""A program of consumers that break the lease protocol in every way they can think of, some
hundred times a second, until it is ended.

Arguments: the socket of a camera, a number that decides what they do. Prints one JSON object at
the end of its standard input: `connections`.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import select
import socket
import sys
import time
from typing import Callable

from .lease_socket import hello

_MOST_OPEN = 40
_PAUSE = 0.002


def random_packets(s: socket.socket, choose: random.Random) -> None:
    for _ in range(choose.randrange(8)):
        s.send(choose.randbytes(choose.randrange(2000)))


def broken_hello(s: socket.socket, choose: random.Random) -> None:
    """Close to a request, so that it comes further than noise does."""
    message = bytearray(hello(leases=choose.randrange(1, 5)))
    for _ in range(choose.randrange(1, 4)):
        message[choose.randrange(len(message))] = choose.randrange(256)
    s.send(message[:choose.choice((len(message), choose.randrange(len(message))))])


def noise_after_hello(s: socket.socket, choose: random.Random) -> None:
    s.send(hello())
    random_packets(s, choose)


def releases_of_nothing(s: socket.socket, choose: random.Random) -> None:
    s.send(hello())
    for _ in range(20):
        s.send(b"\x02\0\0\0\x10\0\0\0" + choose.randbytes(8))


def second_hello(s: socket.socket, _: random.Random) -> None:
    s.send(hello())
    s.send(hello())


def unasked_descriptors(s: socket.socket, choose: random.Random) -> None:
    socket.send_fds(s, [hello() if choose.random() < 0.5 else choose.randbytes(56)],
                    [s.fileno()] * choose.randrange(1, 20))


def half_closed(s: socket.socket, choose: random.Random) -> None:
    s.send(hello())
    s.shutdown(choose.choice((socket.SHUT_RD, socket.SHUT_WR)))


def silence(_: socket.socket, __: random.Random) -> None:
    """Connected, and no word."""


MISDEEDS: tuple[Callable[[socket.socket, random.Random], None], ...] = (
    random_packets, broken_hello, noise_after_hello, releases_of_nothing, second_hello,
    unasked_descriptors, half_closed, silence)


def main() -> None:
    path, choose = sys.argv[1], random.Random(int(sys.argv[2]))
    connections = 0
    still_open: list[socket.socket] = []
    while not select.select([sys.stdin], [], [], 0)[0]:
        s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        s.setblocking(False)
        # What is sent to one who has hung up already is what the misdeed deserves.
        with contextlib.suppress(OSError):
            s.connect(path)
            connections += 1
            choose.choice(MISDEEDS)(s, choose)
        still_open.append(s)
        while len(still_open) > _MOST_OPEN:
            still_open.pop(choose.randrange(len(still_open))).close()
        time.sleep(_PAUSE)
    print(json.dumps({"connections": connections}), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
