//! What a model checker says of an update in two steps: how many schedules there are, in how many
//! of them one is lost, and in how many orders the steps themselves can come.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use stage::record::{Record, Recorder, Sink, What};
use stage::{Bound, Explored, explore, model, replay};
use thread_safety::Window;
use thread_safety::model::lost_update::{Plan, racy};
use tracing_subscriber::layer::SubscriberExt;

fn plan(updates: u32) -> Plan {
    Plan::new([1, 1], updates, Window::told())
}

/// Runs every schedule in which `run` makes that many increments on each thread, and asks what
/// comes out.
fn explored(run: fn(&Plan) -> i64, updates: u32, asked: fn(i64) -> bool) -> Explored {
    let found = explore(
        &Bound::default(),
        &model(move || {
            let count = run(&plan(updates));
            assert!(asked(count), "the counter shows {count}");
        }),
    );
    assert!(found.exhaustive(), "these were not all schedules: {:?}", found.depth_first);
    found
}

#[test]
fn two_increments_in_two_steps_lose_one_in_30_of_69_schedules() {
    // The model checker takes each operation as sequentially consistent: no stronger ordering
    // helps.
    let found = explored(racy::run, 1, |count| count == 2);
    assert_eq!((found.depth_first.panicked, found.depth_first.run), (30, 69));
}

#[test]
fn the_shortest_loss_is_two_reads_before_two_writes_and_can_be_run_again() {
    let shortest =
        explored(racy::run, 1, |count| count == 2).shortest.expect("some schedule loses one");
    let steps: Vec<_> =
        shortest.steps.iter().map(|step| format!("{} {}", step.lane, step.did)).collect();
    assert_eq!(steps, ["t1 read 0", "t2 read 0", "t1 wrote 1", "t2 wrote 1"]);
    assert_eq!(shortest.why.to_string(), "the counter shows 1");
    let again = model(|| assert!(racy::run(&plan(1)) == 2, "the counter shows 1"));
    let (steps, why) = replay(&shortest.schedule, &again).expect("it is a schedule of this model");
    assert_eq!((steps, why), (shortest.steps, Some(shortest.why)));
}

#[test]
fn of_four_increments_two_may_be_left_and_never_fewer() {
    assert!(!explored(racy::run, 2, |count| count >= 2).failed());
    assert!(explored(racy::run, 2, |count| count != 2).failed());
}

/// Keeps the threads of a schedule's reads and writes, in order.
#[derive(Clone, Default)]
struct Order(Arc<Mutex<Vec<usize>>>);

impl Sink for Order {
    fn take(&self, record: Record) {
        if let What::Opened { .. } = record.what {
            let thread =
                record.lane[1..].parse::<usize>().expect("they are called t1, t2 and so on");
            self.0.lock().expect("nobody panics with it").push(thread - 1);
        }
    }

    fn lane(&self) -> String {
        shuttle::thread::current().name().expect("each of them has a name").to_owned()
    }
}

/// Runs every schedule, and returns what the counter shows after each order in which the reads and
/// writes came.
fn orders(threads: usize, updates: u32) -> BTreeMap<Vec<usize>, i64> {
    let (order, seen) = (Order::default(), Arc::new(Mutex::new(BTreeMap::new())));
    let (steps, ends) = (order.clone(), Arc::clone(&seen));
    let every = model(move || {
        steps.0.lock().expect("nobody panics with it").clear();
        let count = racy::run(&Plan::new(vec![1; threads], updates, Window::told()));
        let order = steps.0.lock().expect("nobody panics with it").clone();
        let before = ends.lock().expect("nobody panics with it").insert(order, count);
        // Schedules that differ only in how the threads start and end come to the same.
        assert!(before.is_none_or(|before| before == count), "one order, two ends");
    });
    let subscriber = tracing_subscriber::registry().with(Recorder::new(order));
    let bound = Bound { schedules: 100_000, ..Bound::default() };
    let found = tracing::subscriber::with_default(subscriber, || explore(&bound, &every));
    assert!(found.exhaustive() && !found.failed(), "{found:?}");
    std::mem::take(&mut *seen.lock().expect("nobody panics with it"))
}

fn factorial(number: u64) -> u64 {
    (1..=number).product()
}

/// In so many orders can the steps of some threads come: (all steps)! / (a thread's steps)! for
/// each thread.
fn interleavings(threads: u64, steps: u64) -> u64 {
    factorial(threads * steps) / factorial(steps).pow(threads as u32)
}

#[test]
fn the_steps_come_in_every_order_that_there_is_and_all_but_those_update_by_update_lose_one() {
    for (threads, updates, all, lose) in [(2, 1, 6, 4), (2, 2, 70, 64), (3, 1, 90, 84)] {
        let orders = orders(threads as usize, updates as u32);
        assert_eq!((orders.len() as u64, interleavings(threads, 2 * updates)), (all, all));
        let lost =
            orders.values().filter(|&&count| count < (threads * updates) as i64).count() as u64;
        // None is lost where each read is followed by its own write: then only the updates as
        // wholes come in some order.
        assert_eq!((lost, all - interleavings(threads, updates)), (lose, lose));
    }
}

#[test]
fn three_increments_lose_one_in_20093_of_25424_schedules() {
    let bound = Bound { schedules: 30_000, ..Bound::default() };
    let found = explore(
        &bound,
        &model(|| assert!(racy::run(&Plan::new([1, 1, 1], 1, Window::told())) == 3, "one is lost")),
    );
    assert!(found.exhaustive());
    assert_eq!((found.depth_first.panicked, found.depth_first.run), (20_093, 25_424));
}

#[test]
fn two_increments_on_each_of_two_threads_lose_one_in_745_of_923_schedules() {
    let found = explored(racy::run, 2, |count| count == 4);
    assert_eq!((found.depth_first.panicked, found.depth_first.run), (745, 923));
}
