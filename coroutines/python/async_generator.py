"""Row 16: an async generator: `async for`, a value sent in, an exception thrown in, the end.

Prints:
    async for: [0, 1, 2]
    asend(5): 6
    athrow: from the start again, 0
    aclose: cleaned up
"""
import asyncio


async def count(step=1):
    value = 0
    try:
        while True:
            try:
                sent = yield value
            except ValueError:
                value = 0
                continue
            await asyncio.sleep(0)  # an async generator may await between two yields
            value = sent + 1 if sent is not None else value + step
    finally:
        if value > 2:
            print("aclose: cleaned up")


async def main():
    seen = []
    values = count()
    async for value in values:
        seen.append(value)
        if value == 2:
            break  # the generator is not closed by this
    await values.aclose()
    print("async for:", seen)
    values = count()
    await values.__anext__()
    print("asend(5):", await values.asend(5))
    print("athrow: from the start again,", await values.athrow(ValueError()))
    await values.asend(9)
    await values.aclose()  # raises GeneratorExit at the yield


if __name__ == "__main__":
    asyncio.run(main())
