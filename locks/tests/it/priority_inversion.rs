//! The lesson `priority-inversion`: on a simulated scheduler, so that each figure is certain.

use locks::priority_inversion::{Doing, Protocol, Step, Task, simulate, story};

use Step::{Lock, Unlock, Work};

const PROTOCOLS: [Protocol; 3] = [Protocol::Plain, Protocol::Inheritance, Protocol::Ceiling];

fn task(name: &'static str, priority: u32, arrives: u32, steps: &[Step]) -> Task {
    Task { name, priority, arrives, steps: steps.to_vec() }
}

#[test]
fn high_waits_for_medium_as_well_unless_low_is_raised_and_then_for_lows_section_alone() {
    for medium in 1..=50 {
        let all = medium as usize + 3;
        // How long high waits at the lock, and is kept waiting before it; how long low stands still.
        for (protocol, waits, ready, stalled) in [
            (Protocol::Plain, all, 0, all - 2),
            (Protocol::Inheritance, 3, 0, 1),
            (Protocol::Ceiling, 0, 3, 0),
        ] {
            let timeline = simulate(&story(medium), protocol);
            let high = [Doing::Waits, Doing::Ready].map(|what| timeline.ticks("high", what));
            assert_eq!(high, [waits, ready], "{protocol:?}");
            assert_eq!(timeline.ticks("low", Doing::Stalled), stalled, "{protocol:?}");
            let high_first = timeline.done("high") < timeline.done("medium");
            assert_eq!(high_first, protocol != Protocol::Plain);
        }
    }
}

#[test]
fn whatever_the_protocol_one_task_runs_at_a_time_and_all_work_is_done() {
    for protocol in PROTOCOLS {
        let timeline = simulate(&story(7), protocol);
        let busy = |name| timeline.ticks(name, Doing::Runs) + timeline.ticks(name, Doing::Holds);
        assert_eq!(["high", "medium", "low"].map(busy), [4, 7, 6]);
        // One processor that is never without work: the last one is done after the sum of all.
        assert_eq!(timeline.done("low"), 17);
    }
}

#[test]
fn inheritance_goes_on_by_way_of_a_second_lock() {
    // High waits for B, held by mid, which waits for A, held by low. A hog between mid and high
    // keeps low from the processor.
    let tasks = [
        task("high", 4, 4, &[Lock(1), Work(1), Unlock(1)]),
        task("hog", 3, 4, &[Work(20)]),
        task("mid", 2, 2, &[Lock(1), Work(1), Lock(0), Work(1), Unlock(0), Unlock(1)]),
        task("low", 1, 0, &[Lock(0), Work(5), Unlock(0)]),
    ];
    let waits = |protocol| simulate(&tasks, protocol).ticks("high", Doing::Waits);
    // Two ticks of low's are left when high comes, and one of mid's.
    assert_eq!((waits(Protocol::Plain), waits(Protocol::Inheritance)), (23, 3));
}
