//! The search that leaves out orders of independent steps, held against the one that leaves out
//! none.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use kit::model::notes::{How, mistake_for_independent};
use kit::model::sync::atomic::{AtomicU32, Ordering::SeqCst};
use kit::model::sync::mpsc::channel;
use kit::model::sync::{Arc, Condvar, Mutex, RwLock};
use kit::model::{runtime, thread};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use stage::{Bound, Explored, explore, outcomes};

/// What a thread of a random program does. Objects are numbered 0 and 1.
#[derive(Clone, Copy, Debug)]
enum Does {
    Locks(usize),
    Unlocks(usize),
    TriesToLock(usize),
    Loads(usize),
    Stores(usize),
    Adds(usize),
    Swaps(usize),
    Reads,
    Writes,
    Waits,
    NotifiesOne,
    NotifiesAll,
    Sends,
    Unparks,
    Yields,
}

#[derive(Default)]
struct Shared {
    locks: [Mutex<u32>; 2],
    atomics: [AtomicU32; 2],
    table: RwLock<u32>,
    signals: Mutex<u32>,
    signal: Condvar,
}

fn does() -> impl Strategy<Value = Does> {
    use Does::*;
    prop_oneof![
        (0..2_usize).prop_map(Locks),
        (0..2_usize).prop_map(Unlocks),
        (0..2_usize).prop_map(TriesToLock),
        (0..2_usize).prop_map(Loads),
        (0..2_usize).prop_map(Stores),
        (0..2_usize).prop_map(Adds),
        (0..2_usize).prop_map(Swaps),
        Just(Reads),
        Just(Writes),
        Just(Waits),
        Just(NotifiesOne),
        Just(NotifiesAll),
        Just(Sends),
        Just(Unparks),
        Just(Yields),
    ]
}

/// Runs a program, and returns what each thread has seen, what the receiver got, and what is left.
fn run(program: &[Vec<Does>]) -> (Vec<Vec<u32>>, Vec<u32>, [u32; 2]) {
    let shared = Arc::new(Shared::default());
    // Each end of a channel that is dropped is a step.
    let has = |wanted: fn(&Does) -> bool| program.iter().flatten().any(wanted);
    let (send, receive) = has(|does| matches!(does, Does::Sends)).then(channel).unzip();
    let main = thread::current();
    let threads: Vec<_> = (1..)
        .zip(program.to_vec())
        .map(|(me, body)| {
            let (shared, send, main) = (Arc::clone(&shared), send.clone(), main.clone());
            thread::spawn(move || {
                let mut held = [None, None];
                let mut seen = Vec::new();
                for does in body {
                    match does {
                        Does::Locks(lock) => {
                            // A thread that asks for its own lock panics under Shuttle: that is
                            // another test's.
                            if held[lock].is_none() {
                                let mut guard = shared.locks[lock].lock().unwrap();
                                seen.push(*guard);
                                *guard = me;
                                held[lock] = Some(guard);
                            }
                        }
                        Does::Unlocks(lock) => held[lock] = None,
                        Does::TriesToLock(lock) => {
                            seen.push(shared.locks[lock].try_lock().map_or(9, |guard| *guard));
                        }
                        Does::Loads(atomic) => seen.push(shared.atomics[atomic].load(SeqCst)),
                        Does::Stores(atomic) => shared.atomics[atomic].store(me, SeqCst),
                        Does::Adds(atomic) => {
                            seen.push(shared.atomics[atomic].fetch_add(me, SeqCst));
                        }
                        Does::Swaps(atomic) => {
                            let swapped =
                                shared.atomics[atomic].compare_exchange(0, me, SeqCst, SeqCst);
                            seen.push(swapped.unwrap_or_else(|other| other + 10));
                        }
                        Does::Reads => seen.push(*shared.table.read().unwrap()),
                        Does::Writes => *shared.table.write().unwrap() = me,
                        Does::Waits => {
                            let signals = shared.signals.lock().unwrap();
                            let mut signals =
                                shared.signal.wait_while(signals, |signals| *signals == 0).unwrap();
                            *signals -= 1;
                        }
                        Does::NotifiesOne => {
                            *shared.signals.lock().unwrap() += 1;
                            shared.signal.notify_one();
                        }
                        Does::NotifiesAll => {
                            *shared.signals.lock().unwrap() += 1;
                            shared.signal.notify_all();
                        }
                        Does::Sends => send.as_ref().unwrap().send(me).unwrap(),
                        Does::Unparks => main.unpark(),
                        Does::Yields => thread::yield_now(),
                    }
                }
                seen
            })
        })
        .collect();
    drop(send);
    if has(|does| matches!(does, Does::Unparks)) {
        thread::park();
    }
    let got = receive.iter().flatten().collect();
    let seen = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    let left = [0, 1].map(|atomic| shared.atomics[atomic].load(SeqCst));
    (seen, got, left)
}

/// Runs both searches; [`explore`] itself panics where they come to different ends.
fn both(program: Vec<Vec<Does>>) -> Explored {
    let bound =
        Bound { plain: Some(500), schedules: 500, random: 1, choices: 200, ..Bound::default() };
    explore(&bound, &outcomes(Vec::new(), move || run(&program)))
}

#[test]
fn random_programs_come_to_the_same_ends_with_and_without_the_orders_of_independent_steps() {
    let (compared, saved) = (Cell::new(0), Cell::new(0));
    let programs = vec(vec(does(), 1..=2), 2..=3);
    let config = ProptestConfig { cases: 60, failure_persistence: None, ..Default::default() };
    // The same programs on each run: how many are small enough to compare is no matter of luck.
    let same = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, same);
    let ran = runner.run(&programs, |program| {
        let found = both(program);
        if found.differ.whole() && found.depth_first.whole() {
            prop_assert!(found.differ.run <= found.depth_first.run, "{found:?}");
            compared.set(compared.get() + 1);
            saved.set(saved.get() + found.depth_first.run - found.differ.run);
        }
        Ok(())
    });
    ran.unwrap_or_else(|error| panic!("{error}"));
    let (compared, saved) = (compared.get(), saved.get());
    assert!(compared >= 20, "only {compared} of 60 programs were small enough to compare");
    assert!(saved > 1_000, "hardly any schedule was left out: {saved}");
}

#[test]
fn two_threads_that_share_nothing_have_one_schedule_that_differs() {
    let found = both(vec![vec![Does::Adds(0), Does::Adds(0)], vec![Does::Adds(1), Does::Adds(1)]]);
    assert_eq!((found.differ.run, found.differ.finished()), (1, 1), "{found:?}");
    assert!(found.depth_first.run > 10, "{found:?}");
}

#[test]
fn opposite_orders_of_two_locks_are_three_schedules_that_differ_and_one_of_them_deadlocks() {
    let found =
        both(vec![vec![Does::Locks(0), Does::Locks(1)], vec![Does::Locks(1), Does::Locks(0)]]);
    assert_eq!((found.differ.run, found.differ.deadlocked), (3, 1), "{found:?}");
}

#[test]
fn a_step_that_touches_what_no_note_says_is_found_by_the_plain_search() {
    // The number is changed behind the notes' back, between two steps that touch nothing in common.
    let forgets = || {
        let (number, own) =
            (Arc::new(std::sync::Mutex::new(0)), Arc::new([AtomicU32::new(0), AtomicU32::new(0)]));
        let threads = [0, 1].map(|me| {
            let (number, own) = (Arc::clone(&number), Arc::clone(&own));
            thread::spawn(move || {
                own[me].store(1, SeqCst);
                *number.lock().unwrap() = me;
            })
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        *number.lock().unwrap()
    };
    let found =
        std::panic::catch_unwind(|| explore(&Bound::default(), &outcomes(Vec::new(), forgets)));
    let said = found.expect_err("the two searches come to different ends");
    let said = said.downcast_ref::<String>().cloned().unwrap_or_default();
    assert!(said.contains("independent steps were left out that were not"), "{said}");
}

#[test]
fn steps_that_are_wrongly_taken_for_independent_are_found_by_the_plain_search() {
    let programs = [
        (How::Write, vec![vec![Does::Loads(0), Does::Stores(0)], vec![Does::Stores(0)]]),
        (
            How::Acquire,
            vec![vec![Does::Locks(0), Does::Locks(1)], vec![Does::Locks(1), Does::Locks(0)]],
        ),
    ];
    for (how, program) in programs {
        mistake_for_independent(Some(how));
        let found = std::panic::catch_unwind(|| both(program.clone()));
        mistake_for_independent(None);
        let said = found.expect_err("the two searches come to different ends");
        let said = said.downcast_ref::<String>().cloned().unwrap_or_default();
        assert!(said.contains("independent steps were left out that were not"), "{how:?}: {said}");
        both(program);
    }
}

#[test]
fn a_step_without_a_note_counts_as_one_that_touches_everything() {
    // Shuttle's own lock, which notes nothing.
    let found = explore(
        &Bound::default(),
        &outcomes(Vec::new(), || {
            let lock = Arc::new(shuttle::sync::Mutex::new(0));
            let threads = [1, 2].map(|me| {
                let lock = Arc::clone(&lock);
                thread::spawn(move || *lock.lock().unwrap() = me)
            });
            threads.into_iter().for_each(|thread| thread.join().unwrap());
            *lock.lock().unwrap()
        }),
    );
    assert!(found.differ.whole(), "{found:?}");
    assert_eq!(found.ends.keys().collect::<Vec<_>>(), ["1", "2"]);
}

#[test]
fn two_coroutines_that_are_aborted_before_or_after_their_first_step_take_it_in_either_order() {
    /// Writes its letter as it is dropped: a small one if its coroutine has run.
    struct Writes(Rc<RefCell<String>>, char);
    impl Drop for Writes {
        fn drop(&mut self) {
            self.0.borrow_mut().push(self.1);
        }
    }
    async fn aborted() -> String {
        let written = Rc::default();
        let tasks = ['A', 'B'].map(|letter| {
            let writes = Writes(Rc::clone(&written), letter);
            runtime::spawn(async move { { writes }.1.make_ascii_lowercase() })
        });
        tasks.iter().for_each(|task| task.abort());
        for task in tasks {
            let _ = task.await;
        }
        written.take()
    }
    let found = explore(&Bound::default(), &outcomes(Vec::new(), || runtime::block_on(aborted())));
    assert!(found.differ.whole(), "{found:?}");
    let ends: Vec<_> = found.ends.keys().collect();
    assert_eq!(ends, ["AB", "Ab", "BA", "aB", "ab", "bA", "ba"]);
}

#[test]
fn a_notification_for_one_of_two_that_wait_may_go_to_either() {
    // Each waits once, if it has to, writes its letter, and notifies one: the third is written
    // before the second if both wait for the first, and the third is the one that is woken.
    let in_turn = || {
        let shared = Arc::new((Mutex::new((0, String::new())), Condvar::new()));
        let threads = [0, 1, 2].map(|me| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                let mut state = shared.0.lock().unwrap();
                if state.0 != me {
                    state = shared.1.wait(state).unwrap();
                }
                state.1.push_str(["a", "b", "c"][me]);
                state.0 = me + 1;
                shared.1.notify_one();
            })
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        shared.0.lock().unwrap().1.clone()
    };
    // All orders of independent steps are too many.
    let bound = Bound { plain: Some(1), ..Bound::default() };
    let found = explore(&bound, &outcomes(vec!["abc".to_owned()], in_turn));
    assert!(found.differ.whole() && found.ends.contains_key("acb"), "{found:?}");
}
