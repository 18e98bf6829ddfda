"""The experiments of the lesson `gil`, on the Python that runs this.

Arguments: the switch interval in ms, how many numbers to add up, how many reads, how long each
takes in ms.
"""

import platform
import sys
import threading
import time

interval, numbers, reads, read_ms = (int(argument) for argument in sys.argv[1:])
sys.setswitchinterval(interval / 1000)


def timed(threads, body):
    """Returns how many ms it takes to run `body(threads)` on `threads` threads."""
    started = [threading.Thread(target=body, args=(threads,)) for _ in range(threads)]
    began = time.perf_counter()
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    return 1000 * (time.perf_counter() - began)


def add_up(threads):
    left, total = numbers // threads, 0
    while left:
        total += left
        left -= 1


def read(threads):
    for _ in range(reads // threads):
        time.sleep(read_ms / 1000)


count = 0
UPDATES = 200_000


def count_plainly(_):
    global count
    for _ in range(UPDATES):
        count += 1


both = threading.Barrier(2)


def one():
    # Both threads have loaded `count`, and are here: waiting lets the interpreter's lock go.
    both.wait()
    return 1


def count_by_a_call(_):
    global count
    count += one()


def in_ms(body):
    return ", ".join(f"{timed(threads, body):.0f}" for threads in (1, 2, 4)) + " ms"


free = "" if getattr(sys, "_is_gil_enabled", lambda: True)() else ", built without the lock"
print(f"{platform.python_version()}{free}: {in_ms(add_up)}; io {in_ms(read)}")
timed(2, count_plainly)
plainly = f"+= 1 lost {2 * UPDATES - count} of {2 * UPDATES}"
count = 0
timed(2, count_by_a_call)
print(f"{plainly}, += one() lost {2 - count} of 2")
