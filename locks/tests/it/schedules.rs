//! What the model checker finds of each variant, in numbers: all schedules that differ, those in
//! which it fails, and every outcome.

use std::sync::LazyLock;
use std::thread;
use std::time::Duration;

use locks::model::{alternate, spin};
use stage::{Bound, explore, model};

/// What the exploration of every lesson that has models prints, two lessons at a time.
///
/// It has no deadline, for the search has a bound: a model that hangs is a deadlock that it counts.
/// Where other programs keep the cores busy, it takes more than a minute.
static EXPLORED: LazyLock<String> = LazyLock::new(|| {
    let printed = |given: &[&str]| {
        let run = checks::run(env!("CARGO_BIN_EXE_locks"), &[given, &["--width", "60"]].concat());
        checks::fits(&run, "60")
    };
    let explored = |lesson: &&str| {
        let said = printed(&[lesson, "--explore"]);
        said.split_once("a schedule is an order").expect("the last lines explain").0.to_owned()
    };
    let list = printed(&["--list"]);
    let modelled = list.split("\n\n").filter(|of_it| of_it.contains("--explore"));
    let names: Vec<_> = modelled.filter_map(|of_it| Some(of_it.split_once(" · ")?.0)).collect();
    let (some, others) = names.split_at(names.len() / 2);
    let explored = |lessons: &[&str]| lessons.iter().map(explored).collect::<String>();
    thread::scope(|scope| {
        let some = scope.spawn(|| explored(some));
        let others = explored(others);
        some.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)) + &others
    })
});

#[test]
fn every_model_comes_to_the_end_of_its_schedules_with_these_counts_and_outcomes() {
    let (mut counts, mut is_told) = (String::new(), false);
    for line in EXPLORED.lines() {
        // The shortest schedule that fails is left out.
        is_told |= line.starts_with("    the shortest found");
        if !is_told {
            // "more than 2 000 schedules" is where the search stops, and says nothing of the model.
            counts += line.split("  more than").next().unwrap_or(line).trim_end();
            counts.push('\n');
        }
        is_told &= !line.starts_with("    again: ");
    }
    // Where a model has changed: cargo run -p locks -- --explore --width 60, without the last two
    // lines.
    assert_eq!(counts, include_str!("schedules.txt"), "{counts}");
}

#[test]
fn a_reader_waits_for_no_reader_beside_it_and_a_writer_for_the_readers_inside() {
    let (_, said) = EXPLORED.split_once("\n  reader-preferring").expect("it is explored");
    let (said, _) = said.split_once("\n    again: ").expect("it breaks");
    assert!(said.contains("acquires read") && !said.contains("waits for read"), "{said}");
    assert!(said.contains("waits for write"), "{said}");
}

checks::within_a_minute! {
    #[test]
    fn a_lock_that_is_spun_for_has_no_end_of_schedules_and_admits_one_at_a_time() {
        let waited = model(|| {
            let entries = spin::waited(1, Duration::ZERO);
            assert!(entries.most_inside == 1 && entries.value == 2, "{entries:?}");
        });
        let found =
            explore(&Bound { schedules: 1_000, random: 200, ..Bound::default() }, &waited);
        assert!(!found.failed() && !found.exhaustive(), "{:?}", found.shortest);
        assert!(found.depth_first.cut > 0, "one thread looks again and again: {found:?}");
    }

    #[test]
    fn a_thread_that_parks_may_return_again_and_again_and_still_writes_in_turn() {
        let parked =
            model(|| assert_eq!(alternate::park(1, Duration::ZERO), "ABC"));
        let found = explore(&Bound { schedules: 200, random: 200, ..Bound::default() }, &parked);
        assert!(!found.failed() && found.depth_first.finished() > 0, "{:?}", found.shortest);
        assert!(!found.exhaustive(), "a park without a token has no end of schedules");
    }
}
