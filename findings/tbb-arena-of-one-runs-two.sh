#!/usr/bin/env bash
# oneTBB 2021.8.0: in a `task_arena` with a concurrency of one an enqueued task runs beside the thread that is in the arena by `execute`, at the same
# time; also when `global_control` allows a parallelism of one. A task of a `task_group` waits, as the limit says.
# Guess: one at a time, whichever way the work comes in.
# Why: an enqueued task is promised to run though nobody waits for it, and in an arena whose one place belongs to the thread that calls there would be
#   nobody to run it. So the arena gets one more place, and a worker, for what is enqueued ("mandatory concurrency"); its `max_concurrency()` says 1, or
#   2. Code that takes an arena of one for a mutex, to serialise a logger or a file that is no thread-safe object, has a data race as soon as one part
#   comes by `execute` and another by `enqueue`. By `enqueue` alone tasks come one at a time.
# Source: an open issue of the oneAPI specification, number 411, asks that this be described; oneTBB's src/tbb/arena.cpp.
# It takes a compiler for C++17.
. "$(dirname "$0")/run.bash"
debian libtbb-dev=2021.8.0-2+deb12u1 libtbb12=2021.8.0-2+deb12u1
cat >"$work/finding.cpp" <<'CPP'
#include <atomic>
#include <chrono>
#include <cstdio>
#include <thread>

#include <oneapi/tbb.h>

namespace {
using namespace std::chrono_literals;

bool within(std::chrono::milliseconds limit, const std::atomic<bool> &begun) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (!begun && std::chrono::steady_clock::now() < deadline)
        std::this_thread::sleep_for(1ms);
    return begun;
}

const char *word(bool yes) { return yes ? "yes" : "no"; }

void enqueued(const char *name) {
    tbb::task_arena arena(1);
    std::atomic<bool> begun{false}, ended{false};
    const bool beside = arena.execute([&] {
        arena.enqueue([&] {
            begun = true;
            ended = true;
        });
        return within(10s, begun);
    });
    std::printf("%s: an enqueued task runs while `execute` does: %s\n", name, word(beside));
    within(10s, ended);
}
} // namespace

int main() {
    enqueued("arena of one");
    {
        tbb::global_control limit(tbb::global_control::max_allowed_parallelism, 1);
        enqueued("parallelism of one");
    }
    tbb::task_arena arena(1);
    arena.execute([] {
        tbb::task_group group;
        std::atomic<bool> begun{false};
        group.run([&] { begun = true; });
        std::printf("a task of a group: %s\n", word(within(1s, begun)));
        group.wait();
    });
}
CPP
libraries=$(dirname "$(find "$work/root" -name 'libtbb.so.12')")
c++ -std=c++17 -w -I"$work/root/usr/include" "$work/finding.cpp" -o "$work/finding" -L"$libraries" -ltbb -pthread
LD_LIBRARY_PATH=$libraries "$work/finding" | tee "$work/output"
holds <<'END'
arena of one: an enqueued task runs while `execute` does: yes
parallelism of one: an enqueued task runs while `execute` does: yes
a task of a group: no
END
