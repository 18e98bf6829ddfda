"""Beyond row 8: a cache that two threads ask for one key, which it has to load first.

Prints:
    check, then load: 2 loads, both got 7
    a future for each key: 1 load, both got 7
    a load that fails: 1 load, both got ValueError; asked again: 7
"""
import threading
from concurrent.futures import Future, ThreadPoolExecutor


class Source:
    def __init__(self, fails=0):
        self.loads, self.fails, self.asked, self.both = [], fails, [], threading.Event()

    def come(self):
        self.asked.append(1)
        if len(self.asked) == 2: self.both.set()

    def load(self, key):
        self.both.wait(20)  # a load takes until the other thread has asked
        self.loads.append(1)
        if len(self.loads) <= self.fails: raise ValueError(key)
        return 7


def check_then_load(cache, _, source, key="a"):
    if key not in cache:
        source.come()
        cache[key] = source.load(key)
    return cache[key]


def single_flight(cache, lock, source, key="a"):
    with lock:
        is_first = key not in cache
        future = cache.setdefault(key, Future())
        source.come()
    if is_first:
        try:
            future.set_result(source.load(key))
        except Exception as error:
            del cache[key]  # the next thread that asks loads again
            future.set_exception(error)
    return future.result()


def ask_twice(how, get, source):
    cache, lock = {}, threading.Lock()
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(get, cache, lock, source) for _ in range(2)]
    got = {type(each.exception()).__name__ if each.exception() else each.result() for each in both}
    print(f"{how}: {len(source.loads)} load{'s' * (len(source.loads) - 1)}, both got", *got, end="")
    print(f"; asked again: {get(cache, lock, source)}" if source.fails else "")


if __name__ == "__main__":
    ask_twice("check, then load", check_then_load, Source())
    ask_twice("a future for each key", single_flight, Source())
    ask_twice("a load that fails", single_flight, Source(fails=1))
