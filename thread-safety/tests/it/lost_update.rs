//! In how many orders and schedules an update in two steps is lost, and what the fixed variants do
//! on one thread and on many.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

use stage::{Bound, Explored, explore, outcomes, replay};
use thread_safety::model::{lane::SyncPoint as ModelPoint, lost_update as modelled};
use thread_safety::real::lane::SyncPoint;
use thread_safety::real::lost_update::{self as real, Plan, stress};
use thread_safety::{executions, loom};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

#[test]
fn a_stress_run_goes_on_until_a_round_loses_some_and_counts_all_rounds() {
    // A counter that loses nothing in its first two rounds, and three updates in the third.
    fn third_time(plan: &Plan) -> i64 {
        static ROUND: AtomicI64 = AtomicI64::new(0);
        plan.sum() - if ROUND.fetch_add(1, Relaxed) == 2 { 3 } else { 0 }
    }
    let seen = stress(third_time, 10, 8);
    // Each round is twice as long as the one before: 20 updates, 40 and 80.
    assert_eq!((seen.rounds, seen.updates, seen.lost), (3, 140, 3));
}

checks::within_a_minute! {
    #[test]
    fn every_fixed_variant_adds_up_for_one_thread_and_for_many() {
        for run in [real::mutex, real::atomic, real::compare_exchange, real::channel, real::sharded] {
            for threads in [1, 2, 3, 8] {
                let changes: Vec<_> = (0..threads).map(|thread| 10_i64.pow(thread)).collect();
                let point = SyncPoint::open(threads as usize);
                let plan = Plan { spins: 1, ..Plan::new(changes, 1_000, point) };
                assert_eq!(run(&plan), plan.sum(), "{threads} threads");
            }
        }
    }
}

/// Adds in two steps, in the order given: a thread's name is its next step, a read or the write
/// after it.
fn simulated(changes: [i64; 2], order: &[usize]) -> i64 {
    let (mut counter, mut read) = (0, [None; 2]);
    for &thread in order {
        match read[thread].take() {
            None => read[thread] = Some(counter),
            Some(value) => counter = value + changes[thread],
        }
    }
    counter
}

#[test]
fn of_two_million_increments_two_may_be_left() {
    let steps = |thread, count: usize| std::iter::repeat_n(thread, 2 * count);
    // t1 reads 0; t2 does all but its last; t1 writes 1; t2 reads it; t1 does all the rest; t2
    // writes 2.
    let first = [0].into_iter().chain(steps(1, 999_999)).chain([0, 1]);
    let order: Vec<_> = first.chain(steps(0, 999_999)).chain([1]).collect();
    assert_eq!((order.len(), simulated([1, 1], &order)), (4_000_000, 2));
}

fn plan(threads: usize, updates: u32) -> modelled::Plan {
    modelled::Plan::new(vec![1; threads], updates, ModelPoint::stepped())
}

/// Runs every schedule that differs in which `run` makes that many increments on each of two
/// threads; beside them, with every order of independent steps, a thousand.
fn explored(run: fn(&modelled::Plan) -> i64, updates: u32) -> Explored {
    let sum = plan(2, updates).sum();
    let bound = Bound { plain: Some(1_000), ..Bound::default() };
    let found = explore(&bound, &outcomes(vec![sum], move || run(&plan(2, updates))));
    assert!(found.exhaustive(), "these were not all schedules: {:?}", found.depth_first);
    found
}

#[test]
fn the_shortest_loss_is_two_reads_before_two_writes_and_can_be_run_again() {
    let shortest = explored(modelled::racy, 1).shortest.expect("some schedule loses one");
    let steps: Vec<_> =
        shortest.steps.iter().map(|step| format!("{} {}", step.lane, step.did)).collect();
    assert_eq!(steps, ["t1 read 0", "t2 read 0", "t1 wrote 1", "t2 wrote 1"]);
    let again = outcomes(vec![2], || modelled::racy(&plan(2, 1)));
    let (steps, why) = replay(&shortest.schedule, &again).expect("it is a schedule of this model");
    assert_eq!((steps, why), (shortest.steps, Some(shortest.why)));
}

#[test]
fn of_four_increments_two_may_be_left_and_never_fewer() {
    let found = explored(modelled::racy, 2);
    assert_eq!((found.depth_first.panicked, found.depth_first.run), (745, 923));
    assert_eq!(found.ends.keys().collect::<Vec<_>>(), ["2", "3", "4"]);
}

#[test]
fn the_fixed_variants_have_51_19_79_and_69_schedules_and_none_loses_an_update() {
    use modelled::{atomic, channel, compare_exchange, mutex, sharded};
    let counts = [mutex, atomic, compare_exchange, sharded].map(|run| {
        assert!(!explored(run, 2).failed(), "two updates each");
        explored(run, 1).depth_first
    });
    assert_eq!(counts.map(|count| count.failed()), [0; 4]);
    assert_eq!(counts.map(|count| count.run), [51, 19, 79, 69]);
    // Its schedules are some thousands.
    assert!(!explored(channel, 1).failed());
}

/// The threads of a schedule's reads and writes, in order.
#[derive(Clone, Default)]
struct Order(Arc<Mutex<Vec<usize>>>);

// A layer of a registry would cost as much as the schedules themselves.
impl Subscriber for Order {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.name() == "runs"
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        let thread = shuttle::thread::current();
        let name = thread.name().expect("each of them has a name");
        let number = name[1..].parse::<usize>().expect("they are called t1, t2 and so on");
        self.0.lock().expect("no thread panics with it").push(number - 1);
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, _: &Event<'_>) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// What the counter shows after each order in which the reads and writes came, and in how many
/// schedules they came so.
type Orders = BTreeMap<Vec<usize>, (i64, usize)>;

/// Runs every schedule; returns the orders, how many schedules lose an update, and how many there
/// are.
fn orders(threads: usize, updates: u32) -> (Orders, usize, usize) {
    let (order, seen) = (Order::default(), Arc::new(Mutex::new(Orders::new())));
    let (steps, ends) = (order.clone(), Arc::clone(&seen));
    let sum = plan(threads, updates).sum();
    let every = outcomes((0..=sum).collect(), move || {
        steps.0.lock().expect("no thread panics with it").clear();
        let count = modelled::racy(&plan(threads, updates));
        let order = steps.0.lock().expect("no thread panics with it").clone();
        let mut ends = ends.lock().expect("no thread panics with it");
        let (before, schedules) = ends.entry(order).or_insert((count, 0));
        // Schedules that differ only in how the threads start and end come to the same.
        assert_eq!(*before, count, "one order, two ends");
        *schedules += 1;
        count
    });
    let bound = Bound { schedules: 100_000, ..Bound::default() };
    let found = tracing::subscriber::with_default(order, || explore(&bound, &every));
    assert!(found.depth_first.whole() && !found.failed(), "{found:?}");
    let orders = std::mem::take(&mut *seen.lock().expect("no thread panics with it"));
    let lost = orders.values().filter(|(count, _)| *count < sum).map(|(_, times)| times);
    // Those that differ were run beside all, and came here as well.
    let differ = found.ends.iter().filter(|(count, _)| **count != sum.to_string());
    let lost = lost.sum::<usize>() - differ.map(|(_, (_, times))| times).sum::<usize>();
    (orders, lost, found.depth_first.run)
}

/// Returns in how many orders the steps of some threads can come: (all steps)! / (a thread's
/// steps)! for each thread.
fn interleavings(threads: u64, steps: u64) -> u64 {
    let factorial = |number: u64| (1..=number).product::<u64>();
    factorial(threads * steps) / factorial(steps).pow(threads as u32)
}

#[test]
fn the_steps_come_in_every_order_that_there_is_and_all_but_those_update_by_update_lose_one() {
    // The model checker takes each operation as sequentially consistent: no stronger ordering
    // helps.
    for (threads, updates, all, lose, schedules) in
        [(2, 1, 6, 4, (30, 69)), (2, 2, 70, 64, (745, 923)), (3, 1, 90, 84, (20_093, 25_424))]
    {
        let (orders, losing, run) = orders(threads as usize, updates as u32);
        assert_eq!((losing, run), schedules, "{threads} threads, {updates} updates");
        assert_eq!((orders.len() as u64, interleavings(threads, 2 * updates)), (all, all));
        let whole = (threads * updates) as i64;
        let lost = orders.values().filter(|(count, _)| *count < whole).count();
        // None is lost where each read is followed by its own write: then only the updates as
        // wholes come in some order.
        assert_eq!((lost as u64, all - interleavings(threads, updates)), (lose, lose));
    }
}

/// Runs every execution of two threads that each add 1 `updates` times, and asks that the counter
/// shows each of these in the end, and nothing else.
fn shows(run: fn(&loom::lost_update::Plan) -> i64, updates: u32, wanted: &[i64]) {
    use loom::{lane::SyncPoint, lost_update::Plan};
    let every = executions(move || run(&Plan::new([1, 1], updates, SyncPoint::stepped())));
    for count in wanted {
        assert!(every.with(|seen| seen == count) > 0, "never {count}: {every:?}");
    }
    assert_eq!(every.with(|seen| wanted.contains(seen)), every.all(), "{every:?}");
}

#[test]
fn under_loom_relaxed_is_enough_for_the_fixed_variants_and_two_steps_show_any_number_from_two_on() {
    use loom::lost_update::{atomic, compare_exchange, racy, sharded};
    for updates in [1, 2] {
        for run in [atomic, compare_exchange, sharded] {
            shows(run, updates, &[2 * i64::from(updates)]);
        }
    }
    shows(racy, 1, &[1, 2]);
    shows(racy, 2, &[2, 3, 4]);
}
