#!/usr/bin/env bash
# readwrite-lock 1.0.5 (npm): a task that has timed out in the queue, and whose caller was told so, runs all the same when its turn comes. With async-lock
# 1.5.0, which has the same options and words, it does not.
# Guess: a task that timed out is not begun; its page says that the critical section is never entered then.
# Why: the timer rejects the promise, and leaves the task in the queue; nothing asks later whether anybody waits for it. async-lock marks such a task, and
#   passes it over. So a caller that tries again after a timeout, as the error invites to, has the work done twice under load, and one that gave up is
#   charged all the same. It takes a flag that the caller sets, and the task reads first.
# Source: readwrite-lock's src/index.js, where the timer is set; its README, "Usage"; async-lock's lib/index.js.
. "$(dirname "$0")/run.bash"
node readwrite-lock@1.0.5 async-lock@1.5.0 <<'NODE'
import AsyncLock from 'async-lock';
import { setTimeout as sleep } from 'node:timers/promises';
import readwrite from 'readwrite-lock';

const ReadwriteLock = readwrite.default ?? readwrite;

async function story(name, acquire) {
    const events = [];
    const first = acquire(async () => {
        events.push('the first begins');
        await sleep(500);
        events.push('the first ends');
    });
    const second = acquire(() => events.push('the second runs')).catch(() => events.push('the second has timed out'));
    await Promise.all([first.catch(() => {}), second]);
    await sleep(200);
    console.log(`${name}: ${events.join(', ')}`);
}

const lock = new ReadwriteLock({ timeout: 100 });
await story('readwrite-lock, writers', task => lock.acquireWrite('key', task));
const other = new AsyncLock({ timeout: 100 });
await story('async-lock', task => other.acquire('key', task));
NODE
holds <<'END'
readwrite-lock, writers: the first begins, the second has timed out, the first ends, the second runs
async-lock: the first begins, the second has timed out, the first ends
END
