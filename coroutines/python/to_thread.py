"""Row 16: a call that blocks stalls every task of the loop; on a pool's thread it does not.

Prints:
    turns of the other task during a blocking call: 0
    during the same call on a thread: at least 5
"""
import asyncio
import threading
import time


async def main():
    turns = 0

    async def ticker():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(ticker())
    await asyncio.sleep(0)  # the ticker has begun
    before = turns
    time.sleep(0.02)
    print("turns of the other task during a blocking call:", turns - before)

    enough, before = threading.Event(), turns
    loop = asyncio.get_running_loop()
    # Since Python 3.9 shorter: asyncio.to_thread(enough.wait)
    call = loop.run_in_executor(None, enough.wait)
    while turns < before + 5:
        await asyncio.sleep(0)
    enough.set()
    await call
    task.cancel()
    print("during the same call on a thread: at least", min(turns - before, 5))


if __name__ == "__main__":
    asyncio.run(main())
