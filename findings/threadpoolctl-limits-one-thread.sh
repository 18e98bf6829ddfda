#!/usr/bin/env bash
# threadpoolctl 3.8.0 (LLVM's OpenMP 21.1.8): `threadpool_limits(1)` limits the thread that calls it; OpenMP loops of others have all threads still.
# Guess: a limit of the library in this process: 1 for every thread until the `with` ends.
# Why: OpenMP keeps the number for each thread of the program; `omp_set_num_threads` sets the caller's. (OpenBLAS with threads of its own has one number
#   for all.) A pool whose main thread has set the limit computes with workers times cores threads; the limit belongs into the task, or into
#   OMP_NUM_THREADS.
# Source: the OpenMP specification, internal control variable nthreads-var; threadpoolctl's page, "Known Limitations".
. "$(dirname "$0")/run.bash"
python threadpoolctl==3.8.0 cmeel-libomp==21.1.8 <<'PYTHON'
import ctypes
import glob
import os
import sys
from concurrent.futures import ThreadPoolExecutor

os.environ['OMP_NUM_THREADS'] = '8'
openmp = ctypes.CDLL(glob.glob(f'{sys.prefix}/**/libomp.so', recursive=True)[0])

from threadpoolctl import threadpool_limits  # noqa: E402

with ThreadPoolExecutor(1) as pool:
    print('before: caller', openmp.omp_get_max_threads(), 'worker', pool.submit(openmp.omp_get_max_threads).result())
    with threadpool_limits(1):
        print('within: caller', openmp.omp_get_max_threads(), 'worker', pool.submit(openmp.omp_get_max_threads).result())
PYTHON
holds <<'END'
before: caller 8 worker 8
within: caller 1 worker 8
END
