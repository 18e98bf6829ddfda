"""Row 9: three threads print A, B and C in turn, by a condition and by three semaphores.

Prints:
    condition: ABCABCABCABCABC
    semaphores: ABCABCABCABCABC
"""
import threading


def run(take_turn):
    """Runs three threads, each of which writes its letter five times."""
    written = []

    def write(me):
        for _ in range(5):
            take_turn(me, lambda: written.append("ABC"[me]))

    threads = [threading.Thread(target=write, args=(me,)) for me in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return "".join(written)


def by_condition():
    turn, changed = 0, threading.Condition()

    def take_turn(me, write):
        nonlocal turn
        with changed:
            changed.wait_for(lambda: turn == me)  # checks again after each wake-up
            write()
            turn = (me + 1) % 3
            changed.notify_all()  # one could be the wrong one

    return take_turn


def by_semaphores():
    ring = [threading.Semaphore(permits) for permits in (1, 0, 0)]

    def take_turn(me, write):
        ring[me].acquire()
        write()
        ring[(me + 1) % 3].release()

    return take_turn


if __name__ == "__main__":
    print("condition:", run(by_condition()))
    print("semaphores:", run(by_semaphores()))
