#!/usr/bin/env bash
# filelock 4.3.1: two tasks that share an `AsyncFileLock` are in its `async with` at the same time, and so are two threads that share a
# `FileLock(path, thread_local=False)`. Threads that share a plain `FileLock(path)` are not.
# Guess: what keeps other processes out keeps out the other tasks and threads of this one, all the more as they share the object.
# Why: an object that holds the lock counts a further acquisition and returns, whoever calls: it is re-entrant, and has no owner. A plain FileLock keeps that
#   state for each thread; AsyncFileLock does its work in other threads, and so keeps one for all tasks. One lock object for a path, made once and
#   shared as an `asyncio.Lock` is, guards that path from other processes alone. An object for each use excludes tasks as well (it asks the kernel,
#   every 50 ms); or an `asyncio.Lock` around it.
# Source: filelock's _async_lock/_lock.py, `_acquire_with_admission`, and its parameter `thread_local`; issue 661 of rsalesc/rbx, which met it.
. "$(dirname "$0")/run.bash"
python filelock==4.3.1 <<'PYTHON'
import asyncio
import os
import tempfile
import threading

import filelock


async def tasks(first, second):
    """Whether one task gets in by `second` while another is in by `first`."""
    async def other():
        try:
            await second.acquire(timeout=1)
        except filelock.Timeout:
            return False
        await second.release()
        return True

    async with first:
        return await asyncio.create_task(other())


def threads(lock):
    entered = []

    def other():
        try:
            with lock.acquire(timeout=1):
                entered.append(True)
        except filelock.Timeout:
            pass

    with lock:
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    return entered == [True]


with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, 'lock')
    shared = filelock.AsyncFileLock(path)
    print('two tasks, one AsyncFileLock, both in:', asyncio.run(tasks(shared, shared)))
    print('two tasks, one object each:', asyncio.run(tasks(filelock.AsyncFileLock(path), filelock.AsyncFileLock(path))))
    print('two threads, one FileLock, thread_local=False:', threads(filelock.FileLock(path, thread_local=False)))
    print('two threads, one FileLock:', threads(filelock.FileLock(path)))
PYTHON
holds <<'END'
two tasks, one AsyncFileLock, both in: True
two tasks, one object each: False
two threads, one FileLock, thread_local=False: True
two threads, one FileLock: False
END
