//! The sequence lock's contract, and in how many schedules a pair is torn.

use stage::{Bound, Count, explore, outcomes};
use thread_safety::model::{lane::SyncPoint, torn_read as model};
use thread_safety::real::seq_lock::SeqLock;
use thread_safety::real::torn_read::{Plan, Reads, stress};

#[test]
fn a_stress_run_goes_on_until_a_round_tears_a_pair_and_counts_all_rounds() {
    // It reads whole pairs in its first two rounds, and a torn one in the third.
    fn third_time(plan: &Plan) -> Reads {
        let torn = u64::from(plan.reads == 40);
        Reads { whole: plan.reads - torn, torn, ..Reads::default() }
    }
    let seen = stress(third_time, 10, 8);
    assert_eq!((seen.whole, seen.torn), (10 + 20 + 39, 1));
}

/// Runs a writer that panics.
fn panics(write: impl FnOnce()) {
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(write)).is_err());
}

checks::within_a_minute! {
    #[test]
    fn a_writer_that_panics_between_two_words_leaves_the_words_as_they_were() {
        let lock = SeqLock::new([1, 1]);
        panics(|| {
            let mut writing = lock.write();
            writing.set(0, 2);
            std::panic::resume_unwind(Box::new("in the middle"));
        });
        assert_eq!(lock.try_read(), Some([1, 1]), "no half of the change, and no reader waits");
        panics(|| {
            let mut writing = lock.write();
            writing.set(0, 2);
            writing.set(2, 2);
        });
        assert_eq!(lock.try_read(), Some([1, 1]), "there is no third word");
        let mut writing = lock.write();
        writing.set(0, 3);
        writing.set(1, 3);
        drop(writing);
        assert_eq!(lock.read(), [3, 3], "the next writer is let in");
    }

    #[test]
    fn a_whole_change_in_a_destructor_during_an_unwinding_is_kept() {
        struct Counts<'a>(&'a SeqLock<2>);
        impl Drop for Counts<'_> {
            fn drop(&mut self) {
                let mut writing = self.0.write();
                writing.set(0, 2);
                writing.set(1, 2);
            }
        }
        let lock = SeqLock::new([1, 1]);
        panics(|| {
            let _counts = Counts(&lock);
            std::panic::resume_unwind(Box::new("it counts while the stack unwinds"));
        });
        assert_eq!(lock.try_read(), Some([2, 2]));
    }

    #[test]
    fn two_writers_and_two_readers_of_a_sequence_lock_never_see_a_torn_value() {
        let lock = &SeqLock::new([0; 4]);
        std::thread::scope(|scope| {
            for writer in 1..=2 {
                scope.spawn(move || {
                    for number in 0..50_000 {
                        let mut writing = lock.write();
                        (0..4).for_each(|index| writing.set(index, 2 * number + writer));
                    }
                });
                scope.spawn(move || {
                    for _ in 0..50_000 {
                        let words = lock.read();
                        assert!(words.iter().all(|word| *word == words[0]), "{words:?}");
                    }
                });
            }
        });
    }
}

/// Counts the schedules of one write and one read, and of those the ones that tear the pair.
fn schedules(run: fn(&model::Plan) -> model::Reads) -> Count {
    let whole = vec![None, Some([0, 0]), Some([1, 1])];
    let plan = model::Plan { writes: 1, reads: 1, point: SyncPoint::stepped() };
    let found = explore(&Bound::default(), &outcomes(whole, move || run(&plan).first));
    assert!(found.exhaustive(), "{:?}", found.depth_first);
    found.depth_first
}

#[test]
fn a_pair_is_torn_in_22_of_195_schedules_and_under_a_sequence_lock_or_a_mutex_in_none() {
    let [racy, seq_lock, mutex] = [model::racy, model::seq_lock, model::mutex].map(schedules);
    assert_eq!((racy.panicked, racy.run), (22, 195));
    assert_eq!((seq_lock.failed(), seq_lock.run), (0, 11_023));
    assert_eq!((mutex.failed(), mutex.run), (0, 104));
}
