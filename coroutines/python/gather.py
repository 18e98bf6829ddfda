"""Row 16: several at once: gather, wait for the first, as_completed.

Prints:
    gather, in the order of the arguments: ['slow', 'quick']
    wait: done ['quick'], pending ['slow']
    as_completed, in the order of the ends: ['quick', 'slow']
"""
import asyncio


async def fetch(name, go=None, then=None):
    if go is not None:
        await go.wait()
    if then is not None:
        then.set()
    return name


def pair():
    """Two fetches: the slow one waits until the quick one has ended."""
    ended = asyncio.Event()
    return fetch("slow", go=ended), fetch("quick", then=ended)


async def main():
    print("gather, in the order of the arguments:", await asyncio.gather(*pair()))

    never = asyncio.Event()
    tasks = {asyncio.create_task(fetch("slow", go=never)), asyncio.create_task(fetch("quick"))}
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    never.set()  # `wait` cancels nothing: what is pending runs on
    rest = [await task for task in pending]
    print("wait: done {}, pending {}".format([task.result() for task in done], rest))

    order = [await each for each in asyncio.as_completed(list(pair()))]
    print("as_completed, in the order of the ends:", order)


if __name__ == "__main__":
    asyncio.run(main())
