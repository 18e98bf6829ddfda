"""Row 16: a notification that comes between the check and the wait. notify_all stores nothing; an
Event stays set, and a Condition's lock makes check and wait one step.

Prints:
    Condition, checked before its lock is taken: sleeps on
    Condition, checked under its lock: woken
    Event, set and cleared at once: sleeps on
    Event, which stays set: woken
"""
import asyncio


async def check_first(changed, is_set, event):
    if not is_set:
        await asyncio.sleep(0)  # it is set here
        async with changed:
            await changed.wait()


async def under_the_lock(changed, is_set, event):
    async with changed:
        await asyncio.sleep(0)  # the other task waits for the lock here
        await changed.wait_for(lambda: is_set)


async def of_the_event(changed, is_set, event):
    if not event.is_set():
        await asyncio.sleep(0)
        await event.wait()


async def ends(waits, clears=False):
    changed, is_set, event = asyncio.Condition(), [], asyncio.Event()
    task = asyncio.create_task(waits(changed, is_set, event))
    await asyncio.sleep(0)  # it runs to its first await
    async with changed:
        is_set.append(True)
        changed.notify_all()
    event.set()
    if clears:
        event.clear()
    for _ in range(10):  # more turns than it needs
        await asyncio.sleep(0)
    woken = task.done()
    task.cancel()
    return "woken" if woken else "sleeps on"


async def main():
    print("Condition, checked before its lock is taken:", await ends(check_first))
    print("Condition, checked under its lock:", await ends(under_the_lock))
    print("Event, set and cleared at once:", await ends(of_the_event, clears=True))
    print("Event, which stays set:", await ends(of_the_event))


if __name__ == "__main__":
    asyncio.run(main())
