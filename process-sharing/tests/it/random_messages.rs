//! The ring against a model of it, a queue: random lengths, which fill it to the last byte now and
//! then, slots that are dropped, and bytes that would be headers if they lay where one is read.
//!
//! A test prints its seed; `SEED` in the environment repeats it.

use std::collections::VecDeque;
use std::hash::{BuildHasher, RandomState};

use process_sharing::shared_memory::ring::{Consumer, Error, Producer};

use crate::both_ends;

/// A generator of pseudo-random numbers (xorshift).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn seeded() -> Self {
        let given = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or_else(|| RandomState::new().hash_one(0)) | 1;
        println!("SEED={seed}");
        Self(seed)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % limit
    }

    /// Returns bytes that are headers of empty messages, of both laps, and numbers.
    fn message(&mut self, len: usize) -> Vec<u8> {
        let word = |_| {
            let header = 8_u64 << 32;
            [header, header | 1 << 63, self.0][self.below(3)].to_ne_bytes()
        };
        let mut message = (0..=len / 8).map(word).collect::<Vec<_>>().into_flattened();
        message.truncate(len);
        message
    }

    /// Drops a slot of some length now and then, with such bytes in it; sends the message.
    fn send(&mut self, producer: &mut Producer, most: usize, message: &[u8]) {
        if self.below(4) == 0 {
            let bytes = self.message(most);
            producer.reserve(most).expect("there is room").copy_from_slice(&bytes);
        }
        if self.below(2) == 0 {
            let mut slot = producer.reserve(message.len()).expect("there is room");
            slot.copy_from_slice(message);
            slot.send();
        } else {
            producer.send(message).expect("there is room");
        }
    }

    fn receive(&mut self, consumer: &mut Consumer) -> Vec<u8> {
        let mut copy = vec![7; 3];
        if self.below(2) == 0 {
            return consumer.receive().expect("it was sent").to_vec();
        }
        consumer.receive_into(&mut copy).expect("it was sent");
        copy
    }
}

checks::within_a_minute! {
    #[test]
    fn a_ring_is_a_queue_however_full_and_whatever_is_left_in_it() {
        const CAPACITY: usize = 8_192;
        let mut random = Random::seeded();
        for _ in 0..400 {
            let (mut producer, mut consumer) = both_ends(CAPACITY);
            let (longest, mut queue) = (CAPACITY - 4_096 - 16, VecDeque::new());
            // What is in the ring, and what of that was received, but is released with the next one.
            let (mut used, mut kept) = (0, 0);
            let place = |message: &Vec<u8>| 8 + message.len().next_multiple_of(8);
            for _ in 0..500 {
                let most = (CAPACITY - used).checked_sub(8).map(|most| most.min(longest));
                if let Some(most) = most.filter(|_| random.below(5) < 3) {
                    let below = [1, 10, 140, 2_000, most + 1][random.below(5)];
                    let len = if random.below(8) == 0 { most } else { random.below(below).min(most) };
                    let message = random.message(len);
                    random.send(&mut producer, most, &message);
                    used += place(&message);
                    queue.push_back(message);
                } else if let Some(message) = queue.pop_front() {
                    assert_eq!(random.receive(&mut consumer), message);
                    kept += place(&message);
                    if queue.is_empty() || kept >= CAPACITY / 8 {
                        used -= kept;
                        kept = 0;
                    }
                }
            }
            drop(producer);
            for message in queue {
                assert_eq!(random.receive(&mut consumer), message);
            }
            assert_eq!(consumer.receive().map(drop), Err(Error::Closed));
        }
    }

    #[test]
    fn two_ends_that_run_at_once_are_a_queue_too() {
        for (capacity, messages) in [(1, 20_000), (1 << 18, 300)] {
            let (mut producer, mut consumer) = both_ends(capacity);
            let Err(Error::TooLong { longest }) = producer.reserve(1 << 18).map(drop) else {
                panic!("it fits")
            };
            let next = move |random: &mut Random| {
                let below = [1, 10, 140, 2_000, longest + 1][random.below(5)];
                let len = random.below(below).min(longest);
                random.message(len)
            };
            let mut random = Random::seeded();
            let (mut same, mut other) = (Random(random.0), Random(!random.0 | 1));
            std::thread::scope(move |scope| {
                scope.spawn(move || {
                    for _ in 0..messages {
                        let (message, dropped) = (next(&mut random), other.below(longest + 1));
                        other.send(&mut producer, dropped, &message);
                    }
                });
                let mut how = Random(same.0);
                for n in 0..messages {
                    assert_eq!(how.receive(&mut consumer), next(&mut same), "message {n}");
                }
                assert_eq!(consumer.receive().map(drop), Err(Error::Closed));
            });
        }
    }
}
