//! The lesson `peterson` on real threads and under every schedule.

use locks::model;
use locks::real::peterson::{Exclusion, acquire_release, count, exchange, rounds, seq_cst};
use stage::{Bound, explore};

/// Far more than it takes where two threads run at once, whatever else runs.
const MOST: u32 = 10_000_000;

fn two_cores() -> bool {
    let two = std::thread::available_parallelism().is_ok_and(|cores| cores.get() > 1);
    if !two {
        eprintln!("one core cannot run two threads at once: nothing is asked of it");
    }
    two
}

checks::within_a_minute! {
#[test]
fn with_acquire_and_release_both_get_in_and_an_increment_is_lost_on_every_run() {
    // Other processors may keep a Release store and an Acquire load in order; Loom's word counts
    // there.
    if cfg!(target_arch = "x86_64") && two_cores() {
        for _ in 0..5 {
            let done = rounds::<acquire_release::Peterson>(MOST);
            assert!(done.both_inside, "{done:?}");
            assert_eq!(done.entered - done.value, 1, "{done:?}");
        }
    }
}

#[test]
fn with_seq_cst_or_an_exchange_never_both_get_in_and_nothing_is_lost() {
    fn holds<P: Exclusion>() {
        let done = rounds::<P>(50_000);
        assert!(!done.both_inside, "{done:?}");
        assert!(done.entered > 0, "{done:?}");
        assert_eq!((done.rounds, done.value), (50_000, done.entered));
        assert_eq!(count::<P>(20_000), 40_000);
    }
    holds::<seq_cst::Peterson>();
    holds::<exchange::Peterson>();
}

#[test]
fn who_asks_alone_gets_in_and_keeps_the_other_out_until_it_leaves() {
    fn holds<P: Exclusion>() {
        let lock = P::default();
        lock.ask(0);
        assert!(lock.may_enter(0));
        lock.ask(1);
        assert!(!lock.may_enter(1));
        assert!(lock.may_enter(0), "the one inside is not put out");
        lock.leave(0);
        assert!(lock.may_enter(1));
        lock.ask(0);
        assert!(!lock.may_enter(0), "the turn is the other's");
    }
    holds::<seq_cst::Peterson>();
    holds::<exchange::Peterson>();
    holds::<acquire_release::Peterson>();
}
}

#[test]
fn where_all_agree_on_one_order_at_most_one_gets_in_in_each_of_9379_schedules() {
    fn holds<P: model::peterson::Exclusion>() {
        let tried =
            stage::model(|| assert!(!model::peterson::one_round::<P>(), "both are inside at once"));
        let found = explore(&Bound::default(), &tried);
        assert!(!found.failed(), "{:?}", found.shortest);
        assert!(found.exhaustive());
        assert_eq!(found.depth_first.run, 9_379);
    }
    holds::<model::peterson::seq_cst::Peterson>();
    holds::<model::peterson::exchange::Peterson>();
}

#[test]
fn on_one_core_the_lesson_says_that_it_cannot_be_shown() {
    if let Some(output) = checks::run_on_one_core(env!("CARGO_BIN_EXE_locks"), &["peterson"]) {
        let said = checks::fits(&output, "80");
        assert!(said.contains("acquire-release  cannot be shown here"), "{said}");
        assert!(said.contains("seq-cst          holds"), "{said}");
    }
}
