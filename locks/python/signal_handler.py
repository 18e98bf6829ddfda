"""Row 9: a handler runs on the main thread, whichever thread the signal is sent to.

Prints:
    another thread sets a handler: refused
    sent to Thread-[..], handled by MainThread
"""
import signal
import threading


def main():
    def set_handler():
        try:
            signal.signal(signal.SIGUSR1, signal.SIG_IGN)
        except ValueError:
            print("another thread sets a handler: refused")

    other = threading.Thread(target=set_handler)
    other.start()
    other.join()

    handled = []
    signal.signal(signal.SIGUSR1, lambda *_: handled.append(threading.current_thread().name))

    def send():
        signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)

    other = threading.Thread(target=send)
    other.start()
    other.join()
    while not handled:  # the handler runs as soon as the main thread runs Python code
        pass
    print(f"sent to {other.name}, handled by {handled[0]}")


if __name__ == "__main__":
    main()
