"""Row 16: a TaskGroup cancels the siblings of one that fails, and waits for their ends.

It is in Python 3.11 and newer; an older one says so.

Prints:
    TaskGroup [..]
    ...
"""
import asyncio
import sys


async def fails(go):
    await go.wait()
    raise ValueError("a")


async def sibling(name, ended):
    try:
        await asyncio.Event().wait()  # for ever
    finally:
        ended.append(name)


async def main():
    go, ended = asyncio.Event(), []
    caught = []
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(fails(go))
            for name in "bc":
                group.create_task(sibling(name, ended))
            await asyncio.sleep(0)  # all have begun
            go.set()
    except Exception as errors:  # an ExceptionGroup; 3.11's syntax for it is `except*`
        caught = errors.exceptions
    print("TaskGroup raised an ExceptionGroup of", caught)
    ended.sort()  # which of them is cancelled first is not defined
    print("when it did, the siblings had ended:", ended)
    assert [type(error) for error in caught] == [ValueError] and ended == ["b", "c"]


if __name__ == "__main__":
    if sys.version_info < (3, 11):
        print("TaskGroup needs Python 3.11; this is", sys.version.split()[0])
    else:
        asyncio.run(main())
