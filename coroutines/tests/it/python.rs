//! What the page says of Python, asked of it, where there is one.

use stage::testing::python;

#[test]
fn a_cancelled_task_of_asyncio_may_refuse() {
    let script = "
import asyncio
async def stubborn():
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        return 'goes on'
async def main():
    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    task.cancel()
    print(await task)
asyncio.run(main())
";
    let said = python(script);
    assert!(said.is_none_or(|said| said == "goes on"));
}

#[test]
fn a_call_that_blocks_stops_every_other_task_of_asyncio_and_one_on_a_thread_does_not() {
    let script = "
import asyncio, time, threading
async def main():
    turns = 0
    async def ticker():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)
    task = asyncio.create_task(ticker())
    await asyncio.sleep(0)
    before = turns
    time.sleep(0.02)
    stalled = turns - before
    before, enough = turns, threading.Event()
    call = asyncio.create_task(asyncio.to_thread(enough.wait))
    while turns < before + 5:
        await asyncio.sleep(0)
    enough.set()
    await call
    task.cancel()
    print(stalled, turns - before >= 5)
asyncio.run(main())
";
    let said = python(script);
    assert!(said.as_deref().is_none_or(|said| said == "0 True"), "{said:?}");
}
