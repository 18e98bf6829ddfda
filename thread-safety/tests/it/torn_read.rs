//! A pair is torn where its halves are read one by one, on every run; where it is read as one,
//! never.

use stage::{Bound, Count, explore};
use thread_safety::real::seq_lock::SeqLock;
use thread_safety::real::torn_read::{Plan, Seen, hammer, mutex, racy, sequence};
use thread_safety::{Window, model};

fn once(run: fn(&Plan) -> Seen, window: Window) -> Seen {
    run(&Plan { writes: 1, reads: 1, window })
}

checks::within_a_minute! {
    #[test]
    fn a_read_in_the_middle_of_a_write_gets_one_half_of_each_pair() {
        for _ in 0..5 {
            let seen = once(racy::run, Window::until_the_other_is_done());
            assert_eq!((seen.first, seen.torn, seen.last), (Some([1, 0]), 1, Some([1, 1])));
        }
    }

    #[test]
    fn hammering_tears_pairs_on_every_run() {
        for _ in 0..5 {
            let seen = hammer(racy::run, 300_000, 8);
            assert!(seen.torn > 0, "{seen:?}");
        }
    }

    #[test]
    fn hammering_goes_on_until_a_round_tears_a_pair_and_counts_all_rounds() {
        // It reads whole pairs in its first two rounds, and a torn one in the third.
        fn third_time(plan: &Plan) -> Seen {
            let torn = u64::from(plan.reads == 40);
            Seen { whole: plan.reads - torn, torn, ..Seen::default() }
        }
        let seen = hammer(third_time, 10, 8);
        assert_eq!((seen.whole, seen.torn), (10 + 20 + 39, 1));
    }

    #[test]
    fn a_sequence_lock_sends_away_who_reads_in_the_middle_of_a_write() {
        let seen = once(sequence::run, Window::until_the_other_is_done());
        assert_eq!((seen.first, seen.refused, seen.last), (None, 1, Some([1, 1])));
    }

    #[test]
    fn a_mutex_keeps_the_reader_waiting_until_both_halves_are_written() {
        assert_eq!(once(mutex::run, Window::for_a_moment()).first, Some([1, 1]));
    }

    #[test]
    fn what_is_read_as_one_is_never_torn() {
        for run in [sequence::run, mutex::run] {
            let seen = hammer(run, 300_000, 2);
            assert_eq!((seen.torn, seen.whole + seen.refused), (0, 900_000));
        }
    }

    #[test]
    fn a_writer_that_panics_between_two_words_leaves_the_words_as_they_were() {
        let lock = SeqLock::new([1, 1]);
        let panicked = std::panic::catch_unwind(|| {
            let mut writing = lock.write();
            writing.set(0, 2);
            std::panic::resume_unwind(Box::new("in the middle"));
        });
        assert!(panicked.is_err());
        assert_eq!(lock.try_read(), Some([1, 1]), "no half of the change, and nobody is kept waiting");
        let mut writing = lock.write();
        writing.set(0, 3);
        writing.set(1, 3);
        drop(writing);
        assert_eq!(lock.read(), [3, 3], "the next writer is let in");
    }

    #[test]
    fn a_writer_that_asks_for_a_word_that_is_not_there_changes_nothing() {
        let lock = SeqLock::new([1, 1]);
        let panicked = std::panic::catch_unwind(|| {
            let mut writing = lock.write();
            writing.set(0, 2);
            writing.set(2, 2);
        });
        assert!(panicked.is_err());
        assert_eq!(lock.try_read(), Some([1, 1]));
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
        let panicked = std::panic::catch_unwind(|| {
            let _counts = Counts(&lock);
            std::panic::resume_unwind(Box::new("on the way out it counts"));
        });
        assert!(panicked.is_err());
        assert_eq!(lock.try_read(), Some([2, 2]));
    }

    #[test]
    fn two_writers_and_two_readers_of_a_sequence_lock_never_see_a_torn_value() {
        let lock = SeqLock::new([0; 4]);
        std::thread::scope(|scope| {
            for writer in 1..=2 {
                let lock = &lock;
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
fn schedules(run: fn(&model::torn_read::Plan) -> model::torn_read::Seen) -> Count {
    let plan = model::torn_read::Plan { writes: 1, reads: 1, window: Window::told() };
    let found =
        explore(&Bound::default(), &stage::model(move || assert!(run(&plan).torn == 0, "torn")));
    assert!(found.exhaustive(), "{:?}", found.depth_first);
    found.depth_first
}

#[test]
fn one_write_and_one_read_in_two_steps_each_are_torn_in_22_of_195_schedules() {
    let count = schedules(model::torn_read::racy::run);
    assert_eq!((count.panicked, count.run), (22, 195));
}

#[test]
fn a_sequence_lock_and_a_mutex_tear_no_pair_in_any_schedule() {
    let (sequence, mutex) =
        (schedules(model::torn_read::sequence::run), schedules(model::torn_read::mutex::run));
    assert_eq!((sequence.failed(), sequence.run), (0, 11023));
    assert_eq!((mutex.failed(), mutex.run), (0, 104));
}
