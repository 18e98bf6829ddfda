#!/usr/bin/env bash
# limits 5.8.0, on which Flask-Limiter and slowapi are built: with the fixed window a request that was refused uses the limit up. Of ten units two are
# used, nine are asked for and refused, and then not one is left. With the moving and the sliding window, and in pyrate-limiter 4.5.1, eight are.
# Guess: what was refused was not consumed, in any strategy: `hit` says whether the cost "could be deducted".
# Why: the fixed window adds the cost to its counter, and then looks whether the sum is too large; nothing takes it off again. One request that is too
#   large shuts out everybody of its key until the window ends. `test` before `hit` is two steps, between which another may hit.
# Source: limits' strategies.py, `FixedWindowRateLimiter.hit`; its README, "Fixed Window": all requests of a window count.
. "$(dirname "$0")/run.bash"
python limits==5.8.0 pyrate-limiter==4.5.1 <<'PYTHON'
from limits import RateLimitItemPerHour, storage, strategies
from pyrate_limiter import Duration, Limiter, Rate

for name in 'FixedWindowRateLimiter', 'MovingWindowRateLimiter', 'SlidingWindowCounterRateLimiter':
    limiter, ten = getattr(strategies, name)(storage.MemoryStorage()), RateLimitItemPerHour(10)
    hits = [limiter.hit(ten, 'key', cost=cost) for cost in (2, 9, 1)]
    print(f'{name}: 2 units {hits[0]}, 9 units {hits[1]}, 1 unit {hits[2]}')
limiter = Limiter(Rate(10, Duration.HOUR))
hits = [limiter.try_acquire('key', weight=cost, blocking=False) for cost in (2, 9, 1)]
print(f'pyrate-limiter: 2 units {hits[0]}, 9 units {hits[1]}, 1 unit {hits[2]}')
PYTHON
holds <<'END'
FixedWindowRateLimiter: 2 units True, 9 units False, 1 unit False
MovingWindowRateLimiter: 2 units True, 9 units False, 1 unit True
SlidingWindowCounterRateLimiter: 2 units True, 9 units False, 1 unit True
pyrate-limiter: 2 units True, 9 units False, 1 unit True
END
