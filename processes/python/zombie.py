"""Row 11: which call collects the exit status: waitpid with WNOHANG, a handler of SIGCHLD, none.

Prints:
    polled: (0, 0) while it runs, then exit code 3
    handler: exit codes [1, 2, 3], a wait afterwards: ChildProcessError
    SIGCHLD ignored: the status is lost, ChildProcessError
"""
import os
import signal


def start(code):
    readable, writable = os.pipe()  # the child ends when the pipe does
    child = os.fork()
    if child == 0:
        os.close(writable)
        os.read(readable, 1)
        os._exit(code)
    os.close(readable)
    return child, writable


def wait():
    try:
        return os.waitpid(-1, 0)
    except ChildProcessError as error:
        return type(error).__name__


def main():
    child, pipe = start(3)
    running = os.waitpid(child, os.WNOHANG)
    os.close(pipe)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)  # it has ended, and is a zombie
    code = os.WEXITSTATUS(os.waitpid(child, os.WNOHANG)[1])
    print(f"polled: {running} while it runs, then exit code {code}")
    codes, (done, all_done) = [], os.pipe()

    def reap(number, frame):  # one signal may stand for several children
        try:
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    return
                codes.append(os.WEXITSTATUS(status))
        except ChildProcessError:
            os.write(all_done, b".")

    signal.signal(signal.SIGCHLD, reap)
    for _, pipe in [start(code) for code in (1, 2, 3)]:  # all run before the first ends
        os.close(pipe)
    os.read(done, 1)
    print(f"handler: exit codes {sorted(codes)}, a wait afterwards: {wait()}")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    os.close(start(4)[1])
    print(f"SIGCHLD ignored: the status is lost, {wait()}")


if __name__ == "__main__":
    main()
