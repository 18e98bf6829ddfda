//! Memory that another process has made, or has written to: what is wrong with it is an error, and
//! reaches no other memory.

use std::fs::File;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use process_sharing::shared_memory::MapMode::{self, Private};
use process_sharing::shared_memory::ring::{Consumer, Error, Producer, Ring};
use process_sharing::shared_memory::{Mapping, PAGE, Shared};
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};

use crate::again;
use crate::random_messages::Random;

/// A ring, both of its ends, and its memory as another process may write to it.
struct Written {
    producer: Producer,
    consumer: Consumer,
    memory: File,
}

impl Written {
    fn new(capacity: usize) -> Self {
        let ring = Ring::new(capacity).expect("there is memory");
        let other = Ring::open(again(&ring)).expect("it is a ring");
        let memory = File::from(again(&ring));
        Self {
            producer: ring.producer().expect("it is free"),
            consumer: other.consumer().expect("it is free"),
            memory,
        }
    }

    fn number(&self, at: u64) -> u64 {
        let mut number = [0; 8];
        self.memory.read_exact_at(&mut number, at).expect("it is within the memory");
        u64::from_ne_bytes(number)
    }

    fn write(&self, at: u64, number: u64) {
        self.memory.write_all_at(&number.to_ne_bytes(), at).expect("it is within the memory");
    }

    /// Finds where in the first page a position lies, by its value.
    fn place_of(&self, position: u64) -> u64 {
        let mut places = (0..PAGE as u64).step_by(8).filter(|at| self.number(*at) == position);
        let place = places.next().expect("the position is in the first page");
        assert_eq!(places.next(), None, "no other number has this value");
        place
    }

    /// Sends a message of 80 bytes and receives it, so that both positions have a value of their
    /// own; returns where they lie: the producer's, then the consumer's.
    fn positions(&mut self) -> [u64; 2] {
        self.producer.send(&[1; 80]).expect("there is room");
        let tail = self.place_of(88);
        assert_eq!(self.consumer.receive().expect("it was sent").len(), 80);
        self.write(tail, 0);
        let head = self.place_of(88);
        self.write(tail, 88);
        [tail, head]
    }

    fn header(&self, at: u64, len: u32, start: u32) {
        self.write(PAGE as u64 + at, u64::from(len) | u64::from(start) << 32);
    }
}

/// What `receive` says, with the length of the message in place of its bytes: those of a wrong one
/// must not be looked at.
fn received(consumer: &mut Consumer) -> Result<usize, Error> {
    consumer.receive().map(|message| {
        let length = message.len();
        std::mem::forget(message);
        length
    })
}

checks::within_a_minute! {
    #[test]
    fn a_message_that_has_no_room_in_the_ring_is_an_error() {
        let mut ring = Written::new(1);
        ring.positions();
        const MAX: u32 = u32::MAX;
        const FAR: u32 = MAX >> 1;
        for (len, start) in [(8185, 8), (MAX, 8), (0, FAR), (MAX, FAR), (8, 0), (8, 7)] {
            ring.header(88, len, start);
            assert_eq!(received(&mut ring.consumer), Err(Error::Broken), "{len} {start}");
        }
        ring.header(88, 8, 8);
        assert_eq!(received(&mut ring.consumer), Ok(8));
    }

    #[test]
    fn a_tail_that_is_too_far_lends_no_more_than_the_message() {
        const LONG: usize = 70_000;
        for beyond in [88 + 2 * (1 << 17) + 8, 1 << 33, !7] {
            let mut ring = Written::new(1 << 17);
            let [tail, _] = ring.positions();
            ring.header(88, LONG as u32, 8);
            ring.write(tail, beyond);
            assert_eq!(received(&mut ring.consumer), Ok(LONG), "{beyond}");
        }
    }

    #[test]
    fn a_message_of_which_only_a_part_was_published_is_not_received() {
        let mut ring = Written::new(1 << 17);
        let [tail, _] = ring.positions();
        ring.header(88, 70_000, 8);
        for part in [0, 80, 88, 88 + 8 + 65_536] {
            ring.write(tail, part | 1);
            assert_eq!(ring.consumer.receive_into(&mut vec![]), Err(Error::Closed));
            assert_eq!(received(&mut ring.consumer), Err(Error::Closed));
        }
    }

    #[test]
    fn whatever_is_in_the_memory_each_end_stays_within_it() {
        const CAPACITY: usize = 1 << 17;
        let (mut random, mut messages) = (Random::seeded(), 0);
        for _ in 0..200 {
            let mut ring = Written::new(CAPACITY);
            let [tail, head] = ring.positions();
            // Numbers of any size; an odd position is one of an end that has closed, so no end waits.
            let any = |random: &mut Random| {
                let bits = [1, 8, 16, 18, 33, 47][random.below(6)];
                random.below(1 << bits) as u64
            };
            let header = |random: &mut Random| any(random) | any(random) << 32 | any(random) << 63;
            let headers = (0..CAPACITY / 8).map(|_| header(&mut random).to_ne_bytes());
            let headers = headers.collect::<Vec<_>>().into_flattened();
            ring.memory.write_all_at(&headers, PAGE as u64).expect("it is within the memory");
            let mut copy = vec![];
            for len in (0..CAPACITY).step_by(4_000) {
                ring.write(tail, any(&mut random) | 1);
                let sum = |bytes: &[u8]| bytes.iter().map(|byte| usize::from(*byte)).sum::<usize>();
                messages += usize::from(ring.consumer.receive().map(|message| sum(&message)).is_ok());
                messages += usize::from(ring.consumer.receive_into(&mut copy).is_ok());
                ring.write(head, any(&mut random) | 1);
                let _ = ring.producer.reserve(len).map(|mut slot| slot.fill(7));
                let _ = ring.producer.send(&copy);
            }
        }
        assert!(messages > 0, "no header was one of a message");
    }

    #[test]
    fn what_is_left_of_the_messages_before_is_not_taken_for_a_header() {
        // Each message is a row of headers of empty messages, of both laps.
        let headers: Vec<u8> =
            [8 << 32, 8 << 32 | 1 << 63_u64].map(u64::to_ne_bytes).concat().repeat(64);
        for length in (0..=headers.len()).step_by(8) {
            for turns in 1..4 {
                let Written { mut producer, mut consumer, .. } = Written::new(1);
                // Full to the last byte, if a divisor of the capacity is sent.
                let messages = 8192 / (8 + length);
                for _ in 0..turns {
                    for _ in 0..messages {
                        producer.send(&headers[..length]).expect("there is room");
                    }
                    for _ in 0..messages {
                        let message = consumer.receive().expect("it was sent");
                        assert_eq!(*message, headers[..length]);
                    }
                }
                drop(producer);
                assert_eq!(received(&mut consumer), Err(Error::Closed), "{length} bytes");
            }
        }
    }

    #[test]
    fn a_consumer_that_gives_back_what_it_was_not_sent_gets_the_producer_an_error() {
        let mut ring = Written::new(1);
        let [_, head] = ring.positions();
        for _ in 0..2 {
            ring.producer.send(&[2; 4000]).expect("there is room");
        }
        // The next one has room only if some of these has been given back.
        let mut refused = |head_is: u64| {
            ring.write(head, head_is);
            let sent = ring.producer.reserve(4000).map(|slot| slot.len());
            assert_eq!(sent, Err(Error::Broken), "{head_is}");
        };
        for wrong in [88 + 2, 88 + 2 * 4008 + 8, 1 << 40, !7] {
            refused(wrong);
        }
        ring.write(head, 88 + 4008);
        ring.producer.send(&[2; 4000]).expect("there is room");
        let went_back = 88;
        ring.write(head, went_back);
        assert_eq!(ring.producer.reserve(4000).map(|slot| slot.len()), Err(Error::Broken));
    }
}

fn bytes(memory: &dyn AsFd) -> Vec<u8> {
    let memory = File::from(again(memory));
    let length = memory.metadata().expect("it is open").len();
    let mut bytes = vec![0; length.try_into().expect("it is small")];
    memory.read_exact_at(&mut bytes, 0).expect("it has that length");
    bytes
}

/// Makes memory with the same bytes as `memory`, and the seals that are named.
fn copy(memory: &impl AsFd, seals: SealFlags) -> OwnedFd {
    let bytes = bytes(memory);
    let copy = memfd_create("copy", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)
        .expect("there is memory");
    let copy = File::from(copy);
    copy.write_all_at(&bytes, 0).expect("there is memory");
    fcntl_add_seals(&copy, seals).expect("it may be sealed");
    copy.into()
}

#[test]
fn memory_that_could_be_made_smaller_under_its_readers_is_refused() {
    let ring = Ring::new(1).expect("there is memory");
    let value = Shared::<AtomicU64>::new().expect("there is memory");
    for seals in [SealFlags::empty(), SealFlags::GROW, SealFlags::SEAL] {
        assert!(Ring::open(copy(&ring, seals)).is_err());
        assert!(Shared::<AtomicU64>::open(copy(&value, seals), MapMode::Shared).is_err());
        assert!(Shared::<AtomicU64>::open(copy(&value, seals), Private).is_err());
        assert!(Mapping::open(copy(&value, seals), Private).is_err());
    }
    Ring::open(copy(&ring, SealFlags::SHRINK)).expect("it cannot be made smaller");
    Shared::<AtomicU64>::open(copy(&value, SealFlags::SHRINK), Private)
        .expect("it cannot be made smaller");
}

#[test]
fn a_file_on_a_disk_is_refused_whatever_is_in_it() {
    let names = process_sharing::names::Names::new(crate::program()).expect("the sweeper starts");
    let on_disk = |memory: &dyn AsFd| {
        let path = names.path("memory");
        std::fs::write(&path, bytes(memory)).expect("the folder is ours");
        OwnedFd::from(File::options().read(true).write(true).open(path).expect("it was just made"))
    };
    let ring = Ring::new(1).expect("there is memory");
    assert!(Ring::open(on_disk(&ring)).is_err());
    let value = Shared::<AtomicU64>::new().expect("there is memory");
    value.store(7, Relaxed);
    assert!(Shared::<AtomicU64>::open(on_disk(&value), Private).is_err());
}

#[test]
fn a_ring_has_the_same_limits_opened_as_made() {
    let sealed = |bytes: u64| {
        let memory = memfd_create("large", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)
            .expect("there is memory");
        rustix::fs::ftruncate(&memory, bytes).expect("it is a size only: nothing of it is used");
        let ring = Ring::new(1).expect("there is memory");
        let mut page = [0; PAGE];
        File::from(again(&ring)).read_exact_at(&mut page, 0).expect("it has so much");
        let memory = File::from(memory);
        memory.write_all_at(&page, 0).expect("it has so much");
        fcntl_add_seals(&memory, SealFlags::SHRINK).expect("it may be sealed");
        OwnedFd::from(memory)
    };
    assert!(Ring::new((1 << 31) + 1).is_err());
    assert!(Ring::open(sealed(4096 + (1 << 32))).is_err(), "4 GiB");
    assert!(Ring::open(sealed(4096 + 4096)).is_err(), "one page");
    Ring::open(sealed(4096 + 8192)).expect("the size of the smallest");
}

#[test]
fn memory_of_a_value_is_no_ring_even_if_it_has_the_size_of_one() {
    let value = Shared::<[AtomicU64; (3 * PAGE - 128) / 8]>::new().expect("there is memory");
    assert!(Ring::open(again(&value)).is_err());
    let null = File::open("/dev/null").expect("there is one");
    assert!(Ring::open(null.into()).is_err());
}
