"""Row 16: tasks on asyncio's event loop: polled in the order in which they were scheduled.

Prints:
    a coroutine that is called does nothing: coroutine
    abcabcabc
    results ['A', 'B', 'C']
    the exception reaches its awaiter: no such letter
"""
import asyncio

spoken = []


async def speak(letter):
    for _ in range(3):
        spoken.append(letter)
        await asyncio.sleep(0)  # yields to the loop
    return letter.upper()


async def fails():
    raise ValueError("no such letter")


async def main():
    coroutine = speak("a")
    print("a coroutine that is called does nothing:", type(coroutine).__name__)
    # Keep the tasks: the loop has only weak references to them.
    tasks = [asyncio.create_task(each) for each in (coroutine, speak("b"), speak("c"))]
    results = [await task for task in tasks]
    print("".join(spoken))
    print("results", results)
    try:
        await asyncio.create_task(fails())
    except ValueError as error:
        print("the exception reaches its awaiter:", error)


if __name__ == "__main__":
    asyncio.run(main())
