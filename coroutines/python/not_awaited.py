"""Row 16: a coroutine that is never awaited does nothing, and is warned of.

Prints:
    ran: []
    warned: RuntimeWarning, coroutine 'work' was never awaited
    awaited: [1]
"""
import asyncio
import gc
import warnings

ran = []


async def work():
    ran.append(1)


def main():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        work()
        gc.collect()
    print("ran:", ran)
    for warning in caught:
        print("warned: {}, {}".format(warning.category.__name__, warning.message))
    asyncio.run(work())
    print("awaited:", ran)


if __name__ == "__main__":
    main()
