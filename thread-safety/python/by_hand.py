"""Row 4: a lock released by hand, and an exception in between; then by try, and by with.

Prints:
    an exception between acquire and release: still locked
    an exception in try and finally: free
    an exception in with: free
"""
import threading


def hand(lock):
    lock.acquire()
    open("/no/such/file")
    lock.release()


def try_finally(lock):
    lock.acquire()
    try:
        open("/no/such/file")
    finally:
        lock.release()


def with_block(lock):
    with lock:
        open("/no/such/file")


PLACES = {
    "between acquire and release": hand,
    "in try and finally": try_finally,
    "in with": with_block,
}


def main():
    for name, run in PLACES.items():
        lock = threading.Lock()
        try:
            run(lock)
        except FileNotFoundError:
            print(f"an exception {name}:", "still locked" if lock.locked() else "free")


if __name__ == "__main__":
    main()
