"""Row 16: two queues are always ready: whose turn is it? asyncio has no select; wait returns all
that are done, and a loop that takes only the first of them lets the other queue starve.

Prints:
    the first of those that are done: a 200 turns, b 0
    all that are done: a 200 turns, b 200
"""
import asyncio


async def turns_of(rounds, chosen):
    queues = {name: asyncio.Queue() for name in "ab"}
    for queue in queues.values():
        for message in range(rounds):
            queue.put_nowait(message)
    gets = {name: asyncio.create_task(queue.get()) for name, queue in queues.items()}
    turns = {name: 0 for name in queues}
    for _ in range(rounds):
        done, _ = await asyncio.wait(gets.values(), return_when=asyncio.FIRST_COMPLETED)
        for name in chosen([name for name, get in gets.items() if get in done]):
            turns[name] += 1  # what is not chosen stays in its task, and is not lost
            gets[name] = asyncio.create_task(queues[name].get())
    for get in gets.values():
        get.cancel()
    return "a {a} turns, b {b}".format(**turns)


async def main():
    print("the first of those that are done:", await turns_of(200, lambda done: done[:1]))
    print("all that are done:", await turns_of(200, lambda done: done))


if __name__ == "__main__":
    asyncio.run(main())
