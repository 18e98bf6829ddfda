#!/usr/bin/env bash
# comedy 2.1.7 (npm): an actor whose handler awaits takes its next message meanwhile: of five messages that each read a counter, wait and write it back,
# four are lost, whether the actor lives in the same thread, in one of its own or in a process. nact 7.6.2 handles one message at a time.
# Guess: an actor handles a message to its end before it takes the next one, which is why its state needs no lock.
# Why: a message is a call of the method of that name, made as the message comes. There is no queue that waits for the promise of the one before; only a
#   handler without `await` runs to its end. So what an actor reads before an `await` may be out of date behind it, as in any other object with async
#   methods, and order is kept only up to the first `await`. It takes a lock of its own, or a chain of promises in the actor.
# Source: comedy's lib/in-memory-actor.js, `send0` and `sendAndReceive0`; its README speaks of a message queue under "Dropping messages on overload".
. "$(dirname "$0")/run.bash"
node comedy@2.1.7 nact@7.6.2 <<'NODE'
import comedy from 'comedy';
import { setTimeout as sleep } from 'node:timers/promises';
import { dispatch, query, spawn, start, stop } from 'nact';

class Counter {
    constructor() {
        this.count = 0;
    }
    async add() {
        const count = this.count;
        await new Promise(done => setTimeout(done, 300));
        this.count = count + 1;
    }
    read() {
        return this.count;
    }
}

const system = comedy.createSystem({ test: true, loggerConfig: { categories: { Default: 'Error' } } });
const root = await system.rootActor();
for (const mode of ['in-memory', 'threaded', 'forked']) {
    const actor = await root.createChild(Counter, { mode });
    await Promise.all([1, 2, 3, 4, 5].map(() => actor.sendAndReceive('add')));
    console.log(`comedy, ${mode}: five additions make ${await actor.sendAndReceive('read')}`);
}
await system.destroy();

const other = start();
const actor = spawn(other, async (count = 0, message) => {
    await sleep(300);
    if (message === 'add') return count + 1;
    dispatch(message.asker, count);
    return count;
});
for (let i = 0; i < 5; i++) dispatch(actor, 'add');
console.log(`nact: five additions make ${await query(actor, asker => ({ asker }), 20_000)}`);
stop(other);
process.exit();
NODE
holds <<'END'
comedy, in-memory: five additions make 1
comedy, threaded: five additions make 1
comedy, forked: five additions make 1
nact: five additions make 5
END
