//! What it costs that a core goes on with another thread: two threads that hand over to each other.
//!
//! `switch/hand-over`: both on the same core; ns for one hand-over, each of which takes a context
//! switch. `futex, bare` is the shortest that the system calls allow: store the turn, wake the
//! other, sleep until it is one's own; `futex (ours)` is the `Baton` of the topic `threads-basics`,
//! which wakes only a thread that sleeps. `std` is a mutex with a condition variable, `condvar
//! (ours)` the same with the two of the topic `locks`: the bare futex is their limit. They notify
//! when they have released the mutex; those "notified inside" do so before, and the thread that is
//! woken preempts the other, finds the mutex taken, and sleeps once more. `park` are std's tokens,
//! `coroutines (limit)` two futures that are polled by turns: no context switch. The first two take
//! turns of some thousand hand-overs within each sample, and each counts its own: what the
//! machine's other tenants do meets both.
//!
//! The threads are pinned, to the first core that this process may run on. On two cores, to wake
//! the other one costs many times as much: `cargo run -p threads-basics -- context-switch`.

use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::{Acquire, Release};
use std::sync::{Condvar, Mutex};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use criterion::Criterion;
use locks::real::primitives::FutexMutex;
use locks::real::primitives::condvar::Condvar as OurCondvar;
use threads_basics::baton::Baton;
use threads_basics::context_switch::by_coroutines;
use threads_basics::cores;

/// What two threads hand over with.
trait HandOver: Sync {
    /// Has `times` turns of the player `me`, whose partner is `other`.
    fn play(&self, me: u32, other: &Thread, times: u64);
}

/// The futex, bare.
struct Bare(AtomicU32);

impl HandOver for Bare {
    fn play(&self, me: u32, _other: &Thread, times: u64) {
        #[cfg(target_os = "linux")]
        for _ in 0..times {
            use rustix::thread::futex::{Flags, wait, wake};
            while self.0.load(Acquire) != me {
                let _ = wait(&self.0, Flags::PRIVATE, 1 - me, None);
            }
            self.0.store(1 - me, Release);
            let _ = wake(&self.0, Flags::PRIVATE, 1);
        }
        #[cfg(not(target_os = "linux"))]
        unreachable!("{me} {times}: there is no futex");
    }
}

impl HandOver for Baton {
    fn play(&self, me: u32, _other: &Thread, times: u64) {
        self.play(me, times, Baton::take);
    }
}

/// A mutex and a condition variable; notifies under the mutex if `INSIDE`.
struct WithCondvar<const INSIDE: bool>(Mutex<u32>, Condvar);

impl<const INSIDE: bool> HandOver for WithCondvar<INSIDE> {
    fn play(&self, me: u32, _other: &Thread, times: u64) {
        for _ in 0..times {
            let turn = self.0.lock().expect("nobody panics with it");
            let mut turn = self.1.wait_while(turn, |turn| *turn != me).expect("likewise");
            *turn = 1 - me;
            let _held = INSIDE.then_some(turn);
            self.1.notify_one();
        }
    }
}

/// The same with ours.
struct WithOurs<const INSIDE: bool>(FutexMutex<u32>, OurCondvar);

impl<const INSIDE: bool> HandOver for WithOurs<INSIDE> {
    fn play(&self, me: u32, _other: &Thread, times: u64) {
        for _ in 0..times {
            let mut turn = self.0.lock();
            self.1.wait_while(&mut turn, |turn| *turn != me);
            *turn = 1 - me;
            let _held = INSIDE.then_some(turn);
            self.1.notify_one();
        }
    }
}

/// `park` and `unpark`.
struct Parked(AtomicU32);

impl HandOver for Parked {
    fn play(&self, me: u32, other: &Thread, times: u64) {
        for _ in 0..times {
            while self.0.load(Acquire) != me {
                thread::park();
            }
            self.0.store(1 - me, Release);
            other.unpark();
        }
    }
}

/// Hands over `times` times on one core; returns how long that took.
fn hand_over(with: &dyn HandOver, core: usize, times: u64) -> Duration {
    thread::scope(|scope| {
        let first = scope.spawn(move || {
            cores::pin(core);
            let me = thread::current();
            thread::scope(|scope| {
                // It inherits the core. Its turns begin when it is there.
                let second = scope.spawn(move || with.play(1, &me, times.div_ceil(2) + 1));
                with.play(0, second.thread(), 1);
                let began = Instant::now();
                with.play(0, second.thread(), times.div_ceil(2));
                began.elapsed()
            })
        });
        first.join().expect("it does not panic")
    })
}

type Contender = (&'static str, fn(usize, u64) -> Duration);

/// The contenders; the first two take turns.
const CONTENDERS: [Contender; 8] = [
    ("futex, bare", |core, times| hand_over(&Bare(AtomicU32::new(0)), core, times)),
    ("futex (ours)", |core, times| hand_over(&Baton::between_threads(), core, times)),
    ("std", |core, times| {
        hand_over(&WithCondvar::<false>(Mutex::new(0), Condvar::new()), core, times)
    }),
    ("std, notified inside", |core, times| {
        hand_over(&WithCondvar::<true>(Mutex::new(0), Condvar::new()), core, times)
    }),
    ("condvar (ours)", |core, times| {
        hand_over(&WithOurs::<false>(FutexMutex::new(0), OurCondvar::new()), core, times)
    }),
    ("condvar (ours), notified inside", |core, times| {
        hand_over(&WithOurs::<true>(FutexMutex::new(0), OurCondvar::new()), core, times)
    }),
    ("park", |core, times| hand_over(&Parked(AtomicU32::new(0)), core, times)),
    ("coroutines (limit)", |_, times| by_coroutines(times.div_ceil(2)).took),
];

/// Times one of those that take turns: all of them run, some thousand hand-overs each, again and
/// again.
fn in_turns(which: usize, core: usize, times: u64) -> Duration {
    const AT_ONCE: u64 = 2_000;
    let mut took = Duration::ZERO;
    let mut left = times;
    while left > 0 {
        let now = left.min(AT_ONCE);
        left -= now;
        for (index, (_, run)) in CONTENDERS[..2].iter().enumerate() {
            let this = run(core, now);
            if index == which {
                took += this;
            }
        }
    }
    took
}

fn switch(criterion: &mut Criterion) {
    let Some(&core) = cores::cores().first() else { return };
    let mut group = criterion.benchmark_group("switch/hand-over");
    group.sample_size(20);
    group.warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_secs(2));
    for (index, (name, run)) in CONTENDERS.iter().enumerate() {
        group.bench_function(*name, |bencher| {
            bencher.iter_custom(|times| match index {
                0 | 1 => in_turns(index, core, times),
                _ => run(core, times),
            });
        });
    }
    group.finish();
}

bench::main!(switch);
