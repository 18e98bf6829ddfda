#!/usr/bin/env bash
# shared-memory-dict 0.7.2: two processes set two different keys, and one of the keys is gone; with the package's lock turned on as well.
# Guess: each item is stored for itself, so that only writers of one key race; and under the lock nobody does.
# Why: the memory holds one pickle of the whole dict: to set a key is to read all, change one, and write all. SHARED_MEMORY_USE_LOCK=1 puts the
#   lock around the call of a generator function, which returns before its body has run: nothing is done with the lock held. (And it is a
#   lock of `multiprocessing`, so processes that meet by the memory's name alone have one each.) The callers need a lock of their own.
# Source: dict.py (`_modify_db`) and lock.py; the package's page, "Locks" and "Serialization".
. "$(dirname "$0")/run.bash"
export SHARED_MEMORY_USE_LOCK=1
python shared-memory-dict==0.7.2 <<'PYTHON'
import multiprocessing
import os

from shared_memory_dict import SharedMemoryDict

fork = multiprocessing.get_context('fork')
name = f'finding-{os.getpid()}'


class Slow:
    """A value that takes its time to be pickled: until the other process has set its key, or 5 s."""

    def __reduce__(self):
        ours.send('now')
        print('the other sets its key before this one is set:', ours.poll(5))
        return int, (1,)


def other(channel):
    shared = SharedMemoryDict(name, 4096)
    channel.send('ready')
    channel.recv()
    shared['theirs'] = 2
    channel.send(dict(shared))


shared = SharedMemoryDict(name, 4096)
ours, theirs = fork.Pipe()
process = fork.Process(target=other, args=(theirs,))
process.start()
ours.recv()
shared['ours'] = Slow()
print('the other saw:', ours.recv())
process.join()
print('what is left: ', dict(shared))
shared.shm.unlink()
PYTHON
holds <<'END'
the other sets its key before this one is set: True
the other saw: {'theirs': 2}
what is left:  {'ours': 1}
END
