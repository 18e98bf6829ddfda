"""Row 15: a Unix socket by its path, an open file handed over it, and what a dead server leaves.

Prints:
    the server reads 'from the client', and the client is its child: True
    the path stays: EADDRINUSE
"""
import array
import errno
import multiprocessing
import os
import socket
import struct
import tempfile

context = multiprocessing.get_context("fork")


def client(path):
    with socket.socket(socket.AF_UNIX) as connection, tempfile.TemporaryFile() as file:
        connection.connect(path)
        file.write(b"from the client")
        file.seek(0)
        rights = array.array("i", [file.fileno()])
        connection.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])


def main():
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:  # a path has 107 bytes at the most
        path = os.path.join(folder, "socket")
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(path)
            server.listen()
            child = context.Process(target=client, args=(path,))
            child.start()
            connection, _ = server.accept()
            with connection:
                _, control, _, _ = connection.recvmsg(1, socket.CMSG_LEN(4))
                credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
            child.join()
            with open(array.array("i", control[0][2])[0], "r") as file:
                text = repr(file.read())
            known = struct.unpack("3i", credentials)[0] == child.pid
            print(f"the server reads {text}, and the client is its child: {known}")
        with socket.socket(socket.AF_UNIX) as second:
            try:
                second.bind(path)
            except OSError as error:
                print("the path stays:", errno.errorcode[error.errno])


if __name__ == "__main__":
    main()
