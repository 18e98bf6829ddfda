"""Row 16: cancel raises CancelledError at the await: a task may clean up, and may refuse.

Prints:
    cancelled at its await: cleaned up
    its awaiter gets CancelledError; cancelled: True
    a stubborn task returned: I go on
    coins after a transfer that was cut in half: 90 + 0
"""
import asyncio


async def tidy():
    try:
        await asyncio.Event().wait()
    finally:
        print("cancelled at its await: cleaned up")


async def stubborn():
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        return "I go on"


async def transfer(accounts):
    accounts[0] -= 10
    await asyncio.sleep(0)
    accounts[1] += 10


async def begun(coroutine):
    task = asyncio.create_task(coroutine)
    await asyncio.sleep(0)  # it runs to its first await
    task.cancel()
    return task


async def main():
    task = await begun(tidy())
    try:
        await task
    except asyncio.CancelledError:
        print("its awaiter gets CancelledError; cancelled:", task.cancelled())
    print("a stubborn task returned:", await (await begun(stubborn())))
    accounts = [100, 0]
    await asyncio.wait([await begun(transfer(accounts))])
    print("coins after a transfer that was cut in half: {} + {}".format(*accounts))


if __name__ == "__main__":
    asyncio.run(main())
