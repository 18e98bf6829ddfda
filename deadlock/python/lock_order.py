"""Row 6: two threads take two locks in opposite orders; then in the order of a key.

Prints:
    opposite orders, with timeouts: neither got its second lock
    transfer(a, b) and transfer(b, a), lower number first: 100 100
"""
import threading

both_hold = threading.Barrier(2)


def take(first, second, got):
    with first:
        both_hold.wait(timeout=60)
        # Without the timeout, both would wait here for ever.
        got.append(second.acquire(timeout=0.2))
        both_hold.wait(timeout=60)


class Account:
    def __init__(self, number):
        self.number, self.balance, self.lock = number, 100, threading.Lock()


def transfer(source, target, amount):
    low, high = sorted((source, target), key=lambda account: account.number)
    with low.lock, high.lock:
        source.balance -= amount
        target.balance += amount


def in_threads(*targets):
    threads = [threading.Thread(target=target) for target in targets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def main():
    a, b, got = threading.Lock(), threading.Lock(), []
    in_threads(lambda: take(a, b, got), lambda: take(b, a, got))
    end = "one got both" if any(got) else "neither got its second lock"
    print("opposite orders, with timeouts:", end)

    one, other = Account(1), Account(2)
    in_threads(
        lambda: [transfer(one, other, 1) for _ in range(10_000)],
        lambda: [transfer(other, one, 1) for _ in range(10_000)],
    )
    print("transfer(a, b) and transfer(b, a), lower number first:", one.balance, other.balance)


if __name__ == "__main__":
    main()
