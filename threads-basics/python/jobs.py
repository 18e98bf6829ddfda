"""Row 1: three jobs of different kinds on three threads; three triple loops in three processes.

Prints:
    10x20x30: 6000
    5x90x3: 1350
    12x35x2: 840
    add up: 5000050000
    factorial: 120
    print: a line
"""
import multiprocessing
import threading
from concurrent.futures import ThreadPoolExecutor

LOOPS = ((10, 20, 30), (5, 90, 3), (12, 35, 2))
JOBS = {
    "add up": lambda: sum(range(1, 100_001)),
    "factorial": lambda: 5 * 4 * 3 * 2,
    "print": lambda: "a line",
}


def in_threads():
    all_are_there = threading.Barrier(3)

    def run(job):
        all_are_there.wait(20)  # none goes on before the last has begun
        return job()

    with ThreadPoolExecutor(max_workers=3) as pool:
        for name, result in zip(JOBS, pool.map(run, JOBS.values())):
            print(f"{name}: {result}")


def count(loops, all_are_there, results):
    all_are_there.wait(20)
    number = 0
    for _ in range(loops[0]):
        for _ in range(loops[1]):
            for _ in range(loops[2]):
                number += 1
    results.put((loops, number))


def in_processes():
    context = multiprocessing.get_context("fork")
    shared = all_are_there, results = context.Barrier(3), context.Queue()
    children = [context.Process(target=count, args=(loops, *shared)) for loops in LOOPS]
    for child in children:
        child.start()
    counted = dict(results.get(timeout=20) for _ in LOOPS)
    for child in children:
        child.join()
    for a, b, c in LOOPS:
        print(f"{a}x{b}x{c}: {counted[a, b, c]}")


if __name__ == "__main__":
    in_processes()
    in_threads()
