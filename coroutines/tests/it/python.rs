//! What the page says of Python, asked of it, where there is one.

macro_rules! python {
    ($($name:ident: $script:literal => $wanted:literal;)*) => {$(
        #[test]
        fn $name() {
            let said = checks::python($script);
            assert!(said.as_deref().is_none_or(|said| said == $wanted), "{said:?}");
        }
    )*};
}

python! {
    a_cancelled_task_of_asyncio_may_refuse: "
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
" => "goes on";

    a_call_that_blocks_stops_every_other_task_of_asyncio_and_one_on_a_thread_does_not: "
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
" => "0 True";

    a_coroutine_of_asyncio_that_is_not_awaited_does_nothing_and_is_warned_of: "
import gc, warnings
ran = []
async def work():
    ran.append(1)
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter('always')
    work()
    gc.collect()
print(ran, [warning.category.__name__ for warning in said])
" => "[] ['RuntimeWarning']";

    another_thread_must_not_wake_a_task_of_asyncio_but_by_the_call_for_that: "
import asyncio, threading
async def main():
    loop = asyncio.get_running_loop()
    loop.set_debug(True) # without it, nothing is said, and the task may sleep on
    refused = []
    def wake(future):
        try:
            loop.call_soon(future.set_result, 1)
        except RuntimeError as error:
            refused.append('thread-safe' in str(error))
        loop.call_soon_threadsafe(future.set_result, 2)
    future = loop.create_future()
    threading.Thread(target=wake, args=(future,)).start()
    print(await future, refused)
asyncio.run(main())
" => "2 [True]";

    an_await_between_read_and_write_loses_updates_in_asyncio_too: "
import asyncio
total = 0
async def add():
    global total
    for _ in range(2):
        read = total
        await asyncio.sleep(0)
        total = read + 1
async def main():
    await asyncio.gather(add(), add())
    print(total)
asyncio.run(main())
" => "2";

    wait_for_cancels_the_task_that_it_is_given: "
import asyncio
async def main():
    task = asyncio.create_task(asyncio.sleep(60))
    try:
        await asyncio.wait_for(task, 0.001)
    except asyncio.TimeoutError:
        print(task.cancelled())
asyncio.run(main())
" => "True";

    asyncio_polls_in_the_order_in_which_tasks_were_scheduled: "
import asyncio
order = []
async def speak(name):
    for _ in range(3):
        order.append(name)
        await asyncio.sleep(0)
async def main():
    await asyncio.gather(*(speak(name) for name in 'abc'))
    print(''.join(order))
asyncio.run(main())
" => "abcabcabc";
}
