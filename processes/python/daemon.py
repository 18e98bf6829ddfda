"""Row 11: a daemon is ended by a parent that ends in order, and by no other.

Prints:
    the parent returns: its daemon was ended
    the parent is killed: its daemon lives on, with a new parent
"""
import multiprocessing
import os
import signal

fork = multiprocessing.get_context("fork")


def daemon(ready, gone, said):
    parent = os.getppid()
    os.write(ready, b".")
    os.read(gone, 1)  # until the pipe ends: the parent has ended by then
    if os.getppid() != parent:
        os.write(said, b"lives on, with a new parent")


def parent(killed, ready, gone, said):
    os.close(gone[1])
    process = fork.Process(target=daemon, args=(ready[1], gone[0], said[1]), daemon=True)
    process.start()
    os.read(ready[0], 1)
    if killed:
        os.kill(os.getpid(), signal.SIGKILL)


def run(what, killed):
    ready, gone, said = os.pipe(), os.pipe(), os.pipe()
    process = fork.Process(target=parent, args=(killed, ready, gone, said))
    process.start()
    os.close(said[1])
    process.join()
    os.close(gone[1])
    print(f"{what}: its daemon", os.read(said[0], 99).decode() or "was ended")


def main():
    run("the parent returns", killed=False)
    run("the parent is killed", killed=True)


if __name__ == "__main__":
    main()
