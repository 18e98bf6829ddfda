"""Row 16: a notification that comes between the check and the wait. notify_all stores nothing; an
Event stays set, and a Condition's lock makes check and wait one step.

Prints:
    Condition, checked before its lock is taken: sleeps on
    Condition, checked under its lock: woken
    Event, set and cleared at once: sleeps on
    Event, which stays set: woken
"""
import asyncio


class Flag:
    def __init__(self):
        self.is_set, self.changed, self.event = False, asyncio.Condition(), asyncio.Event()

    async def set(self):
        async with self.changed:
            self.is_set = True
            self.changed.notify_all()


async def check_first(flag):
    if not flag.is_set:
        await asyncio.sleep(0)  # it is set here
        async with flag.changed:
            await flag.changed.wait()


async def under_the_lock(flag):
    async with flag.changed:
        await asyncio.sleep(0)  # the other task waits for the lock here
        await flag.changed.wait_for(lambda: flag.is_set)


async def event(flag):
    if not flag.event.is_set():
        await asyncio.sleep(0)
        await flag.event.wait()


async def pulse(flag):
    flag.event.set()
    flag.event.clear()


async def set_event(flag):
    flag.event.set()


async def ends(waits, sets):
    flag = Flag()
    task = asyncio.create_task(waits(flag))
    await asyncio.sleep(0)  # it runs to its first await
    await sets(flag)
    for _ in range(10):  # more turns than it needs
        await asyncio.sleep(0)
    woken = task.done()
    task.cancel()
    return "woken" if woken else "sleeps on"


async def main():
    print("Condition, checked before its lock is taken:", await ends(check_first, Flag.set))
    print("Condition, checked under its lock:", await ends(under_the_lock, Flag.set))
    print("Event, set and cleared at once:", await ends(event, pulse))
    print("Event, which stays set:", await ends(event, set_event))


if __name__ == "__main__":
    asyncio.run(main())
