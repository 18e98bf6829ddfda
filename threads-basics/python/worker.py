"""Row 3: a class that inherits from Thread and gives its own run; what becomes of an error in it.

Prints:
    started: 55, on a thread of its own
    called: 55, on the caller's
    heard: 3 is too large
    joined: None
"""
import threading


class AddsUp(threading.Thread):
    def __init__(self, last):
        super().__init__()
        self.last, self.total, self.ran_on = last, 0, None

    def run(self):
        self.total = sum(range(1, self.last + 1))
        self.ran_on = threading.current_thread()


class Fails(threading.Thread):
    def run(self):
        raise ValueError("3 is too large")


def main():
    started, called = AddsUp(10), AddsUp(10)
    started.start()
    started.join()
    where = "a thread of its own" if started.ran_on is started else "another thread"
    print(f"started: {started.total}, on {where}")
    called.run()  # a call, not a start
    where = "the caller's" if called.ran_on is threading.current_thread() else "another thread"
    print(f"called: {called.total}, on {where}")

    threading.excepthook = lambda heard: print("heard:", heard.exc_value)
    fails = Fails()
    fails.start()
    print("joined:", fails.join())  # as if all were well


if __name__ == "__main__":
    main()
