#!/usr/bin/env bash
# Helgrind (Valgrind 3.19.0) reports a data race on what `pthread_once` has initialised, and on what came through a semaphore by `sem_trywait` or
# `sem_timedwait`; ThreadSanitizer (GCC 12's) on what C11's `mtx_lock` protects or `call_once` initialised, the threads being pthreads; none of the three
# checkers knows `sem_clockwait`.
# Guess: nobody reports any of these: all are functions of the standard library whose one purpose is to order threads.
# Why: a checker puts its own function in front of each that it knows by name. Helgrind has one for `sem_wait`, and none for its sisters. The C library calls
#   its mutex from `mtx_lock` by an inner name, which ThreadSanitizer does not see. A function that came later (`…_clock…`, 2019) is in no list before
#   somebody has added it; libraries change to them in silence, as libstdc++'s timed locks did. The same program is clean by `sem_wait`.
# Source: Valgrind's hg_intercepts.c and drd_pthread_intercepts.c; the interceptors of ThreadSanitizer, tsan_interceptors_posix.cpp.
# It takes GCC 12 with ThreadSanitizer, and the symbols of the C library (Debian's libc6-dbg), without which no tool of Valgrind begins.
. "$(dirname "$0")/run.bash"
debian valgrind=1:3.19.0-1
export VALGRIND_LIB=$work/root/usr/libexec/valgrind

cat >"$work/order.c" <<'C'
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <string.h>
#include <threads.h>
#include <time.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t readers = PTHREAD_RWLOCK_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static once_flag called = ONCE_FLAG_INIT;
static sem_t semaphore;
static mtx_t c11;

static const char *way;
static int written, turn;

static int is(const char *name) { return strcmp(way, name) == 0; }
static void initialise(void) { written = 1; }

static void *writes(void *none) {
    if (is("pthread_once")) pthread_once(&once, initialise);
    else if (is("call_once")) call_once(&called, initialise);
    else if (is("mtx_lock")) mtx_lock(&c11), written = 1, mtx_unlock(&c11);
    else if (strncmp(way, "sem", 3) == 0) written = 1, sem_post(&semaphore);
    else if (strncmp(way, "pthread_m", 9) == 0) pthread_mutex_lock(&mutex), written = 1, pthread_mutex_unlock(&mutex);
    else pthread_rwlock_wrlock(&readers), written = 1, pthread_rwlock_unlock(&readers);
    __atomic_fetch_add(&turn, 1, __ATOMIC_RELAXED);
    return none;
}

static void *reads(void *seen) {
    struct timespec real, monotonic;
    clock_gettime(CLOCK_REALTIME, &real);
    clock_gettime(CLOCK_MONOTONIC, &monotonic);
    real.tv_sec += 600, monotonic.tv_sec += 600;
    // The writer comes first. A relaxed addition orders nothing else, for a checker neither.
    while (__atomic_fetch_add(&turn, 0, __ATOMIC_RELAXED) == 0) sched_yield();

    int *to = seen;
    if (is("pthread_once")) pthread_once(&once, initialise), *to = written;
    else if (is("call_once")) call_once(&called, initialise), *to = written;
    else if (is("mtx_lock")) mtx_lock(&c11), *to = written, mtx_unlock(&c11);
    else if (is("sem_wait")) sem_wait(&semaphore), *to = written;
    else if (is("sem_trywait")) sem_trywait(&semaphore), *to = written;
    else if (is("sem_timedwait")) sem_timedwait(&semaphore, &real), *to = written;
    else if (is("sem_clockwait")) sem_clockwait(&semaphore, CLOCK_MONOTONIC, &monotonic), *to = written;
    else if (is("pthread_mutex_timedlock")) pthread_mutex_timedlock(&mutex, &real), *to = written, pthread_mutex_unlock(&mutex);
    else if (is("pthread_mutex_clocklock"))
        pthread_mutex_clocklock(&mutex, CLOCK_MONOTONIC, &monotonic), *to = written, pthread_mutex_unlock(&mutex);
    else pthread_rwlock_timedrdlock(&readers, &real), *to = written, pthread_rwlock_unlock(&readers);
    return seen;
}

int main(int count, char **arguments) {
    way = arguments[1];
    sem_init(&semaphore, 0, 0);
    mtx_init(&c11, mtx_plain);
    int seen = 0;
    pthread_t reader, writer;
    pthread_create(&reader, 0, reads, &seen);
    pthread_create(&writer, 0, writes, 0);
    pthread_join(writer, 0);
    pthread_join(reader, 0);
    return count - 1 - seen;
}
C
cc -g -pthread -o "$work/plain" "$work/order.c"
cc -g -pthread -fsanitize=thread -o "$work/sanitized" "$work/order.c"

# Which of the three report a data race.
for way in pthread_once call_once mtx_lock sem_wait sem_trywait sem_timedwait sem_clockwait \
    pthread_mutex_timedlock pthread_mutex_clocklock pthread_rwlock_timedrdlock; do
    seen=
    valgrind --fair-sched=try --tool=helgrind "$work/plain" $way >"$work/report" 2>&1
    if grep -q 'Possible data race' "$work/report"; then seen+=' Helgrind'; fi
    valgrind --fair-sched=try --tool=drd "$work/plain" $way >"$work/report" 2>&1
    if grep -q 'Conflicting' "$work/report"; then seen+=' DRD'; fi
    TSAN_OPTIONS=exitcode=0 "$work/sanitized" $way >"$work/report" 2>&1
    if grep -q 'data race' "$work/report"; then seen+=' ThreadSanitizer'; fi
    echo "$way:${seen:- nobody}"
done | tee "$work/output"
holds <<'END'
pthread_once: Helgrind
call_once: Helgrind ThreadSanitizer
mtx_lock: ThreadSanitizer
sem_wait: nobody
sem_trywait: Helgrind
sem_timedwait: Helgrind
sem_clockwait: Helgrind DRD ThreadSanitizer
pthread_mutex_timedlock: nobody
pthread_mutex_clocklock: Helgrind ThreadSanitizer
pthread_rwlock_timedrdlock: Helgrind
END
