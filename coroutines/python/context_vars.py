"""Row 16: what a request carries along. A thread-local is shared by all tasks of the loop; a
context variable is each task's own, and a task that it starts gets a copy.

Prints:
    threading.local: request 1 logs 2, request 2 logs 2
    ContextVar: request 1 logs 1, request 2 logs 2
    a task that request 7 starts logs 7
"""
import asyncio
import contextvars
import threading

of_thread = threading.local()
of_task = contextvars.ContextVar("id")


async def with_thread_local(number):
    of_thread.id = number
    await asyncio.sleep(0)  # the other request runs here
    return "request {} logs {}".format(number, of_thread.id)


async def with_context_var(number):
    of_task.set(number)
    await asyncio.sleep(0)
    return "request {} logs {}".format(number, of_task.get())


async def child():
    return of_task.get()


async def main():
    for name, request in (("threading.local", with_thread_local), ("ContextVar", with_context_var)):
        print("{}: {}".format(name, ", ".join(await asyncio.gather(request(1), request(2)))))
    of_task.set(7)
    print("a task that request 7 starts logs", await asyncio.create_task(child()))


if __name__ == "__main__":
    asyncio.run(main())
