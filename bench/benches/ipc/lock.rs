//! The lock between processes beside the one of C libraries.
#![allow(unsafe_code, reason = "what is shared has to be vouched for")]

use std::hint;
use std::io::{Read, Write};
use std::sync::atomic::{AtomicU64, Ordering::Acquire, Ordering::Relaxed, Ordering::Release};
use std::time::{Duration, Instant};

use criterion::Criterion;
use process_sharing::shared_memory::{PthreadMutex, RobustMutex, Share, Shared};

use super::peer::{self, Peer, stay_on};

#[repr(C, align(128))]
struct Alone<T>(T);

#[repr(C)]
struct Memory {
    /// How many have come to a round, and gone from it.
    round: Alone<[AtomicU64; 2]>,
    robust: Alone<RobustMutex<u64>>,
    pthread: Alone<[PthreadMutex; 2]>,
    number: Alone<AtomicU64>,
}

// SAFETY: all of its parts may be shared.
unsafe impl Share for Memory {}

type Add = fn(&Memory);

/// What the number under both locks of C has been made, or the one in ours.
fn sum(memory: &Memory) -> u64 {
    *memory.robust.0.lock().expect("nobody dies with it") + memory.number.0.load(Relaxed)
}

fn robust(memory: &Memory) {
    *memory.robust.0.lock().expect("nobody dies with it") += 1;
}

fn pthread(memory: &Memory, which: usize) {
    let add = |_| memory.number.0.store(memory.number.0.load(Relaxed) + 1, Relaxed);
    memory.pthread.0[which].with(None, add).expect("it was made");
}

const LOCKS: [(&str, Add); 3] = [
    ("robust (ours)", robust),
    ("pthread", |memory| pthread(memory, 0)),
    ("pthread, robust", |memory| pthread(memory, 1)),
];

/// Waits until both have come; spins, since each has a core.
fn meet(counter: &AtomicU64, wanted: u64) {
    counter.fetch_add(1, Release);
    while counter.load(Acquire) < wanted {
        hint::spin_loop();
    }
}

fn run(memory: &Memory, times: u64, round: u64, add: Add) -> Duration {
    meet(&memory.round.0[0], 2 * round);
    let begun = Instant::now();
    (0..times).for_each(|_| add(memory));
    meet(&memory.round.0[1], 2 * round);
    begun.elapsed()
}

pub(crate) fn benches(criterion: &mut Criterion) {
    let memory = Shared::<Memory>::new().expect("there is memory");
    memory.pthread.0[0].make(false).expect("the system has it");
    memory.pthread.0[1].make(true).expect("the system has it");
    let mut group = super::group(criterion, "lock/alone");
    stay_on(0);
    for (name, add) in LOCKS {
        let before = sum(&memory);
        (0..1000).for_each(|_| add(&memory));
        assert_eq!(sum(&memory), before + 1000, "{name}");
        group.bench_function(name, |bencher| bencher.iter(|| add(&memory)));
    }
    group.finish();
    let mut group = super::group(criterion, "lock/two-processes");
    for (name, add) in LOCKS {
        let (mut ask, mut asked) = peer::pipe();
        memory.round.0.iter().for_each(|counter| counter.store(0, Relaxed));
        let _peer = Peer::start([0, 1], || {
            let mut times = [0; 8];
            for round in 1.. {
                if asked.read_exact(&mut times).is_err() {
                    break;
                }
                run(&memory, u64::from_ne_bytes(times), round, add);
            }
        });
        let mut round = 0;
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|times| {
                round += 1;
                let half = times.div_ceil(2);
                ask.write_all(&half.to_ne_bytes()).expect("the peer listens");
                let before = sum(&memory);
                let time = run(&memory, half, round, add);
                assert_eq!(
                    sum(&memory),
                    before + 2 * half,
                    "{name} loses what one of the two adds"
                );
                time
            });
        });
    }
    group.finish();
}
