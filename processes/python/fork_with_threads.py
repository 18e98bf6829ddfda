"""Row 10: a forked child has one thread, and all locks as they were.

Another thread of the parent holds the lock at the fork. In the child no thread is left that could
release it. Python warns since 3.12; since 3.14 its default on Linux is no longer fork.

Prints:
    fork: the child gave up, the lock is held by a thread that it does not have
    spawn: the child acquired its lock
"""
import multiprocessing
import threading
import warnings

lock = threading.Lock()
ENDS = {
    0: "the child acquired its lock",
    7: "the child gave up, the lock is held by a thread that it does not have",
}


def acquire():
    raise SystemExit(0 if lock.acquire(timeout=0.2) else 7)


def main():
    warnings.simplefilter("ignore", DeprecationWarning)
    held, done = threading.Event(), threading.Event()

    def hold():
        with lock:
            held.set()
            done.wait()

    thread = threading.Thread(target=hold, daemon=True)
    thread.start()
    held.wait()
    for method in ("fork", "spawn"):
        process = multiprocessing.get_context(method).Process(target=acquire)
        process.start()
        process.join()
        print(f"{method}: {ENDS[process.exitcode]}")
    done.set()
    thread.join()


if __name__ == "__main__":
    main()
