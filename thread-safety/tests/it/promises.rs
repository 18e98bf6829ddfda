//! What every hand-made type of this crate promises, one promise after the other.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use checks::while_thread_locals_are_destroyed;
use thread_safety::litmus_harness::{Plan, stress};
use thread_safety::orderings::{Orderings, Relaxed, Strength};
use thread_safety::real::aba::{Epoch, Reused, Stack, Tagged};
use thread_safety::real::check_then_act::Account;
use thread_safety::real::false_sharing::{Counters, OneLine, OwnVariable, TwoLines};
use thread_safety::real::lane::SyncPoint;
use thread_safety::real::litmus::{Reads, Test, Words};
use thread_safety::real::optimistic::Row;
use thread_safety::real::publication::Slot;
use thread_safety::real::seq_lock::{SeqLock, Writing};

#[test]
fn what_may_be_shared_among_threads_is_shared() {
    fn send_and_sync<T: Send + Sync>() {}
    send_and_sync::<(SeqLock<2>, Writing<'static, 2>)>();
    send_and_sync::<(Reused, Tagged, Epoch)>();
    send_and_sync::<(Account, Row, Slot, Words, SyncPoint)>();
    send_and_sync::<(OneLine, TwoLines, OwnVariable)>();
}

fn stack_is_whole_after_a_panic_between_read_and_exchange<S: Stack>() {
    let stack = S::default();
    stack.push(2);
    stack.push(1);
    let in_between = || stack.pop(|_, _| std::panic::resume_unwind(Box::new("in between")));
    assert!(catch_unwind(AssertUnwindSafe(in_between)).is_err());
    let left: Vec<_> = (0..3).map_while(|_| stack.pop(|_, _| ())).collect();
    assert_eq!(left, [1, 2], "{}", std::any::type_name::<S>());
}

fn counts<C: Counters>() {
    let counters = C::default();
    counters.count(1, 3);
    assert_eq!(counters.sums(), [0, 3]);
}

/// A test whose second thread panics in its second batch.
enum Panics {}

impl Test for Panics {
    const ASKED: Reads = 0b00;
    const IN_STEP: Reads = 0b11;
    const FORBIDDEN_FROM: Strength = Strength::Relaxed;

    fn t1<O: Orderings>(_: &Words, _: u32) -> Reads {
        0b10
    }

    fn t2<O: Orderings>(_: &Words, new: u32) -> Reads {
        if new == 2 {
            std::panic::resume_unwind(Box::new("in the second batch"));
        }
        0b01
    }
}

checks::within_a_minute! {
    #[test]
    fn debug_prints_no_value_that_a_lock_guards_and_never_waits_for_it() {
        let words = SeqLock::new([3, 4]);
        let writing = words.write();
        // The words are atomics, which any thread may read one by one.
        assert!(format!("{words:?}").contains("sequence: 1"), "{words:?}");
        drop(writing);
        let account = std::sync::Arc::new(Account::new(42));
        assert!(format!("{account:?}").contains("42"));
        let (account2, point) = (std::sync::Arc::clone(&account), SyncPoint::until_all(2));
        let point2 = point.clone();
        let withdraws = std::thread::spawn(move || account2.withdraw(2, &point2));
        point.start_in_between();
        let printed = format!("{account:?}");
        point.done_in_between();
        assert!(printed.contains("<locked>") && !printed.contains("42"), "{printed}");
        assert_eq!(withdraws.join().expect("it does not panic"), Ok(40));
    }

    #[test]
    fn every_type_can_be_used_while_thread_locals_are_destroyed() {
        fn use_one<S: Stack>() {
            let stack = S::default();
            stack.push(1);
            assert_eq!(stack.pop(|_, _| ()), Some(1));
        }
        let use_all = || {
            use_one::<Reused>();
            use_one::<Tagged>();
            use_one::<Epoch>();
            let words = SeqLock::new([0]);
            words.write().set(0, 1);
            assert_eq!(words.read(), [1]);
            assert_eq!(Account::new(2).withdraw(1, &SyncPoint::stepped()), Ok(1));
            counts::<OneLine>();
            counts::<TwoLines>();
            counts::<OwnVariable>();
        };
        while_thread_locals_are_destroyed(use_all, use_all).expect("it does not panic");
    }

    #[test]
    fn a_panic_between_read_and_exchange_leaves_every_stack_whole() {
        stack_is_whole_after_a_panic_between_read_and_exchange::<Reused>();
        stack_is_whole_after_a_panic_between_read_and_exchange::<Tagged>();
        stack_is_whole_after_a_panic_between_read_and_exchange::<Epoch>();
    }

    #[test]
    fn a_thread_of_a_litmus_test_that_panics_is_not_waited_for_by_the_other() {
        let plan = Plan { trials: 1_000_000, timeout: Duration::from_secs(60), rounds: 1 };
        let panicked = catch_unwind(|| stress::<Panics, Relaxed>(plan)).expect_err("t2 panics");
        assert_eq!(panicked.downcast_ref::<&str>(), Some(&"in the second batch"));
    }
}
