#!/usr/bin/env bash
# Helgrind (valgrind 3.19.0) and ThreadSanitizer (gcc 12): of five programs that take two locks in both orders and cannot deadlock the one reports
# all, the other three.
# Guess: what is reported as a potential deadlock has a schedule that deadlocks: two threads, at the same time, with nothing that keeps them apart.
# Why: both draw an edge from each lock that is held to the one that is acquired, and report a cycle. An edge knows neither its thread, nor when it
#   was, nor which third lock was held, so one thread alone makes a cycle, two threads that are joined one after the other, and two behind a gate. An
#   attempt that does not wait makes no edge in ThreadSanitizer, and one in Helgrind, so C++'s `std::scoped_lock`, which waits for one lock, tries the
#   others and backs off, is reported by Helgrind alone. A report is a question; the answer is a schedule, or the reason why
#   there is none. (DRD, valgrind's other tool for threads, has no such check.)
# Source: Helgrind's manual, "Inconsistent Lock Orderings"; compiler-rt's sanitizer_deadlock_detector.h and tsan_rtl_mutex.cpp.
. "$(dirname "$0")/run.bash"
debian valgrind=1:3.19.0-1
export VALGRIND_LIB=$work/root/usr/libexec/valgrind

cat >"$work/orders.c" <<'C'
#include <pthread.h>
#include <stdlib.h>

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER, a = PTHREAD_MUTEX_INITIALIZER, b = PTHREAD_MUTEX_INITIALIZER;

static void both(pthread_mutex_t *first, pthread_mutex_t *second, int tries) {
    pthread_mutex_lock(first);
    if (!tries) pthread_mutex_lock(second);
    if (!tries || pthread_mutex_trylock(second) == 0) pthread_mutex_unlock(second);
    pthread_mutex_unlock(first);
}
static void *a_b(void *gated) {
    if (gated) pthread_mutex_lock(&gate);
    both(&a, &b, 0);
    if (gated) pthread_mutex_unlock(&gate);
    return NULL;
}
static void *b_a(void *gated) {
    if (gated) pthread_mutex_lock(&gate);
    both(&b, &a, 0);
    if (gated) pthread_mutex_unlock(&gate);
    return NULL;
}
static void *b_tries_a(void *unused) {
    both(&b, &a, 1);
    return unused;
}
static void threads(void *(*one)(void *), void *(*other)(void *), int at_once, void *argument) {
    pthread_t first, second;
    pthread_create(&first, NULL, one, argument);
    if (!at_once) pthread_join(first, NULL);
    pthread_create(&second, NULL, other, argument);
    if (at_once) pthread_join(first, NULL);
    pthread_join(second, NULL);
}
int main(int count, char **arguments) {
    switch (count > 1 ? atoi(arguments[1]) : 0) {
    case 1: a_b(NULL), b_a(NULL); break;
    case 2: threads(a_b, b_a, 0, NULL); break;
    case 3: threads(a_b, b_tries_a, 0, NULL); break;
    case 4: threads(a_b, b_a, 1, &gate); break;
    }
}
C
cc -g -pthread -o "$work/plain" "$work/orders.c"
cc -g -pthread -fsanitize=thread -o "$work/tsan" "$work/orders.c"

cat >"$work/scoped.cpp" <<'CPP'
#include <mutex>
#include <thread>

int main() {
    std::mutex a, b;
    std::thread([&] { std::scoped_lock both(a, b); }).join();
    std::thread([&] { std::scoped_lock both(b, a); }).join();
}
CPP
c++ -std=c++17 -g -pthread -o "$work/scoped-plain" "$work/scoped.cpp"
c++ -std=c++17 -g -pthread -fsanitize=thread -o "$work/scoped-tsan" "$work/scoped.cpp"

# said TEXT COMMAND…: whether the command reports that.
said() {
    local text=$1
    shift
    "$@" >"$work/report" 2>&1 || true
    grep -q "$text" "$work/report" && echo reports || echo silent
}
# row NAME PLAIN TSAN [NUMBER]: what the two say of a program.
row() {
    echo "$1: Helgrind $(said 'lock order .* violated' valgrind --tool=helgrind "$work/$2" "${@:4}")," \
        "ThreadSanitizer $(said 'lock-order-inversion' "$work/$3" "${@:4}")"
}
{
    number=0
    for program in 'one thread, one order and then the other' 'a thread for each, joined before the next' 'the same, and the second only tries' \
        'two threads at once, behind a gate lock'; do
        number=$((number + 1))
        row "$program" plain tsan $number
    done
    row 'a std::scoped_lock of C++ in either order' scoped-plain scoped-tsan
} | tee "$work/output"
holds <<'END'
one thread, one order and then the other: Helgrind reports, ThreadSanitizer reports
a thread for each, joined before the next: Helgrind reports, ThreadSanitizer reports
the same, and the second only tries: Helgrind reports, ThreadSanitizer silent
two threads at once, behind a gate lock: Helgrind reports, ThreadSanitizer reports
a std::scoped_lock of C++ in either order: Helgrind reports, ThreadSanitizer silent
END
