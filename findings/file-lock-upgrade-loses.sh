#!/usr/bin/env bash
# portalocker 4.4.2 (and whatever else calls flock on Linux): a shared file lock whose upgrade to exclusive fails is not held any more.
# Guess: an attempt that fails changes nothing; the shared lock is still held, and keeps writers out.
# Why: flock cannot upgrade. The kernel takes the old lock away, then tries for the new one; if that fails at once, neither is held, and while it waits,
#   somebody else may write. "Upgrade, else go on reading" reads what another process is writing. flock(1) with -n and Rust's `File::try_lock`
#   make the same call. A record lock of fcntl (`lockf` in Python) is changed in one step, and kept if that fails.
# Source: flock(2), on converting a lock; portalocker's documentation says nothing of it.
. "$(dirname "$0")/run.bash"
python portalocker==4.4.2 <<'PYTHON'
import tempfile

import portalocker
from portalocker import LockFlags


def got(file, flags):
    try:
        portalocker.lock(file, flags | LockFlags.NON_BLOCKING)
        return True
    except portalocker.LockException:
        return False


with tempfile.NamedTemporaryFile() as named, open(named.name, 'r+') as first, open(named.name, 'r+') as second:
    for file in first, second:
        portalocker.lock(file, LockFlags.SHARED)
    print('both have it shared; the second takes it exclusively:', got(second, LockFlags.EXCLUSIVE))
    print('now the first takes it exclusively:', got(first, LockFlags.EXCLUSIVE))
PYTHON
holds <<'END'
both have it shared; the second takes it exclusively: False
now the first takes it exclusively: True
END
