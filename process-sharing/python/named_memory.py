"""Rows 12 and 15: shared memory by name. It stays until it is unlinked, even without a user.

Prints:
    the child found 7
    the child wrote 8
    closed by both, and opened again: 8
    unlinked: FileNotFoundError
"""
import multiprocessing
from multiprocessing.shared_memory import SharedMemory

context = multiprocessing.get_context("fork")


def attach(name):
    memory = SharedMemory(name=name)  # shm_open and mmap with MAP_SHARED
    print("the child found", memory.buf[0])
    memory.buf[0] = 8
    memory.close()


def main():
    memory = SharedMemory(create=True, size=1)
    name = memory.name
    memory.buf[0] = 7
    child = context.Process(target=attach, args=(name,))
    child.start()
    child.join()
    print("the child wrote", memory.buf[0])
    memory.close()  # unmaps it, and no process has it any more
    memory = SharedMemory(name=name)
    print("closed by both, and opened again:", memory.buf[0])
    memory.close()
    memory.unlink()  # removes the name
    try:
        SharedMemory(name=name)
    except FileNotFoundError as error:
        print("unlinked:", type(error).__name__)


if __name__ == "__main__":
    main()
