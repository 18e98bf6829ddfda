"""Starts threads and processes by turns, and prints the median of each in us, and the start method."""
import multiprocessing
import statistics
import sys
import threading
import time


def took(kind):
    began = time.perf_counter()
    child = kind(target=int)
    child.start()
    child.join()
    return (time.perf_counter() - began) * 1e6


starts = int(sys.argv[1])
kinds = threading.Thread, multiprocessing.Process
rounds = [[took(kind) for kind in kinds] for _ in range(starts)]
medians = [statistics.median(times) for times in zip(*rounds)]
print("thread %.0f µs, process by %s %.0f µs" % (medians[0], multiprocessing.get_start_method(), medians[1]))
