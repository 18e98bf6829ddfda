"""Row 16: on one thread too, an await between read and write loses updates; a lock keeps them.

Prints:
    without a lock: 2 of 4
    with asyncio.Lock: 4 of 4
"""
import asyncio
import contextlib


class Counter:
    def __init__(self, lock):
        self.value = 0
        self.lock = lock

    async def add(self):
        for _ in range(2):
            async with self.lock:
                read = self.value
                await asyncio.sleep(0)  # the other task runs here
                self.value = read + 1


class NoLock(contextlib.AbstractAsyncContextManager):
    async def __aexit__(self, *error):
        return None


async def main():
    for name, lock in (("without a lock", NoLock()), ("with asyncio.Lock", asyncio.Lock())):
        counter = Counter(lock)
        await asyncio.gather(counter.add(), counter.add())
        print("{}: {} of 4".format(name, counter.value))


if __name__ == "__main__":
    asyncio.run(main())
