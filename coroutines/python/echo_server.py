"""Row 16: an echo server of asyncio's streams: a task for each connection, all on one thread.

Prints:
    100 clients were answered, 100 of them at once
    threads: 1
"""
import asyncio
import threading

now = most = 0


async def serve(reader, writer):
    global now, most
    now += 1
    most = max(most, now)
    while True:
        message = await reader.read(64)
        if not message:
            break
        writer.write(message)
        await writer.drain()  # back-pressure: waits while the client does not read
    now -= 1
    writer.close()


async def client(port, all_there):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"hello")
    answer = await reader.readexactly(5)
    if now == 100:
        all_there.set()
    await all_there.wait()  # all stay until the last one is there
    writer.close()
    return answer == b"hello"


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port, all_there = server.sockets[0].getsockname()[1], asyncio.Event()
    answered = await asyncio.gather(*(client(port, all_there) for _ in range(100)))
    print(sum(answered), "clients were answered,", most, "of them at once")
    print("threads:", threading.active_count())
    server.close()


if __name__ == "__main__":
    asyncio.run(main())
