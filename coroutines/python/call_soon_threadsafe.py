"""Row 16: another thread wakes a task of the loop, by the one call that may.

Prints:
    call_soon from another thread: refused, as the loop is in debug mode
    the task has got 2
"""
import asyncio
import threading


async def main():
    loop = asyncio.get_running_loop()
    loop.set_debug(True)  # without it nothing is said, and the task may sleep on
    future = loop.create_future()

    def wake():
        try:
            loop.call_soon(future.set_result, 1)
        except RuntimeError:
            print("call_soon from another thread: refused, as the loop is in debug mode")
        finally:
            loop.call_soon_threadsafe(future.set_result, 2)

    thread = threading.Thread(target=wake)
    thread.start()
    print("the task has got", await future)
    thread.join()


if __name__ == "__main__":
    asyncio.run(main())
