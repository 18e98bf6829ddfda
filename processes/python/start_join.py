"""Row 11: start, join, PIDs and exit codes.

`join` returns when the process has ended, and does not tell how: the exit code does. It is 1 after
an exception, and the negative number of a signal.

Prints:
    started: the child's parent is this process
    child [..] has returned: exit code 0
    child [..] has raised: exit code 1
    child [..] has called sys.exit(3): exit code 3
    child [..] was killed: exit code -9
    a timeout of join is no error: None, still alive
"""
import multiprocessing
import os
import signal
import sys

fork = multiprocessing.get_context("fork")


def parent(pipe):
    pipe.send(os.getppid())


def fails():
    os.close(2)  # where the traceback would go
    raise ValueError("ten is no number")


def main():
    here, there = fork.Pipe()
    returns = fork.Process(target=parent, args=(there,))
    returns.start()
    print("started: the child's parent is", "this process" if here.recv() == os.getpid() else "?")
    waits = signal.pause
    for what, process in [
        ("has returned", returns),
        ("has raised", fork.Process(target=fails)),
        ("has called sys.exit(3)", fork.Process(target=sys.exit, args=(3,))),
        ("was killed", fork.Process(target=waits)),
    ]:
        if process.pid is None:
            process.start()
        if what == "was killed":
            process.kill()
        process.join()
        print(f"child {process.pid} {what}: exit code {process.exitcode}")
    alive = fork.Process(target=waits)
    alive.start()
    print("a timeout of join is no error:", alive.join(0), end=", ")
    print("still alive" if alive.is_alive() else "ended")
    alive.kill()
    alive.join()


if __name__ == "__main__":
    main()
