"""Row 11: a process's name, PID and parent's PID; the name is known to Python alone (Linux).

Prints:
    in the child: indexer, PID [..], parent [..]
    the PIDs are those that the parent knows: True
    in the command line: False, as the process name (comm): False
"""
import multiprocessing
import os

fork = multiprocessing.get_context("fork")


def child(pipe):
    name = multiprocessing.current_process().name
    with open("/proc/self/cmdline") as command, open("/proc/self/comm") as comm:
        pipe.send((name, os.getpid(), os.getppid(), name in command.read(), name in comm.read()))


def main():
    here, there = fork.Pipe()
    process = fork.Process(target=child, args=(there,), name="indexer")
    process.start()
    name, pid, parent, command, comm = here.recv()
    process.join()
    print(f"in the child: {name}, PID {pid}, parent {parent}")
    print("the PIDs are those that the parent knows:", (pid, parent) == (process.pid, os.getpid()))
    print(f"in the command line: {command}, as the process name (comm): {comm}")


if __name__ == "__main__":
    main()
