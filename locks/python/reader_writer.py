"""Row 9: a reader-writer lock out of a Condition, for threading has none, and no spin lock.

Prints:
    threading has ['Lock', 'RLock']
    two readers are inside at once
    the writer is inside, other threads: 0
"""
import threading
from contextlib import contextmanager


class ReaderWriterLock:
    def __init__(self):
        self.changed, self.readers, self.writing, self.waiting = threading.Condition(), 0, False, 0

    @contextmanager
    def reading(self):
        with self.changed:  # no reader overtakes a writer that waits
            self.changed.wait_for(lambda: not self.writing and not self.waiting)
            self.readers += 1
        try:
            yield
        finally:
            with self.changed:
                self.readers -= 1
                self.changed.notify_all()

    @contextmanager
    def alone(self):
        with self.changed:
            self.waiting += 1
            self.changed.wait_for(lambda: not self.writing and not self.readers)
            self.waiting, self.writing = self.waiting - 1, True
        try:
            yield
        finally:
            with self.changed:
                self.writing = False
                self.changed.notify_all()


def main():
    public = (name for name in dir(threading) if not name.startswith("_"))
    print("threading has", [name for name in public if "lock" in name.lower()])
    lock, two_inside = ReaderWriterLock(), threading.Barrier(3)

    def read():
        with lock.reading():
            two_inside.wait()

    for _ in range(2):
        threading.Thread(target=read).start()
    two_inside.wait()
    print("two readers are inside at once")
    with lock.alone():
        print("the writer is inside, other threads:", lock.readers)


if __name__ == "__main__":
    main()
