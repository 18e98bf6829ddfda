"""Python's side of the bench `ipc`: reads a means, a way, a size and a number of messages from each line, answers with ns.

The other process is forked: what it is handed is open, and it needs to import nothing.
"""

import os
import sys
import time
from multiprocessing import get_context
from multiprocessing.shared_memory import SharedMemory

# Which Python starts by default differs between its versions and systems.
FORK = get_context("fork")
LARGEST = 1 << 20


class OfPipe:
    def __init__(self):
        self.receiver, self.sender = FORK.Pipe(duplex=False)

    def send(self, message):
        self.sender.send_bytes(message)

    def receive(self, size):
        return self.receiver.recv_bytes()


class OfQueue:
    def __init__(self):
        self.queue = FORK.Queue()

    def send(self, message):
        self.queue.put(message)

    def receive(self, size):
        return self.queue.get()


class OfMemory:
    """One place, and a flag that says whose it is; both sides spin on it."""

    def __init__(self):
        self.memory = SharedMemory(create=True, size=LARGEST + 1)
        self.memory.unlink()

    def send(self, message):
        buffer = self.memory.buf
        while buffer[LARGEST]:
            pass
        buffer[: len(message)] = message
        buffer[LARGEST] = 1

    def receive(self, size):
        buffer = self.memory.buf
        while not buffer[LARGEST]:
            pass
        message = bytes(buffer[:size])
        buffer[LARGEST] = 0
        return message


def stay_on(core):
    try:
        os.sched_setaffinity(0, {core})
    except (AttributeError, OSError):
        pass


def peer(asked, there, back):
    stay_on(1)
    while True:
        try:
            way, size, times = asked.recv()
        except EOFError:
            return
        if way == "one-way":
            message = b"m" * size
            for _ in range(times + 1):
                back.send(message)
        else:
            for _ in range(times):
                back.send(there.receive(size))


stay_on(0)
started = {}
for line in sys.stdin:
    means, way, size, times = line.split()
    size, times = int(size), int(times)
    if means not in started:
        kind = {"pipe": OfPipe, "queue": OfQueue, "memory": OfMemory}[means]
        there, back, (asked, ask) = kind(), kind(), FORK.Pipe(duplex=False)
        FORK.Process(target=peer, args=(asked, there, back), daemon=True).start()
        started[means] = there, back, ask
    there, back, ask = started[means]
    ask.send((way, size, times))
    message = b"m" * size
    if way == "one-way":
        back.receive(size)
    began = time.perf_counter_ns()
    for _ in range(times):
        if way != "one-way":
            there.send(message)
        back.receive(size)
    print(time.perf_counter_ns() - began, flush=True)
