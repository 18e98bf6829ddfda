"""Row 11: a process that outlives its terminal: setsid and a second fork (Linux).

A shell in a pseudo-terminal starts two processes; then the terminal is closed.

Prints:
    in the session: ended by the hangup
    forked twice: lives on, leader of its session: False
"""
import os
import pty
import signal


def work(ready, gone, said):
    leader = os.getpid() == os.getsid(0)
    os.write(ready, b".")
    os.read(gone, 1)  # until the pipe ends: the terminal has been closed by then
    os.write(said, f"lives on, leader of its session: {leader}".encode())
    os._exit(0)


def shell(twice, ready, gone, said):
    os.close(gone[1])
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # it may be ignored: nohup
    if os.fork() == 0:
        if twice:
            os.setsid()
            if os.fork() > 0:
                os._exit(0)
        work(ready[1], gone[0], said[1])
    while True:
        signal.pause()  # until SIGHUP ends it


def run(what, twice):
    ready, gone, said = os.pipe(), os.pipe(), os.pipe()
    child, terminal = pty.fork()  # the child leads a session, with the terminal as its own
    if child == 0:
        shell(twice, ready, gone, said)
    os.close(said[1])
    os.read(ready[0], 1)
    os.close(terminal)
    os.waitpid(child, 0)
    os.close(gone[1])
    print(f"{what}: {os.read(said[0], 99).decode() or 'ended by the hangup'}")


def main():
    run("in the session", twice=False)
    run("forked twice", twice=True)


if __name__ == "__main__":
    main()
