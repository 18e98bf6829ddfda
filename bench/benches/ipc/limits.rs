//! What no means can be quicker than: two words between the same two processes; and what two
//! threads of one process pay for the same messages.
#![allow(unsafe_code, reason = "what is shared has to be vouched for")]

use std::hint::black_box;
use std::sync::atomic::{Ordering::Acquire, Ordering::Release};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use criterion::BenchmarkGroup;
use criterion::measurement::WallTime;
use process_sharing::shared_memory::{Share, Shared, word};
use rtrb::RingBuffer;

use super::means::look;
use super::peer::{self, Peer, stay_on};

/// A word on cache lines of its own, which is a futex, too.
#[repr(C, align(128))]
struct Word(word::Word);

/// What has been sent there, and what has come back.
#[repr(C)]
struct Words {
    there: Word,
    back: Word,
}

// SAFETY: both of its parts may be shared.
unsafe impl Share for Words {}

/// Spins until it is so. Where both sides have one core, the other one needs it to make it so.
pub(crate) fn spin_until(mut is_so: impl FnMut() -> bool) {
    let (mut looks, mut since) = (0_u32, None);
    while !is_so() {
        looks = looks.wrapping_add(1);
        if looks.is_multiple_of(1 << 14) {
            thread::yield_now();
            let since = since.get_or_insert_with(Instant::now);
            assert!(since.elapsed() < Duration::from_secs(60), "the other side is gone");
        }
    }
}

/// The number of pairs of words, and that of the numbers that go through one pair before the next
/// one is taken: what a line takes from core to core depends on where it lies, up to twice as long,
/// and a pair lies where it does for the whole run.
const PAIRS: u64 = 32;
const NUMBERS: u64 = 256;

/// Times a number that goes to another process and comes back, in a word each way, with nothing
/// but it: no message, no room for a second one, and no side ever sleeps.
pub(crate) fn two_words(group: &mut BenchmarkGroup<'_, WallTime>) {
    let pairs = Shared::<[Words; PAIRS as usize]>::new().expect("there is memory");
    let pair = |turn: u64| &pairs[(turn / NUMBERS % PAIRS) as usize];
    let wait_for = |word: &Word, turn| spin_until(|| word.0.load(Acquire) == turn);
    let _peer = Peer::start([0, 1], || {
        for turn in 1.. {
            wait_for(&pair(turn).there, turn);
            pair(turn).back.0.store(turn, Release);
        }
    });
    let mut turn = 0;
    group.bench_function("two words (limit)", |bencher| {
        bencher.iter_custom(|times| {
            let begun = Instant::now();
            for _ in 0..times {
                turn += 1;
                pair(turn).there.0.store(turn, Release);
                wait_for(&pair(turn).back, turn);
            }
            begun.elapsed()
        });
    });
}

/// Times the same where both sides sleep on the word, as a futex, and are woken: before each number
/// goes by `pause`, which is not timed. There is no message and no timeout.
pub(crate) fn two_futexes(group: &mut BenchmarkGroup<'_, WallTime>, pause: Duration) {
    let words = Shared::<Words>::new().expect("there is memory");
    let wait_for = |word: &Word, turn| {
        while word.0.load(Acquire) != turn {
            word.0.wait(turn - 1, None);
        }
    };
    let tell = |word: &Word, turn| {
        word.0.store(turn, Release);
        word.0.wake();
    };
    let _peer = Peer::start([0, 1], || {
        for turn in 1.. {
            wait_for(&words.there, turn);
            peer::work(pause);
            tell(&words.back, turn);
        }
    });
    let mut turn = 0;
    group.bench_function("two futexes (limit)", |bencher| {
        bencher.iter_custom(|times| {
            let begun = Instant::now();
            for _ in 0..times {
                peer::work(pause);
                turn += 1;
                tell(&words.there, turn);
                wait_for(&words.back, turn);
            }
            // Both pause, one after the other.
            begun.elapsed().saturating_sub(2 * pause * u32::try_from(times).unwrap_or(u32::MAX))
        });
    });
}

/// Times messages through the ring of the crate rtrb from one thread to another, as large a ring as
/// ours. Neither side can sleep: both try again until there is room, or a message.
pub(crate) fn rtrb(group: &mut BenchmarkGroup<'_, WallTime>, size: usize) {
    let (mut sends, mut receives) = RingBuffer::<u8>::new((4 * size).max(8192));
    let (ask, asked) = mpsc::channel::<u64>();
    thread::scope(|scope| {
        scope.spawn(move || {
            stay_on(1);
            let message = vec![7; size];
            for _ in asked.into_iter().flat_map(|times| 0..times) {
                spin_until(|| sends.push_entire_slice(&message).is_ok());
            }
        });
        stay_on(0);
        let mut receive = || {
            let mut seen = None;
            spin_until(|| {
                seen = receives.read_chunk(size).ok().map(|chunk| {
                    // The second part is empty: the ring's size is a multiple of a message's.
                    let seen = look(chunk.as_slices().0);
                    chunk.commit_all();
                    seen
                });
                seen.is_some()
            });
            seen
        };
        group.bench_function("rtrb, two threads", |bencher| {
            bencher.iter_custom(|times| {
                ask.send(times + 1).expect("the other thread listens");
                black_box(receive());
                let begun = Instant::now();
                (0..times).for_each(|_| _ = black_box(receive()));
                begun.elapsed()
            });
        });
        drop(ask);
    });
}
