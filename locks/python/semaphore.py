"""Row 9: at most two threads inside; a plain semaphore accepts a permit too many, a bounded one
raises.

Prints:
    most inside: 2
    plain, after one release too many: [True, True, True, False]
    bounded: Semaphore released too many times
"""
import threading


def main():
    permits, guard, two_inside = threading.Semaphore(2), threading.Lock(), threading.Event()
    inside, most = 0, 0

    def enter():
        nonlocal inside, most
        with permits:
            with guard:
                inside += 1
                most = max(most, inside)
                if inside == 2:
                    two_inside.set()
            two_inside.wait()  # nobody leaves before two are in
            with guard:
                inside -= 1

    threads = [threading.Thread(target=enter) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print("most inside:", most)

    plain, bounded = threading.Semaphore(2), threading.BoundedSemaphore(2)
    plain.release()
    acquired = [plain.acquire(blocking=False) for _ in range(4)]
    print("plain, after one release too many:", acquired)
    try:
        bounded.release()
    except ValueError as refused:
        print("bounded:", refused)


if __name__ == "__main__":
    main()
