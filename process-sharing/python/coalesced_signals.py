"""Row 15: a signal is a flag. Five that are sent while it is blocked arrive as one.

Prints:
    SIGUSR1 was sent 5 times, and taken 1 times
    the child without a handler: ended by SIGUSR1
"""
import multiprocessing
import os
import signal

context = multiprocessing.get_context("fork")


def take(end):
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    end.send("blocked")
    end.recv()
    taken = 0
    while signal.SIGUSR1 in signal.sigpending():
        signal.sigwait([signal.SIGUSR1])
        taken += 1
    end.send(taken)


def wait(end):
    signal.signal(signal.SIGUSR1, signal.SIG_DFL)
    end.send("ready")
    end.recv()


def main():
    here, there = context.Pipe()
    child = context.Process(target=take, args=(there,))
    child.start()
    here.recv()
    for _ in range(5):
        os.kill(child.pid, signal.SIGUSR1)
    here.send("take them")
    print("SIGUSR1 was sent 5 times, and taken", here.recv(), "times")
    child.join()

    child = context.Process(target=wait, args=(there,))
    child.start()
    here.recv()
    os.kill(child.pid, signal.SIGUSR1)
    child.join()
    print("the child without a handler: ended by", signal.Signals(-child.exitcode).name)


if __name__ == "__main__":
    main()
