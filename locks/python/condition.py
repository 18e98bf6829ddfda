"""Row 9: producers and consumers with a bounded buffer, two conditions on one lock.

Prints:
    2 x 100 items arrive, at most 1 in the buffer
    a notification without the lock: cannot notify on un-acquired lock
"""
import threading
from collections import deque


class BoundedBuffer:
    def __init__(self, capacity):
        self.items, self.capacity, self.most = deque(), capacity, 0
        lock = threading.Lock()
        self.has_room = threading.Condition(lock)
        self.has_item = threading.Condition(lock)

    def put(self, item):
        with self.has_room:
            self.has_room.wait_for(lambda: len(self.items) < self.capacity)
            self.items.append(item)
            self.most = max(self.most, len(self.items))
            self.has_item.notify()  # any thread that waits there can go on

    def take(self):
        with self.has_item:
            self.has_item.wait_for(lambda: self.items)
            item = self.items.popleft()
            self.has_room.notify()
            return item


def main():
    buffer, taken = BoundedBuffer(1), []

    def produce():
        for item in range(100):
            buffer.put(item)

    def consume():
        for _ in range(100):
            taken.append(buffer.take())

    threads = [threading.Thread(target=target) for target in (produce, produce, consume, consume)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted([*range(100)] * 2)
    print("2 x 100 items arrive, at most", buffer.most, "in the buffer")
    try:
        buffer.has_item.notify()
    except RuntimeError as refused:
        print("a notification without the lock:", refused)


if __name__ == "__main__":
    main()
