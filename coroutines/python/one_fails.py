"""Row 16: three at once and one fails: gather raises at once, and its siblings run on.

Prints:
    gather: ValueError; the siblings have ended: []
    a moment later: ['b', 'c']
    return_exceptions: [ValueError('a'), 'b', 'c']
    cancelled by hand: ['b', 'c'] of ['b', 'c']
"""
import asyncio


async def fails():
    raise ValueError("a")


async def sibling(name, go, ended):
    try:
        await go.wait()
        ended.append(name)
        return name
    except asyncio.CancelledError:
        ended.append(name)
        raise


async def main():
    go, ended = asyncio.Event(), []
    siblings = [asyncio.create_task(sibling(name, go, ended)) for name in "bc"]
    try:
        await asyncio.gather(fails(), *siblings)
    except ValueError:
        print("gather: ValueError; the siblings have ended:", ended)
    go.set()
    await asyncio.wait(siblings)
    print("a moment later:", ended)

    results = asyncio.gather(fails(), *(sibling(n, go, []) for n in "bc"), return_exceptions=True)
    print("return_exceptions:", await results)

    go, ended = asyncio.Event(), []
    siblings = [asyncio.create_task(sibling(name, go, ended)) for name in "bc"]
    try:
        await asyncio.gather(fails(), *siblings)
    except ValueError:
        for task in siblings:
            task.cancel()
        await asyncio.wait(siblings)  # until they have cleaned up
    print("cancelled by hand:", ended, "of", ["b", "c"])


if __name__ == "__main__":
    asyncio.run(main())
