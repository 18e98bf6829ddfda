#!/usr/bin/env bash
# joblib 1.6.0: `Parallel(timeout=…)` limits nothing with one worker.
# Guess: the limit is of a task, whatever the number of workers: TimeoutError in both cases.
# Why: with `n_jobs=1` tasks run in the caller, one after the other, where nothing can interrupt them. A test or a small machine (`n_jobs=-1` on one
#   core) hangs where the big one reports.
# Source: documentation of `joblib.Parallel`, parameter `timeout`.
. "$(dirname "$0")/run.bash"
python joblib==1.6.0 <<'PYTHON'
import time

from joblib import Parallel, delayed

for workers in 1, 2:
    try:
        Parallel(n_jobs=workers, timeout=0.2, backend='threading')(delayed(time.sleep)(1.5) for _ in range(2))
        print(workers, 'ran to the end')
    except Exception as error:
        print(workers, type(error).__name__)
PYTHON
holds <<'END'
1 ran to the end
2 TimeoutError
END
