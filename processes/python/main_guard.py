"""Row 10: why a script that starts processes needs `if __name__ == "__main__"`.

A spawned child imports the script to find the function, and so runs all that stands outside of the
guard: without one it would start a child of its own. Python refuses that in the child.

Prints:
    with the guard: the child's line, exit code 0
    without it: RuntimeError, exit code 1
"""
import os
import subprocess
import sys
import tempfile

SCRIPT = """
import multiprocessing

def child():
    print("the child's line", flush=True)

{guard}
    process = multiprocessing.get_context("spawn").Process(target=child)
    process.start()
    process.join()
    print(process.exitcode)
"""


def run(guard):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "script.py")
        with open(path, "w") as file:
            file.write(SCRIPT.format(guard=guard))
        command = [sys.executable, "-I", path]
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def main():
    line, code = run('if __name__ == "__main__":').stdout.splitlines()
    print(f"with the guard: {line}, exit code {code}")
    ran = run("if True:")
    error = "RuntimeError" if "\nRuntimeError" in ran.stderr else ran.stderr
    print(f"without it: {error}, exit code {ran.stdout.strip()}")


if __name__ == "__main__":
    main()
