"""Row 7: results in order, and the row's fault, result() right after submit: one task at a time.

Prints:
    result() after each submit: right results, 1 task at once at the most
    all submitted first: right results, 10 tasks at once at the most
    map: right results, 10 tasks at once at the most
"""
import threading
from concurrent.futures import ThreadPoolExecutor

NUMBERS = range(50)


class Tasks:
    """Squares numbers, and counts how many do so at once; the first ten may meet."""

    def __init__(self, meeting=None):
        self.lock, self.meeting = threading.Lock(), meeting
        self.now = self.most = 0

    def square(self, number):
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        if self.meeting and number < 10:
            self.meeting.wait()
        with self.lock:
            self.now -= 1
        return number * number


def show(how, collect, meeting=None):
    tasks = Tasks(meeting)
    with ThreadPoolExecutor(max_workers=10) as pool:
        results = collect(pool, tasks.square)
    right = "right" if results == [n * n for n in NUMBERS] else "wrong"
    at_once = f"{tasks.most} task{'s' if tasks.most > 1 else ''} at once"
    print(f"{how}: {right} results, {at_once} at the most")


def one_at_a_time(pool, task):
    return [pool.submit(task, number).result() for number in NUMBERS]


def in_order(pool, task):
    futures = [pool.submit(task, number) for number in NUMBERS]
    return [future.result() for future in futures]


if __name__ == "__main__":
    show("result() after each submit", one_at_a_time)
    show("all submitted first", in_order, threading.Barrier(10))
    show("map", lambda pool, task: list(pool.map(task, NUMBERS)), threading.Barrier(10))
