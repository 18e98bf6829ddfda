"""Row 8: checked twice with an RLock; built outside it (the tutorial's fault), and inside.

Prints:
    built outside the lock: 5 objects
    built inside the lock: 1 object
"""
import threading


class Config:
    def __init__(self, constructing, seconds):
        try:
            constructing.wait(timeout=seconds)  # until all five construct, or for a moment
        except threading.BrokenBarrierError:
            pass  # the lock keeps the others out


class Singleton:
    def __init__(self, seconds):
        self.instance, self.lock = None, threading.RLock()
        self.constructing = threading.Barrier(5), seconds

    def outside(self):
        missing = False
        if self.instance is None:
            with self.lock:
                missing = self.instance is None
        if missing:  # every thread has checked by now
            self.instance = new = Config(*self.constructing)
            return new
        return self.instance

    def inside(self):
        if self.instance is None:
            with self.lock:
                if self.instance is None:
                    self.instance = Config(*self.constructing)
        return self.instance


def ask_at_once(ask):
    found = []
    threads = [threading.Thread(target=lambda: found.append(ask())) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len({id(one) for one in found})


def main():
    print("built outside the lock:", ask_at_once(Singleton(seconds=60).outside), "objects")
    print("built inside the lock:", ask_at_once(Singleton(seconds=0.1).inside), "object")


if __name__ == "__main__":
    main()
