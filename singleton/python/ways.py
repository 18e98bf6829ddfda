"""Row 8: a metaclass, a decorator, functools.lru_cache: which are thread-safe.

Prints:
    metaclass with a lock: 1 built by 5 threads
    decorator without a lock: 5 built by 5 threads
    functools.lru_cache: 5 built by 5 threads
"""
import contextlib
import functools
import threading


class Once(type):  # a metaclass: decides whether `__new__` and `__init__` run at all
    instances, lock = {}, threading.Lock()

    def __call__(cls, *args):
        with Once.lock:
            if cls not in Once.instances:
                Once.instances[cls] = super().__call__(*args)
        return Once.instances[cls]


def once(cls):  # a decorator: what bears the class's name from now on is a function
    instances = []

    def instance(*args):
        if not instances:
            instances.append(cls(*args))
        return instances[0]

    return instance


def built_by_five(make, seconds):
    together, built = threading.Barrier(5), []

    def construct(_self):
        built.append(1)
        with contextlib.suppress(threading.BrokenBarrierError):
            together.wait(timeout=seconds)  # until all five construct, or for a moment

    ask = make(construct)
    threads = [threading.Thread(target=ask) for _ in range(5)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return f"{len(built)} built by 5 threads"


def main():
    def config(init, kind=type):
        return kind("Config", (), {"__init__": init})

    cached = functools.lru_cache(maxsize=None)
    print("metaclass with a lock:", built_by_five(lambda init: config(init, Once), 0.1))
    print("decorator without a lock:", built_by_five(lambda init: once(config(init)), 60))
    print("functools.lru_cache:", built_by_five(lambda init: cached(config(init)), 60))


if __name__ == "__main__":
    main()
