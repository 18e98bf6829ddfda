//! Shared memory: who sees a change, what is refused, and that nothing is left of it.

use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering::Relaxed};

use process_sharing::memory::{Mapping, Shared};
use process_sharing::value::{self, Kept, NEW, OLD};
use process_sharing::{array, real::word::Word};

use crate::program;

fn again(shared: &impl AsFd) -> OwnedFd {
    shared.as_fd().try_clone_to_owned().expect("there is a descriptor to spare")
}

#[test]
fn what_a_child_writes_to_shared_memory_its_parent_reads() {
    assert_eq!(value::atomics(program(), Kept::Shared).expect("the child writes"), NEW);
    assert_eq!(value::locked(program()).expect("the child writes"), NEW);
}

#[test]
fn what_a_child_writes_to_a_private_copy_its_parent_does_not_read() {
    assert_eq!(value::atomics(program(), Kept::Private).expect("the child writes"), OLD);
}

#[test]
fn every_value_that_the_child_writes_is_a_new_one() {
    const { assert!(OLD.integer != NEW.integer && OLD.byte != NEW.byte && OLD.wide != NEW.wide) };
    assert!(array::OLD.iter().zip(array::NEW).all(|(old, new)| *old != new));
}

#[test]
fn to_write_what_was_there_shows_nothing_and_to_write_something_else_does() {
    let run = |kept, written| array::run(program(), kept, written).expect("the child writes");
    assert_eq!(run(Kept::Shared, array::OLD), run(Kept::Private, array::OLD));
    assert_eq!(
        (run(Kept::Shared, array::NEW), run(Kept::Private, array::NEW)),
        (array::NEW, array::OLD)
    );
}

#[test]
fn memory_begins_as_zeros() {
    let shared = Shared::<[AtomicU64; 100]>::new().expect("there is memory");
    assert!(shared.iter().all(|number| number.load(Relaxed) == 0));
}

#[test]
fn memory_is_opened_as_what_it_was_made_for_and_as_nothing_else() {
    let shared = Shared::<AtomicU64>::new().expect("there is memory");
    shared.store(7, Relaxed);
    let opened = Shared::<AtomicU64>::open(again(&shared)).expect("it is the same type");
    assert_eq!(opened.load(Relaxed), 7);
    assert!(Shared::<AtomicU32>::open(again(&shared)).is_err());
    assert!(Shared::<AtomicI64>::open(again(&shared)).is_err());
    assert!(Shared::<[AtomicU64; 2]>::open(again(&shared)).is_err());
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
    assert!(Shared::<[AtomicU64; 2]>::open(again(&smaller)).is_err());
}

#[test]
fn a_descriptor_without_memory_is_refused() {
    let (reader, _writer) = std::io::pipe().expect("there is room for a pipe");
    assert!(Shared::<AtomicU64>::open(reader.into()).is_err());
    let file = std::fs::File::open(program()).expect("the binary was built");
    assert!(Shared::<AtomicU64>::open(file.into()).is_err());
}

#[cfg(target_os = "linux")]
#[test]
fn nobody_can_make_memory_smaller_under_its_readers() {
    let shared = Shared::<AtomicU64>::new().expect("there is memory");
    let file = std::fs::File::from(again(&shared));
    assert!(file.set_len(0).is_err());
    assert_eq!(shared.load(Relaxed), 0);
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
    fn a_word_wakes_who_sleeps_on_it_at_another_address() {
        let word = Shared::<Word>::new().expect("there is memory");
        let elsewhere = Shared::<Word>::open(again(&word)).expect("it is a word");
        assert_ne!(std::ptr::from_ref(&*word), std::ptr::from_ref(&*elsewhere));
        std::thread::scope(|scope| {
            scope.spawn(|| while elsewhere.load(Relaxed) == 0 { elsewhere.wait(0, None); });
            word.store(1, Relaxed);
            word.wake();
        });
    }

    #[test]
    fn a_word_that_has_changed_already_is_not_waited_for_whatever_its_upper_half() {
        assert!(Word::new(1).wait(0, None));
        assert!(Word::new((7 << 32) | 1).wait(7 << 32, None));
    }
}

// What std's locks do: the kernel is told that all who sleep are threads of one process, and finds
// them by their address.
#[cfg(target_os = "linux")]
checks::within_a_minute! {
    #[test]
    fn a_private_futex_does_not_wake_who_sleeps_in_another_mapping_of_the_same_memory() {
        use rustix::thread::futex::{Flags, wait, wake};
        let word = Shared::<AtomicU32>::new().expect("there is memory");
        let elsewhere = Shared::<AtomicU32>::open(again(&word)).expect("it is the same");
        std::thread::scope(|scope| {
            let sleeper = scope.spawn(|| wait(&elsewhere, Flags::PRIVATE, 0, None));
            // By its own address it is found as soon as it sleeps; until then, and by another
            // address, nobody is.
            let mut woken = 0;
            while woken == 0 {
                assert_eq!(wake(&word, Flags::PRIVATE, 1), Ok(0));
                woken = wake(&elsewhere, Flags::PRIVATE, 1).expect("it is a futex");
            }
            assert_eq!(sleeper.join().expect("it does not panic"), Ok(()));
        });
    }
}
