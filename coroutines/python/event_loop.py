"""Row 16: an event loop by hand: generators as tasks, a run queue, and one wait for all sockets.

Prints:
    client 0 got b'ECHO 0'
    client 1 got b'ECHO 1'
    client 2 got b'ECHO 2'
    all tasks on one thread, the loop waited by [..]
"""
import collections
import selectors
import socket


class Loop:
    def __init__(self):
        self.ready = collections.deque()
        self.selector = selectors.DefaultSelector()  # epoll on Linux, kqueue on macOS

    def spawn(self, task):
        self.ready.append(task)

    def run(self):
        while self.ready or self.selector.get_map():
            while self.ready:
                task = self.ready.popleft()
                try:
                    sock = next(task)  # runs until it yields the socket that it waits for
                except StopIteration:
                    continue
                self.selector.register(sock, selectors.EVENT_READ, task)
            for key, _ in self.selector.select() if self.selector.get_map() else ():
                self.selector.unregister(key.fileobj)
                self.ready.append(key.data)


def echo(sock):
    yield sock
    sock.sendall(sock.recv(64).upper())


def client(number, sock, got):
    sock.sendall(b"echo %d" % number)
    yield sock
    got[number] = sock.recv(64)


def main():
    loop, got = Loop(), {}
    pairs = [socket.socketpair() for _ in range(3)]
    for number, (one, other) in enumerate(pairs):
        loop.spawn(echo(one))
        loop.spawn(client(number, other, got))
    loop.run()
    for number in sorted(got):
        print("client", number, "got", got[number])
    print("all tasks on one thread, the loop waited by", type(loop.selector).__name__)


if __name__ == "__main__":
    main()
