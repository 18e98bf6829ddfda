#!/usr/bin/env bash
# Poco 1.11.0: a call that is queued at an `ActiveDispatcher` when somebody cancels the queue, or the object ends, is never answered: its `ActiveResult` has
# neither a value nor an error, and `wait` waits for ever. std's future of a task that is dropped has an error.
# Guess: what will not run any more is reported as such to whoever holds its result, as a broken promise is.
# Why: a queued call and its result are two objects. `cancel` and `stop` clear the queue, and to drop the call tells the result nothing; only a method that
#   runs sets it, to its value or to its exception. So an object with active methods that ends while others wait for it stops them, too: they have to use
#   `tryWait` and ask somebody else why, or the object has to end after its last result.
# Source: Poco's Foundation/src/ActiveDispatcher.cpp (`cancel`, `stop`); the documentation of `cancel` says "Cancels all queued methods", and no more.
# It takes a compiler for C++17.
. "$(dirname "$0")/run.bash"
debian libpoco-dev=1.11.0-3+deb12u1 libpocofoundation80=1.11.0-3+deb12u1 libpcre3=2:8.39-15
cat >"$work/finding.cpp" <<'CPP'
#include <cstdio>
#include <future>
#include <memory>
#include <thread>

#include <Poco/ActiveDispatcher.h>
#include <Poco/ActiveMethod.h>
#include <Poco/Event.h>

namespace {
// Its method runs on a thread of the object, one call at a time; the first call waits for the gate.
struct Dispatched : Poco::ActiveDispatcher {
    Dispatched() : call(this, &Dispatched::work) {}
    ~Dispatched() { stop(); }
    int work(const int &argument) {
        begun.set();
        if (argument == 1)
            gate.wait();
        return argument;
    }
    Poco::Event begun{Poco::Event::EVENT_MANUALRESET}, gate{Poco::Event::EVENT_MANUALRESET};
    Poco::ActiveMethod<int, int, Dispatched, Poco::ActiveStarter<Poco::ActiveDispatcher>> call;
};

const char *word(bool yes) { return yes ? "yes" : "no"; }

void tell(const char *name, Poco::ActiveResult<int> result) {
    const bool answered = result.tryWait(1000);
    std::printf("%s: answered within a second: %s, failed: %s\n", name, word(answered), word(result.failed()));
}
} // namespace

int main() {
    auto object = std::make_unique<Dispatched>();
    auto first = object->call(1), second = object->call(2);
    object->begun.wait();
    object->cancel();
    auto third = object->call(3);
    object->gate.set();
    tell("the call that runs when the queue is cancelled", first);
    tell("the one that is queued", second);
    tell("the one that comes afterwards", third);

    object = std::make_unique<Dispatched>();
    first = object->call(1);
    auto queued = object->call(2);
    object->begun.wait();
    auto end = std::async(std::launch::async, [gate = &object->gate] {
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
        gate->set();
    });
    object.reset();
    tell("the call that runs when the object ends", first);
    tell("the one that is queued", queued);

    std::future<int> dropped = std::packaged_task<int()>([] { return 1; }).get_future();
    try {
        dropped.get();
    } catch (const std::future_error &error) {
        std::printf("std's task that is dropped: a broken promise: %s\n", word(error.code() == std::future_errc::broken_promise));
    }
}
CPP
libraries=$(dirname "$(find "$work/root" -name libPocoFoundation.so)")
c++ -std=c++17 -w -I"$work/root/usr/include" "$work/finding.cpp" -o "$work/finding" \
    -L"$libraries" -lPocoFoundation -Wl,--unresolved-symbols=ignore-in-shared-libs -pthread
LD_LIBRARY_PATH=$libraries:$work/root/lib/x86_64-linux-gnu:$work/root/usr/lib/x86_64-linux-gnu "$work/finding" | tee "$work/output"
holds <<'END'
the call that runs when the queue is cancelled: answered within a second: yes, failed: no
the one that is queued: answered within a second: no, failed: no
the one that comes afterwards: answered within a second: yes, failed: no
the call that runs when the object ends: answered within a second: yes, failed: no
the one that is queued: answered within a second: no, failed: no
std's task that is dropped: a broken promise: yes
END
