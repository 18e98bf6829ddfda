//! What the memory model allows and what this processor shows: store buffering on every run, the
//! forbidden never.

use std::time::Duration;

use thread_safety::machine::{Plan, Tally, hammer, judge, two_cores};
use thread_safety::orders::{Orders, Relaxed, ReleaseAcquire, SeqCst};
use thread_safety::real::litmus::coherence::Coherence;
use thread_safety::real::litmus::load_buffering::LoadBuffering;
use thread_safety::real::litmus::message_passing::MessagePassing;
use thread_safety::real::litmus::store_buffering::StoreBuffering;
use thread_safety::real::litmus::{Test, once};
use thread_safety::{executions, executions_of_one_preemption, model, weak};

const ROUND: Plan = Plan { trials: 200_000, patience: Duration::from_millis(100), rounds: 1 };
const UNTIL_SEEN: Plan = Plan { rounds: 40, patience: Duration::from_millis(200), ..ROUND };

/// Makes a claim that only two cores can show.
fn on_two_cores(claim: impl Fn()) {
    if two_cores() {
        claim();
    } else {
        eprintln!("one core: nothing to be seen");
    }
}

fn sees_nothing_forbidden<T: Test, O: Orders>() {
    let tally = hammer::<T, O>(ROUND);
    assert!(tally.trials() > 0);
    if let Err(why) = judge(T::allowed::<O>(), T::ASKED, &tally) {
        panic!("{:?}: {why}", O::STRENGTH);
    }
}

#[test]
fn store_buffering_is_seen_on_every_run_with_anything_less_than_seq_cst() {
    on_two_cores(|| {
        for run in 0..5 {
            assert!(
                hammer::<StoreBuffering, Relaxed>(UNTIL_SEEN).of(StoreBuffering::ASKED) > 0,
                "run {run}"
            );
            let tally = hammer::<StoreBuffering, ReleaseAcquire>(UNTIL_SEEN);
            assert!(tally.of(StoreBuffering::ASKED) > 0, "run {run}");
        }
    });
}

#[test]
fn what_the_model_forbids_is_never_seen() {
    sees_nothing_forbidden::<StoreBuffering, SeqCst>();
    sees_nothing_forbidden::<MessagePassing, ReleaseAcquire>();
    sees_nothing_forbidden::<MessagePassing, SeqCst>();
    sees_nothing_forbidden::<LoadBuffering, ReleaseAcquire>();
    sees_nothing_forbidden::<LoadBuffering, SeqCst>();
    sees_nothing_forbidden::<Coherence, Relaxed>();
    sees_nothing_forbidden::<Coherence, ReleaseAcquire>();
    sees_nothing_forbidden::<Coherence, SeqCst>();
}

#[test]
fn x86_shows_neither_message_passing_nor_load_buffering_whatever_is_asked_for() {
    if cfg!(any(target_arch = "x86", target_arch = "x86_64")) {
        assert_eq!(hammer::<MessagePassing, Relaxed>(ROUND).of(MessagePassing::ASKED), 0);
        assert_eq!(hammer::<LoadBuffering, Relaxed>(ROUND).of(LoadBuffering::ASKED), 0);
    }
}

#[test]
fn a_table_that_forbids_what_is_seen_fails() {
    on_two_cores(|| {
        let tally = hammer::<StoreBuffering, Relaxed>(UNTIL_SEEN);
        assert!(judge(true, StoreBuffering::ASKED, &tally).is_ok_and(|seen| seen > 0));
        let why = judge(false, StoreBuffering::ASKED, &tally).expect_err("it was seen");
        assert!(why.starts_with("forbidden, and seen"), "{why}");
    });
}

#[test]
fn each_thread_comes_in_the_middle_of_the_other_in_every_test() {
    fn in_step<T: Test>() {
        // Twenty seconds at the most, of which a busy machine takes one.
        let times = (0..200).map(|_| hammer::<T, SeqCst>(ROUND).of(T::IN_STEP));
        assert!(times.into_iter().any(|times| times > 0), "{}", std::any::type_name::<T>());
    }
    on_two_cores(|| {
        in_step::<StoreBuffering>();
        in_step::<MessagePassing>();
        in_step::<LoadBuffering>();
        in_step::<Coherence>();
    });
}

#[test]
fn every_trial_is_counted_once_and_a_round_ends_when_its_time_is_over() {
    let trials = |trials, patience| {
        hammer::<Coherence, Relaxed>(Plan { trials, patience, rounds: 1 }).trials()
    };
    // Whole batches of 64; the patience of a minute is not used up.
    assert_eq!(trials(1_000, Duration::from_secs(60)), 1_024);
    // It is over after the first batch, and both threads hear of it before the third.
    assert_eq!(trials(1_000, Duration::ZERO), 128);
    assert_eq!(Tally::default().trials(), 0);
}

#[test]
fn one_trial_on_real_threads_has_an_outcome_that_the_model_allows() {
    for _ in 0..100 {
        assert_ne!(once::<StoreBuffering, SeqCst>(), StoreBuffering::ASKED);
        assert_ne!(once::<Coherence, Relaxed>(), Coherence::ASKED);
    }
}

/// Counts Loom's executions that show what is asked for, and all of them.
fn loom<T: weak::litmus::Test, O: Orders>() -> (usize, usize) {
    let outcomes = executions(weak::litmus::once::<T, O>);
    (outcomes.with(|reads| *reads == T::ASKED), outcomes.all())
}

#[test]
fn loom_reaches_what_the_model_allows_and_nothing_that_it_forbids() {
    use weak::litmus::{
        coherence::Coherence, message_passing::MessagePassing, store_buffering::StoreBuffering,
    };
    assert_eq!(loom::<StoreBuffering, Relaxed>(), (10, 30));
    assert_eq!(loom::<StoreBuffering, ReleaseAcquire>(), (10, 30));
    assert_eq!(loom::<MessagePassing, Relaxed>(), (3, 24));
    assert_eq!(loom::<MessagePassing, ReleaseAcquire>(), (0, 21));
    assert_eq!(loom::<Coherence, Relaxed>(), (0, 10));
    assert_eq!(loom::<Coherence, ReleaseAcquire>(), (0, 10));
}

#[test]
fn loom_has_no_word_on_load_buffering_nor_on_seq_cst_accesses() {
    use weak::litmus::{Test, load_buffering::LoadBuffering, store_buffering::StoreBuffering};
    // The model allows it; Loom's loads read nothing that is stored later.
    assert!(LoadBuffering::allowed::<Relaxed>());
    assert_eq!(loom::<LoadBuffering, Relaxed>().0, 0);
    // The model forbids it; Loom takes the accesses for Release and Acquire.
    assert_eq!(loom::<StoreBuffering, SeqCst>(), (10, 30));
}

#[test]
fn no_order_of_whole_steps_has_an_outcome_that_is_asked_for() {
    use model::litmus::coherence::Coherence;
    use model::litmus::load_buffering::LoadBuffering;
    use model::litmus::message_passing::MessagePassing;
    use model::litmus::store_buffering::StoreBuffering;
    // Shuttle takes every access as SeqCst: this is the proof of those rows.
    fn schedules<T: model::litmus::Test>() -> usize {
        let once = || assert_ne!(model::litmus::once::<T, SeqCst>(), T::ASKED);
        let found = stage::explore(&stage::Bound::default(), &stage::model(once));
        assert!(found.exhaustive() && !found.failed(), "{:?}", found.shortest);
        found.depth_first.run
    }
    assert_eq!((schedules::<StoreBuffering>(), schedules::<MessagePassing>()), (10, 10));
    assert_eq!((schedules::<LoadBuffering>(), schedules::<Coherence>()), (10, 4));
}

#[test]
fn two_readers_may_disagree_about_two_independent_writes_with_anything_less_than_seq_cst() {
    use weak::litmus::independent_reads::{ASKED, once};
    let with_pairs = executions_of_one_preemption(once::<ReleaseAcquire>);
    for outcomes in [executions_of_one_preemption(once::<Relaxed>), with_pairs] {
        assert!(outcomes.with(|reads| *reads == ASKED) > 0, "{outcomes:?}");
    }
}

#[test]
fn in_no_order_of_whole_steps_do_two_readers_disagree_about_two_writes() {
    use model::litmus::independent_reads::{ASKED, once};
    let model = stage::model(|| assert_ne!(once::<SeqCst>(), ASKED));
    let found = stage::explore(&stage::Bound { schedules: 50_000, ..Default::default() }, &model);
    assert!(found.exhaustive() && !found.failed(), "{:?}", found.shortest);
    assert_eq!(found.depth_first.run, 45_080);
    use thread_safety::real::litmus::independent_reads;
    for _ in 0..100 {
        assert_ne!(independent_reads::once::<SeqCst>(), independent_reads::ASKED);
    }
}

/// Store buffering with something in place of `SeqCst`: Loom's executions in which both threads
/// read the old value, and all.
fn store_buffering_by(
    store: fn(&loom::sync::atomic::AtomicU32),
    load: fn(&loom::sync::atomic::AtomicU32) -> u32,
) -> (usize, usize) {
    let outcomes = executions(move || {
        let words = loom::sync::Arc::new([0, 0].map(loom::sync::atomic::AtomicU32::new));
        let words2 = loom::sync::Arc::clone(&words);
        let t2 = loom::thread::spawn(move || {
            store(&words2[1]);
            load(&words2[0])
        });
        store(&words[0]);
        (load(&words[1]), t2.join().expect("it does not panic"))
    });
    (outcomes.with(|reads| *reads == (0, 0)), outcomes.all())
}

#[test]
fn a_fence_or_a_load_that_also_writes_serves_in_store_buffering_as_well_as_seq_cst() {
    use std::sync::atomic::Ordering::{AcqRel, Relaxed, SeqCst};
    let fenced = store_buffering_by(
        |word| {
            word.store(1, Relaxed);
            loom::sync::atomic::fence(SeqCst);
        },
        |word| word.load(Relaxed),
    );
    let read_by_writing =
        store_buffering_by(|word| _ = word.swap(1, AcqRel), |word| word.fetch_add(0, AcqRel));
    let bare = store_buffering_by(|word| word.store(1, Relaxed), |word| word.load(Relaxed));
    assert_eq!((fenced.0, read_by_writing.0), (0, 0));
    assert!(
        bare.0 > 0 && fenced.1 > 1 && read_by_writing.1 > 1,
        "{fenced:?} {read_by_writing:?} {bare:?}"
    );
}
