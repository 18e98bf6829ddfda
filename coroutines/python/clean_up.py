"""Row 16: a clean-up that has to await, when a task is cancelled. In Python it may: a `finally`
awaits, and whoever waits for the task waits for it too. A second cancellation cuts it short.

Prints:
    timed out: TimeoutError after ['begin', 'rollback']
    cancelled twice: the peer was told ['begin']
    cancelled twice, shielded: the peer was told ['begin']
    and once there is room: ['begin', 'rollback']
"""
import asyncio


class Peer:
    def __init__(self):
        self.told, self.room = ["begin"], asyncio.Event()

    async def tell(self, message):
        await self.room.wait()
        self.told.append(message)

    async def tell_shielded(self, message):
        self.telling = asyncio.ensure_future(self.tell(message))  # the loop's reference is weak
        await asyncio.shield(self.telling)


async def transaction(rolls_back):
    try:
        await asyncio.Event().wait()  # the work, which takes for ever
    finally:
        await rolls_back("rollback")


async def cancelled_twice(rolls_back):
    task = asyncio.create_task(transaction(rolls_back))
    for _ in range(2):
        await asyncio.sleep(0)  # it runs to its next await
        task.cancel()
    await asyncio.wait([task])


async def main():
    late, twice, shielded = Peer(), Peer(), Peer()
    asyncio.get_running_loop().call_later(0.02, late.room.set)
    try:
        await asyncio.wait_for(transaction(late.tell), 0.01)  # asyncio.timeout does the same
    except asyncio.TimeoutError:
        print("timed out: TimeoutError after", late.told)
    await cancelled_twice(twice.tell)
    print("cancelled twice: the peer was told", twice.told)
    await cancelled_twice(shielded.tell_shielded)
    print("cancelled twice, shielded: the peer was told", shielded.told)
    shielded.room.set()
    await shielded.telling  # or the end of `run` would cancel it
    print("and once there is room:", shielded.told)


if __name__ == "__main__":
    asyncio.run(main())
