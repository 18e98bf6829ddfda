//! What it costs to hand bytes from one process to another, by each means.
//!
//! `ipc/there-and-back/<size>`: a message is sent to a process that sends it back; time for both
//! ways.
//!
//! `ipc/one-way/<size>`: a process sends messages as fast as it can, this one receives them; time
//! for one. The first message is not timed.
//!
//! `ipc/one-core`: as there-and-back at 64 bytes, with both processes on one core, where one gets
//! on only when the other sleeps.
//!
//! `ipc/asleep`: as there-and-back at 64 bytes, with 200 µs between two messages, which are not
//! timed: both processes have gone to sleep.
//!
//! `ipc/lock/<n>`: this process alone, or two at once, take a lock and add 1; time for one
//! addition.
//!
//! A ring has room for four messages, and for two pages at the least; two contenders, one way only,
//! have 8 MiB, more than the second-level caches of both cores. With one of them, the reader sleeps
//! when the first message comes, and then has more than it can catch up with; with the other, both
//! sides are awake from the start.
//!
//! The receiver looks at one byte of every 64, so that what was written has come over; Python
//! does not. All but `one-core` keep the two processes on a core each (on Linux). The other process
//! is forked from this one, Python's from Python. A message queue has no room for 1 MiB. `a copy
//! (limit)` is no means: one thread copies the message and looks at it. `two words (limit)` is none
//! either: a number goes there and back, a word of shared memory each way, and both processes spin;
//! `two lines (limit)` is the least that carries 64 bytes as well: a line with them, and one with a
//! word that tells that they are there, and how many.
//! `copies, a flag each (limit)` are bare copies into four places in shared memory (there and back:
//! one place each way; through 8 MiB: 1024 places), and out of them where the means copies; both
//! processes spin. `two futexes (limit)` is a number there and back, a word each way, on which both
//! processes sleep.
//! `iceoryx2` is that crate's publish and subscribe; both processes look for a message again and
//! again, and neither sleeps. `rtrb, two threads` is a ring between two threads of this process.
//! Compare within one run.

use std::hint::black_box;
use std::io::{PipeReader, PipeWriter, Read, Write};
use std::time::{Duration, Instant};

use bench::python::Pythons;
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion};

#[path = "ipc/copies.rs"]
mod copies;
#[path = "ipc/iceoryx.rs"]
mod iceoryx;
#[path = "ipc/least.rs"]
mod least;
#[path = "ipc/limits.rs"]
mod limits;
#[path = "ipc/lock.rs"]
mod lock;
#[path = "ipc/means.rs"]
mod means;
#[cfg(target_os = "linux")]
#[path = "ipc/message_queue.rs"]
mod message_queue;
#[path = "ipc/peer.rs"]
mod peer;

use copies::Copies;
use iceoryx::Way;
use means::{Means, Receives, Sends};
use peer::{Peer, stay_on};

const SIZES: [(&str, usize); 3] = [("64 B", 64), ("4 KiB", 4 << 10), ("1 MiB", 1 << 20)];

fn group<'a>(criterion: &'a mut Criterion, name: &str) -> BenchmarkGroup<'a, WallTime> {
    let mut group = criterion.benchmark_group(format!("ipc/{name}"));
    group
        .sample_size(10)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(400));
    group
}

fn there_and_back<M: Means>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    size: usize,
    cores: [usize; 2],
    pause: Duration,
) {
    if size > M::LARGEST {
        return;
    }
    let ((mut there, child_in), (child_out, mut back)) = (M::channel(size), M::channel(size));
    let (mut child_in, mut child_out) = (child_in, child_out);
    let _peer = Peer::start(cores, move || {
        let mut message = vec![0; size];
        loop {
            child_in.receive(&mut message);
            peer::work(pause);
            child_out.send(&message);
        }
    });
    let (message, mut answer) = (vec![7; size], vec![0; size]);
    group.bench_function(M::NAME, |bencher| {
        bencher.iter_custom(|times| {
            let begun = Instant::now();
            for _ in 0..times {
                peer::work(pause);
                there.send(&message);
                back.receive(&mut answer);
            }
            assert_eq!(answer, message);
            // Both pause, one after the other.
            begun.elapsed().saturating_sub(2 * pause * u32::try_from(times).unwrap_or(u32::MAX))
        });
    });
}

/// Before the first message, the sender is busy for as long as `pause`: so the receiver sleeps.
fn one_way<M: Means>(group: &mut BenchmarkGroup<'_, WallTime>, size: usize, pause: Duration) {
    if size > M::LARGEST {
        return;
    }
    let (mut sends, mut receives) = M::channel(size);
    let (mut ask, mut asked): (PipeWriter, PipeReader) = peer::pipe();
    let _peer = Peer::start([0, 1], move || {
        let message = vec![7; size];
        let mut times = [0; 8];
        while asked.read_exact(&mut times).is_ok() {
            peer::work(pause);
            (0..u64::from_ne_bytes(times)).for_each(|_| sends.send(&message));
        }
    });
    let asleep = if pause.is_zero() { "" } else { ", the reader asleep at first" };
    group.bench_function(format!("{}{asleep}", M::NAME), |bencher| {
        bencher.iter_custom(|times| {
            ask.write_all(&(times + 1).to_ne_bytes()).expect("the peer listens");
            black_box(receives.look());
            let begun = Instant::now();
            (0..times).for_each(|_| _ = black_box(receives.look()));
            begun.elapsed()
        });
    });
}

fn copy(group: &mut BenchmarkGroup<'_, WallTime>, size: usize) {
    stay_on(0);
    // Both start at the same offset in a page: 16 bytes later, a copy of 4 KiB takes twice as long.
    let mut both = vec![7; 2 * size.next_multiple_of(4096)];
    let (message, copied) = both.split_at_mut(size.next_multiple_of(4096));
    let (message, copied) = (&message[..size], &mut copied[..size]);
    group.bench_function("a copy (limit)", |bencher| {
        bencher.iter(|| {
            copied.copy_from_slice(black_box(message));
            means::look(copied)
        });
    });
}

/// Runs a function for each means.
macro_rules! each {
    ($run:ident($($argument:expr),*)) => {
        $run::<means::Ring>($($argument),*);
        $run::<means::Pipe>($($argument),*);
        $run::<means::SocketPair>($($argument),*);
        $run::<means::Fifo>($($argument),*);
        #[cfg(target_os = "linux")]
        $run::<message_queue::MessageQueue>($($argument),*);
        $run::<means::ChannelOfBytes>($($argument),*);
        $run::<means::ChannelOfVecs>($($argument),*);
        $run::<means::ChannelOfMemory>($($argument),*);
    };
}

fn latency(criterion: &mut Criterion) {
    let mut pythons = Pythons::start("ipc", &[]);
    for (name, size) in SIZES {
        let mut group = group(criterion, &format!("there-and-back/{name}"));
        if size == 64 {
            limits::two_words(&mut group);
        }
        there_and_back::<least::Least>(&mut group, size, [0, 1], Duration::ZERO);
        there_and_back::<Copies<1>>(&mut group, size, [0, 1], Duration::ZERO);
        each!(there_and_back(&mut group, size, [0, 1], Duration::ZERO));
        iceoryx::bench(&mut group, size, Way::ThereAndBack);
        by_python(&mut group, &mut pythons, "there-and-back", size);
        group.finish();
    }
    let mut one_core = group(criterion, "one-core");
    there_and_back::<means::Ring>(&mut one_core, 64, [0, 0], Duration::ZERO);
    there_and_back::<means::Pipe>(&mut one_core, 64, [0, 0], Duration::ZERO);
    there_and_back::<means::SocketPair>(&mut one_core, 64, [0, 0], Duration::ZERO);
    one_core.finish();
    let (mut asleep, pause) = (group(criterion, "asleep"), Duration::from_micros(200));
    limits::two_futexes(&mut asleep, pause);
    there_and_back::<means::Ring>(&mut asleep, 64, [0, 1], pause);
    there_and_back::<means::Pipe>(&mut asleep, 64, [0, 1], pause);
    there_and_back::<means::SocketPair>(&mut asleep, 64, [0, 1], pause);
    asleep.finish();
}

/// Adds Python's contenders to a group.
fn by_python(
    group: &mut BenchmarkGroup<'_, WallTime>,
    pythons: &mut Pythons,
    way: &str,
    size: usize,
) {
    pythons.each(|python| {
        for (name, means) in [("Pipe", "pipe"), ("Queue", "queue"), ("shared_memory", "memory")] {
            group.bench_function(format!("{}, {name}", python.name()), |bencher| {
                let run = |times| python.time(format_args!("{means} {way} {size} {times}"));
                bencher.iter_custom(run);
            });
        }
    });
}

fn throughput(criterion: &mut Criterion) {
    let mut pythons = Pythons::start("ipc", &[]);
    for (name, size) in SIZES {
        let mut group = group(criterion, &format!("one-way/{name}"));
        copy(&mut group, size);
        one_way::<Copies<4>>(&mut group, size, Duration::ZERO);
        if size == 4 << 10 {
            one_way::<Copies<{ copies::MANY }>>(&mut group, size, Duration::ZERO);
        }
        limits::rtrb(&mut group, size);
        for pause in [Duration::ZERO, Duration::from_millis(1)] {
            one_way::<means::LargeRing>(&mut group, size, pause);
        }
        each!(one_way(&mut group, size, Duration::ZERO));
        iceoryx::bench(&mut group, size, Way::One);
        by_python(&mut group, &mut pythons, "one-way", size);
        group.finish();
    }
}

bench::main!(latency, throughput, lock::benches);
