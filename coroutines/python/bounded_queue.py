"""Row 16: asyncio.Queue with a bound holds the producer back; a semaphore bounds what runs at once.

Prints:
    no bound: 8 waited at the most
    maxsize 2: 2 waited at the most
    semaphore of 3: 3 of 9 at once
"""
import asyncio


async def most(maxsize):
    queue, most = asyncio.Queue(maxsize), 0

    async def produce():
        nonlocal most
        for number in range(8):
            await queue.put(number)  # waits for room, if there is a bound
            most = max(most, queue.qsize())

    producer = asyncio.create_task(produce())
    for _ in range(8):
        await asyncio.sleep(0)
        await queue.get()
    await producer
    return most


async def at_once():
    permits, now, most = asyncio.Semaphore(3), 0, 0

    async def job():
        nonlocal now, most
        async with permits:
            now += 1
            most = max(most, now)
            await asyncio.sleep(0)
            now -= 1

    await asyncio.gather(*(job() for _ in range(9)))
    return most


async def main():
    print("no bound:", await most(0), "waited at the most")
    print("maxsize 2:", await most(2), "waited at the most")
    print("semaphore of 3:", await at_once(), "of 9 at once")


if __name__ == "__main__":
    asyncio.run(main())
