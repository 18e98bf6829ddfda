"""Row 6: one thread takes the same Lock twice, and waits for itself; an RLock lets it in.

Prints:
    Lock, taken twice: not within 0.2 s
    RLock, taken twice: at once
"""
import threading


def take_twice(name, lock):
    with lock:
        # Without a timeout, a Lock would wait here for ever.
        again = lock.acquire(timeout=0.2)
        print(f"{name}, taken twice:", "at once" if again else "not within 0.2 s")
        if again:
            lock.release()


def main():
    take_twice("Lock", threading.Lock())
    take_twice("RLock", threading.RLock())


if __name__ == "__main__":
    main()
