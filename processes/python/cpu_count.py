"""Row 11: how many processors there are, and how many this process may use (Linux).

`os.process_cpu_count()` is there since 3.13. No count knows of a cgroup's quota.

Prints:
    os.cpu_count() [..], of which this process may use [..]
    kept to one: os.cpu_count() as before, len(os.sched_getaffinity(0)) 1
"""
import os


def main():
    online = os.cpu_count()
    usable = os.sched_getaffinity(0)
    print(f"os.cpu_count() {online}, of which this process may use {len(usable)}")
    os.sched_setaffinity(0, {min(usable)})
    now = "as before" if os.cpu_count() == online else os.cpu_count()
    left = len(os.sched_getaffinity(0))
    print(f"kept to one: os.cpu_count() {now}, len(os.sched_getaffinity(0)) {left}")


if __name__ == "__main__":
    main()
