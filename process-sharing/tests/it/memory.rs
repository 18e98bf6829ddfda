//! Shared memory: what it is opened as, what is refused, and that nothing is left of it.

use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering::Relaxed};

#[cfg(target_os = "linux")]
use process_sharing::shared_memory::Mapping;
use process_sharing::shared_memory::word::Word;
use process_sharing::shared_memory::{MapMode, Share, Shared};
use process_sharing::{array, value};

use crate::{again, program};

/// Opens memory once more, as a `T`.
fn open<T: Share>(memory: &impl std::os::fd::AsFd) -> std::io::Result<Shared<T>> {
    Shared::open(again(memory), MapMode::Shared)
}

#[test]
fn every_value_that_the_child_writes_is_a_new_one() {
    let (old, new) = (value::OLD, value::NEW);
    assert!(old.integer != new.integer && old.byte != new.byte && old.wide != new.wide);
    assert!(array::OLD.iter().zip(array::NEW).all(|(old, new)| *old != new));
}

#[test]
fn memory_is_opened_as_what_it_was_made_for_and_as_nothing_else() {
    let shared = Shared::<AtomicU64>::new().expect("there is memory");
    shared.store(7, Relaxed);
    let opened = open::<AtomicU64>(&shared).expect("it is the same type");
    assert_eq!(opened.load(Relaxed), 7);
    assert!(open::<AtomicU32>(&shared).is_err());
    assert!(open::<AtomicI64>(&shared).is_err());
    assert!(open::<[AtomicU64; 2]>(&shared).is_err());
}

#[cfg(target_os = "linux")]
#[test]
fn memory_of_another_size_is_refused_even_if_it_begins_alike() {
    use std::os::unix::fs::FileExt;
    let shared = Shared::<[AtomicU64; 2]>::new().expect("there is memory");
    let smaller = Mapping::new(8).expect("there is memory");
    let mut begin = [0; 8];
    std::fs::File::from(again(&shared)).read_exact_at(&mut begin, 0).expect("it has so much");
    std::fs::File::from(again(&smaller)).write_all_at(&begin, 0).expect("it has so much");
    assert!(open::<[AtomicU64; 2]>(&smaller).is_err());
}

#[test]
fn a_descriptor_without_memory_is_refused() {
    let (reader, _writer) = std::io::pipe().expect("there is room for a pipe");
    assert!(Shared::<AtomicU64>::open(reader.into(), MapMode::Shared).is_err());
    let file = std::fs::File::open(program()).expect("the binary was built");
    assert!(Shared::<AtomicU64>::open(file.into(), MapMode::Shared).is_err());
}

#[cfg(target_os = "linux")]
#[test]
fn memory_is_no_longer_mapped_when_it_is_dropped() {
    // Other tests have memory of their own meanwhile: what is counted is of a size that only this
    // one has.
    let bytes = 77 * 4096;
    let mapped = || {
        let maps = std::fs::read_to_string("/proc/self/maps").expect("there is a /proc");
        let size = |line: &str| {
            let (from, to) = line.split_whitespace().next()?.split_once('-')?;
            Some(usize::from_str_radix(to, 16).ok()? - usize::from_str_radix(from, 16).ok()?)
        };
        maps.lines()
            .filter(|line| line.contains("process-sharing") && size(line) == Some(bytes))
            .count()
    };
    let mapping = Mapping::new(bytes).expect("there is memory");
    assert_eq!(mapped(), 1);
    drop(mapping);
    assert_eq!(mapped(), 0);
}

checks::within_a_minute! {
    #[test]
    fn a_word_that_has_changed_already_is_not_waited_for_whatever_its_upper_half() {
        assert!(Word::new(1).wait(0, None));
        assert!(Word::new((7 << 32) | 1).wait(7 << 32, None));
    }
}

// As std's locks do: the kernel is told that all sleepers are threads of one process, and finds them
// by their address.
#[cfg(target_os = "linux")]
checks::within_a_minute! {
    #[test]
    fn a_private_futex_does_not_wake_a_sleeper_in_another_mapping_of_the_same_memory() {
        use rustix::thread::futex::{Flags, wait, wake};
        let word = Shared::<AtomicU32>::new().expect("there is memory");
        let elsewhere = open::<AtomicU32>(&word).expect("it is the same");
        std::thread::scope(|scope| {
            let sleeper = scope.spawn(|| wait(&elsewhere, Flags::PRIVATE, 0, None));
            // By its own address the sleeper is found as soon as it sleeps; by another address never.
            let mut woken = 0;
            while woken == 0 {
                assert_eq!(wake(&word, Flags::PRIVATE, 1), Ok(0));
                woken = wake(&elsewhere, Flags::PRIVATE, 1).expect("it is a futex");
            }
            assert_eq!(sleeper.join().expect("it does not panic"), Ok(()));
        });
    }
}
