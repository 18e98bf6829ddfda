"""Row 3: what a counter shows before a join, and after it.

Prints:
    before join: 500
    after join: 1000
"""
import threading


class Counter:
    def __init__(self):
        self.value = 0
        self.half_way, self.go_on = threading.Event(), threading.Event()

    def count(self):
        for step in range(1000):
            if step == 500:
                self.half_way.set()
                self.go_on.wait(5)  # held here: left alone, it may have ended by now, or not begun
            self.value += 1


def main():
    counter = Counter()
    thread = threading.Thread(target=counter.count)
    thread.start()
    counter.half_way.wait()
    before = counter.value
    counter.go_on.set()
    thread.join()
    print("before join:", before)
    print("after join:", counter.value)


if __name__ == "__main__":
    main()
