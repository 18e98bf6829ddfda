#!/usr/bin/env bash
# readerwriterlock 1.0.10: two threads that read under one object of `gen_rlock()` leave the lock held for ever, since the second release raises. And with
# `RWLockRead` a holder cannot release what `gen_wlock()` gave it, if another thread's `acquire(timeout=…)` on that object has failed meanwhile.
# Guess: such an object is a lock for many threads, as a `threading.Lock` is: its page says that it has that interface.
# Why: the object keeps one flag, "held", beside the shared lock. The first release takes the flag away for both readers; a failed attempt of a writer
#   writes its False over the holder's True. What the shared lock has counted nobody can release then, and the next writer waits for ever. So an object
#   that is made once, in a constructor or a module, works with one thread and in tests; each use needs its own: `with lock.gen_rlock():`.
# Source: readerwriterlock's rwlock.py, `v_locked`; its README, "Usage": the examples make an object for each use, the text does not ask for it.
. "$(dirname "$0")/run.bash"
python readerwriterlock==1.0.10 <<'PYTHON'
import threading

from readerwriterlock import rwlock


def elsewhere(call):
    """What the call returns in a thread of its own."""
    results = []
    thread = threading.Thread(target=lambda: results.append(call()))
    thread.start()
    thread.join()
    return results[0]


def released(holder):
    try:
        holder.release()
        return 'released'
    except RuntimeError as error:
        return str(error)


def free(lock):
    return lock.gen_wlock().acquire(timeout=1)


for make in rwlock.RWLockRead, rwlock.RWLockWrite, rwlock.RWLockFair:
    print(make.__name__)
    lock = make()
    one = lock.gen_rlock()
    one.acquire(), elsewhere(one.acquire)
    print('  a shared reader:', released(one) + ',', released(one) + ', a writer gets in:', free(lock))
    lock = make()
    one, two = lock.gen_rlock(), lock.gen_rlock()
    one.acquire(), elsewhere(two.acquire)
    print('  a reader each:', released(one) + ',', released(two) + ', a writer gets in:', free(lock))
    lock = make()
    one = lock.gen_wlock()
    one.acquire(), elsewhere(lambda: one.acquire(timeout=0.1))
    print('  a shared writer:', released(one) + ', a writer gets in:', free(lock))
PYTHON
holds <<'END'
RWLockRead
  a shared reader: released, release unlocked lock, a writer gets in: False
  a reader each: released, released, a writer gets in: True
  a shared writer: release unlocked lock, a writer gets in: False
RWLockWrite
  a shared reader: released, release unlocked lock, a writer gets in: False
  a reader each: released, released, a writer gets in: True
  a shared writer: released, a writer gets in: True
RWLockFair
  a shared reader: released, release unlocked lock, a writer gets in: False
  a reader each: released, released, a writer gets in: True
  a shared writer: released, a writer gets in: True
END
