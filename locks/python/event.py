"""Row 9: an Event stays set until it is cleared, lets all waiters go, and misses a pulse.

Prints:
    three threads wait, and go on: 3
    it stays set: True True
    set and cleared before the wait: False
"""
import threading


def main():
    event, gone, lock = threading.Event(), [], threading.Lock()

    def wait():
        event.wait()
        with lock:
            gone.append(threading.current_thread())

    threads = [threading.Thread(target=wait) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert not gone
    event.set()
    for thread in threads:
        thread.join()
    print("three threads wait, and go on:", len(gone))
    print("it stays set:", event.wait(0), event.wait(0))

    event.clear()
    event.set()  # a pulse
    event.clear()
    print("set and cleared before the wait:", event.wait(0.01))


if __name__ == "__main__":
    main()
