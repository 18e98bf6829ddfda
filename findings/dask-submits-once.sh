#!/usr/bin/env bash
# dask distributed 2026.8.0: the same function submitted twice with the same arguments runs once, and both futures have that one result.
# Guess: `Client.submit` is `Executor.submit` of concurrent.futures over machines: two calls, two runs, two identifiers of uuid4.
# Why: a task's key is a hash of the function and its arguments, since functions are taken to be pure; what has that key is computed already.
#   `pure=False` gives each call a key of its own. `map` over equal arguments is one task as well.
# Source: documentation of `Client.submit`, parameter `pure`.
. "$(dirname "$0")/run.bash"
python distributed==2026.8.0 <<'PYTHON'
from uuid import uuid4

from distributed import Client

if __name__ == "__main__":
    with Client(processes=False, n_workers=1, threads_per_worker=1, dashboard_address=None) as client:
        for pure in True, False:
            two = [client.submit(uuid4, pure=pure) for _ in range(2)]
            print(f"pure={pure}:", len(set(client.gather(two))), "of 2 identifiers are different")
        print("as it is:", len({client.submit(uuid4).key for _ in range(2)}), "task")
PYTHON
holds <<'END'
pure=True: 1 of 2 identifiers are different
pure=False: 2 of 2 identifiers are different
as it is: 1 task
END
