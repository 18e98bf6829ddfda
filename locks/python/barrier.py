"""Row 9: rounds in step; one thread of each round is number 0, and one that gives up breaks it.

Prints:
    50 rounds of 3 threads, all in step: True
    rounds that had one leader: 50
    one gives up after 10 ms: broken
    the next one does not wait: broken
"""
import threading


def main():
    barrier, at, led, in_step = threading.Barrier(3), [0, 0, 0], [], []

    def run(me):
        for number in range(1, 51):
            at[me] = number
            if barrier.wait() == 0:
                led.append(number)
            in_step.append(min(at) >= number)

    threads = [threading.Thread(target=run, args=(me,)) for me in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print("50 rounds of 3 threads, all in step:", all(in_step))
    print("rounds that had one leader:", len(set(led)))

    barrier = threading.Barrier(2)
    for timeout, what in (0.01, "one gives up after 10 ms"), (None, "the next one does not wait"):
        try:
            barrier.wait(timeout)
        except threading.BrokenBarrierError:
            print(f"{what}: broken")


if __name__ == "__main__":
    main()
