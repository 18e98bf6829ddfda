"""Row 12: the input of a Pipe ends when the last copy of the other end is closed, in any process.

Prints:
    the parent kept its copy: no end
    the parent closed its copy: the input has ended
"""
import multiprocessing

context = multiprocessing.get_context("fork")


def exit_at_once():
    pass


def ended(close):
    here, there = context.Pipe()
    child = context.Process(target=exit_at_once)
    child.start()
    child.join()
    if close:
        there.close()
    if not here.poll(0.3):
        return "no end"
    try:
        here.recv()
    except EOFError:
        return "the input has ended"


def main():
    print("the parent kept its copy:", ended(close=False))
    print("the parent closed its copy:", ended(close=True))


if __name__ == "__main__":
    main()
