"""Row 7: what a task leaves in a threading.local for the next one on the same worker.

Prints:
    left: the next task is served as alice
    cleared in a finally: the next task is served as nobody
    a context variable set by the task: the next task is served as alice
    each task in a copy of the context: the next task is served as nobody
"""
import contextvars
import threading
from concurrent.futures import ThreadPoolExecutor

local = threading.local()
user = contextvars.ContextVar("user", default="nobody")


def sets_local():
    local.user = "alice"


def clears_local():
    local.user = "alice"
    try:
        pass  # the task's work, which may raise
    finally:
        del local.user


def reads_local():
    return getattr(local, "user", "nobody")


def show(how, first, then):
    with ThreadPoolExecutor(1) as pool:
        first(pool).result()
        print(f"{how}: the next task is served as {then(pool).result()}")


def in_a_copy(task, *arguments):
    return lambda pool: pool.submit(contextvars.copy_context().run, task, *arguments)


def main():
    reads = lambda pool: pool.submit(reads_local)
    show("left", lambda pool: pool.submit(sets_local), reads)
    show("cleared in a finally", lambda pool: pool.submit(clears_local), reads)
    # A worker has one context for its life, as it has one thread-local.
    show("a context variable set by the task", lambda pool: pool.submit(user.set, "alice"),
         lambda pool: pool.submit(user.get))
    show("each task in a copy of the context", in_a_copy(user.set, "alice"), in_a_copy(user.get))


if __name__ == "__main__":
    main()
