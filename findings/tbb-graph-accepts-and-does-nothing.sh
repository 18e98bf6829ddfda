#!/usr/bin/env bash
# oneTBB 2021.8.0: after an exception out of a node of a flow graph has been caught where it arrives, in `wait_for_all`, each further `try_put` says true,
# the next `wait_for_all` returns without an error, `is_cancelled` says no, and nothing runs.
# Guess: the exception ends what was under way; the next message is worked on, or `try_put` refuses it.
# Why: the exception cancels the graph's group of tasks, and that stays cancelled until `reset()`; a message becomes a task that ends before it begins.
#   The end of `wait_for_all` takes back what `is_cancelled` and `exception_thrown` tell: they speak of the last wait, and the second was a good one. So a
#   pipeline that catches, logs and goes on with the next file reports success for all the files after the first bad one. `g.reset()` in the handler is
#   the line that is missing. A `task_group` that was cancelled is usable again after its `wait`, without such a call.
# Source: oneTBB's guide, "Use graph::reset() to Reset a Canceled Graph"; its specification, class `graph`.
# It takes a compiler for C++17.
. "$(dirname "$0")/run.bash"
debian libtbb-dev=2021.8.0-2+deb12u1 libtbb12=2021.8.0-2+deb12u1
cat >"$work/finding.cpp" <<'CPP'
#include <atomic>
#include <cstdio>
#include <stdexcept>

#include <oneapi/tbb.h>

int main() {
    const auto word = [](bool yes) { return yes ? "yes" : "no"; };
    tbb::flow::graph graph;
    std::atomic<int> done{0};
    tbb::flow::function_node<int> node(graph, 1, [&](int file) {
        if (file == 1) throw std::runtime_error("a bad file");
        done++;
    });
    const auto put = [&](int file) {
        const bool taken = node.try_put(file);
        const char *end = "returns";
        try {
            graph.wait_for_all();
        } catch (const std::runtime_error &) {
            end = "raises";
        }
        std::printf("file %d: taken: %s; the wait %s; cancelled: %s; files done: %d\n", file, word(taken), end,
                    word(graph.is_cancelled()), done.load());
    };
    for (int file = 0; file < 4; file++) put(file);
    graph.reset();
    std::puts("reset");
    put(4);

    tbb::task_group group;
    group.run([] { throw std::runtime_error("a bad task"); });
    try {
        group.wait();
    } catch (const std::runtime_error &) {
        group.run([&] { done = 100; });
        group.wait();
    }
    std::printf("a group goes on after its exception: %s\n", word(done == 100));
}
CPP
libraries=$(dirname "$(find "$work/root" -name 'libtbb.so.12')")
c++ -std=c++17 -w -I"$work/root/usr/include" "$work/finding.cpp" -o "$work/finding" -L"$libraries" -ltbb -pthread
LD_LIBRARY_PATH=$libraries "$work/finding" | tee "$work/output"
holds <<'END'
file 0: taken: yes; the wait returns; cancelled: no; files done: 1
file 1: taken: yes; the wait raises; cancelled: yes; files done: 1
file 2: taken: yes; the wait returns; cancelled: no; files done: 1
file 3: taken: yes; the wait returns; cancelled: no; files done: 1
reset
file 4: taken: yes; the wait returns; cancelled: no; files done: 2
a group goes on after its exception: yes
END
