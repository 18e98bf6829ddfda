//! What the memory model allows, as the model checkers count it, and the harness on this processor.

use std::time::Duration;

use thread_safety::litmus_harness::{Plan, Tally, check, stress, two_cores};
use thread_safety::orderings::{Orderings, Relaxed, ReleaseAcquire, SeqCst};
use thread_safety::real::litmus::{
    Coherence, Exchanged, Fenced, LoadBuffering, MessagePassing, ReadByWriting, ReadModifyWrite,
    StoreBuffering, Test, TwoWrites,
};
use thread_safety::{executions, executions_within, loom, model};

const ROUND: Plan = Plan { trials: 200_000, timeout: Duration::from_millis(100), rounds: 1 };

#[test]
fn x86_shows_no_outcome_but_store_buffering_whatever_is_asked_for() {
    if cfg!(any(target_arch = "x86", target_arch = "x86_64")) {
        assert_eq!(stress::<MessagePassing, Relaxed>(ROUND).of(MessagePassing::ASKED), 0);
        assert_eq!(stress::<LoadBuffering, Relaxed>(ROUND).of(LoadBuffering::ASKED), 0);
        assert_eq!(stress::<Exchanged, Relaxed>(ROUND).of(Exchanged::ASKED), 0);
        assert_eq!(stress::<TwoWrites, Relaxed>(ROUND).of(TwoWrites::ASKED), 0);
    }
}

#[test]
fn a_table_that_forbids_what_is_seen_fails() {
    if !two_cores() {
        return eprintln!("one core: nothing to be seen");
    }
    let plan = Plan { rounds: 40, timeout: Duration::from_millis(200), ..ROUND };
    let tally = stress::<StoreBuffering, Relaxed>(plan);
    assert!(check(true, StoreBuffering::ASKED, &tally).is_ok_and(|seen| seen > 0));
    let why = check(false, StoreBuffering::ASKED, &tally).expect_err("it was seen");
    assert!(why.starts_with("forbidden, and seen"), "{why}");
}

#[test]
fn each_thread_comes_in_the_middle_of_the_other_in_every_test() {
    fn in_step<T: Test>() {
        // Twenty seconds at most, of which a busy machine takes one.
        let round = Plan { trials: 50_000, timeout: Duration::from_millis(25), ..ROUND };
        let mut times = (0..800).map(|_| stress::<T, SeqCst>(round).of(T::IN_STEP));
        assert!(times.any(|times| times > 0), "{}", std::any::type_name::<T>());
    }
    if !two_cores() {
        return eprintln!("one core: nothing to be seen");
    }
    in_step::<StoreBuffering>();
    in_step::<MessagePassing>();
    in_step::<LoadBuffering>();
    in_step::<Coherence>();
    in_step::<Fenced>();
    in_step::<Exchanged>();
    in_step::<ReadByWriting>();
    in_step::<ReadModifyWrite>();
    in_step::<TwoWrites>();
}

#[test]
fn every_trial_is_counted_once_and_a_round_ends_when_its_time_is_over() {
    let trials =
        |timeout| stress::<Coherence, Relaxed>(Plan { trials: 1_000, timeout, rounds: 1 }).trials();
    // Whole batches of 64; the timeout is not reached.
    assert_eq!((trials(Duration::from_secs(60)), trials(Duration::MAX)), (1_024, 1_024));
    // It is over after the first batch, and both threads read it before the third.
    assert_eq!(trials(Duration::ZERO), 128);
    assert_eq!(Tally::default().trials(), 0);
}

/// Counts Loom's executions that show what is asked for, and all of them.
fn executions_of<T: loom::litmus::Test, O: Orderings>() -> (usize, usize) {
    let every = executions(loom::litmus::once::<T, O>);
    (every.with(|reads| *reads == T::ASKED), every.all())
}

#[test]
fn loom_reaches_what_the_model_allows_and_nothing_that_it_forbids() {
    use loom::litmus::{Coherence, MessagePassing, StoreBuffering};
    assert_eq!(executions_of::<StoreBuffering, Relaxed>(), (10, 30));
    assert_eq!(executions_of::<StoreBuffering, ReleaseAcquire>(), (10, 30));
    assert_eq!(executions_of::<MessagePassing, Relaxed>(), (3, 24));
    assert_eq!(executions_of::<MessagePassing, ReleaseAcquire>(), (0, 21));
    assert_eq!(executions_of::<Coherence, Relaxed>(), (0, 10));
    assert_eq!(executions_of::<Coherence, ReleaseAcquire>(), (0, 10));
}

#[test]
fn loom_does_not_decide_load_buffering_nor_seq_cst_accesses() {
    use loom::litmus::{LoadBuffering, StoreBuffering, Test};
    // The model allows it; Loom's loads read nothing that is stored later.
    assert!(LoadBuffering::allowed::<Relaxed>());
    assert_eq!(executions_of::<LoadBuffering, Relaxed>().0, 0);
    // The model forbids it; Loom takes the accesses for Release and Acquire.
    assert_eq!(executions_of::<StoreBuffering, SeqCst>(), (10, 30));
}

#[test]
fn no_order_of_whole_steps_has_an_outcome_that_is_asked_for() {
    use model::litmus::{
        Coherence, Iriw, LoadBuffering, MessagePassing, StoreBuffering, Test, TwoWrites, once,
    };
    // Shuttle takes every access as SeqCst: this is the proof of those rows.
    fn schedules(plain: Option<usize>, once: fn() -> u8, asked: u8) -> stage::Explored {
        let bound = stage::Bound { plain, ..Default::default() };
        let found = stage::explore(&bound, &stage::model(move || assert_ne!(once(), asked)));
        assert!(found.exhaustive() && !found.failed(), "{:?}", found.shortest);
        found
    }
    fn of<T: Test>() -> usize {
        schedules(None, once::<T, SeqCst>, T::ASKED).depth_first.run
    }
    assert_eq!((of::<StoreBuffering>(), of::<MessagePassing>()), (10, 10));
    assert_eq!((of::<LoadBuffering>(), of::<Coherence>(), of::<TwoWrites>()), (10, 4, 10));
    // With every order of independent steps, there are some ten thousand of those.
    let four = schedules(Some(0), Iriw::once::<SeqCst>, Iriw::ASKED);
    assert_eq!(four.differ.finished(), 15);
}

#[test]
fn two_readers_may_disagree_about_two_independent_writes_with_anything_less_than_seq_cst() {
    use loom::litmus::Iriw;
    for once in [Iriw::once::<Relaxed>, Iriw::once::<ReleaseAcquire>] {
        let every = executions_within(Some(1), once);
        let disagree = every.with(|reads| *reads == Iriw::ASKED);
        assert_eq!((disagree, every.all()), (1, 134));
    }
}
