"""Python's side of the bench `sockets`: an echo server, which prints its port and ends with its input."""

import asyncio
import os
import socket
import sys
import threading


def threads():
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    print(listener.getsockname()[1])

    def serve(stream):
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with stream:
            while message := stream.recv(512):
                stream.sendall(message)

    while True:
        threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()


async def connection(reader, writer):
    # Streams set TCP_NODELAY by themselves.
    while message := await reader.read(512):
        writer.write(message)
        await writer.drain()
    writer.close()


async def serve():
    server = await asyncio.start_server(connection, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1])
    await server.serve_forever()


def ends_with_its_input():
    sys.stdin.read()
    os._exit(0)


threading.Thread(target=ends_with_its_input, daemon=True).start()
if sys.argv[1] == "threads":
    threads()
else:
    asyncio.run(serve())
