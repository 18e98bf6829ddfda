"""Row 11: a subclass of Process with a run of its own; what it sets on self stays in the child.

Prints:
    the field: 0 in the parent, for run has set 55 in the child
    over a pipe: 55
"""
import multiprocessing

fork = multiprocessing.get_context("fork")


class Adder(fork.Process):
    def __init__(self, numbers):
        super().__init__()
        self.numbers = numbers
        self.total = 0
        self.receiver, self.sender = fork.Pipe(duplex=False)

    def run(self):
        self.total = sum(self.numbers)
        self.sender.send(self.total)


def main():
    adder = Adder(range(11))
    adder.start()
    sent = adder.receiver.recv()
    adder.join()
    print(f"the field: {adder.total} in the parent, for run has set {sent} in the child")
    print("over a pipe:", sent)


if __name__ == "__main__":
    main()
