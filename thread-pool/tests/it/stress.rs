//! A million tasks from four submitters, of which some panic, some are cancelled, some have no
//! handle, and a shutdown in the middle: every one of them is accounted for exactly once.
//!
//! What happens to a task is written down where it happens, in a slot of its own: when it is run,
//! or when it is dropped unrun. One that is lost leaves nothing there, one that is run twice leaves
//! too much. What its handle says has to agree.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering::Relaxed};
use std::thread;

use thread_pool::{Builder, ChannelPool, Handle, Pool, RayonPool, StealingPool, TaskError};

const SUBMITTERS: usize = 4;
const TASKS: usize = 1_000_000 / SUBMITTERS;

/// What a task does, or is done to: drawn by chance, the same in every run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Returns,
    Panics,
    /// Somebody tries to cancel it, at once; whether that comes in time is another matter.
    Cancelled,
    /// Its handle is dropped.
    Unasked,
    UnaskedAndPanics,
}

/// Xorshift: George Marsaglia, 2003.
struct Chance(u64);

impl Chance {
    fn fate(&mut self) -> Fate {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        match self.0 % 1000 {
            0..5 => Fate::Panics,
            5..10 => Fate::UnaskedAndPanics,
            10..100 => Fate::Cancelled,
            100..200 => Fate::Unasked,
            _ => Fate::Returns,
        }
    }
}

/// What came of tasks, counted by whoever saw it.
#[derive(Debug, Default)]
struct Account {
    ran: usize,
    panicked: usize,
    cancelled: usize,
    refused: usize,
}

/// Holds what happened to each task of a submitter: how often it was run, plus 16 for each time it
/// was dropped unrun.
type Slots = Arc<[AtomicU8]>;

const RUN: u8 = 1;
const UNRUN: u8 = 16;

/// What a task holds.
struct Held {
    slots: Slots,
    number: usize,
    does: u8,
}

impl Held {
    fn run(mut self) {
        self.does = RUN;
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.slots[self.number].fetch_add(self.does, Relaxed);
    }
}

fn every_task_is_accounted_for<P: Pool>() {
    let told = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&told);
    let pool = Builder::new().workers(3).on_panic(move |_| _ = count.fetch_add(1, Relaxed));
    let pool: P = pool.build().expect("there is room for three");
    let slots: Vec<Slots> =
        (0..SUBMITTERS).map(|_| (0..TASKS).map(|_| AtomicU8::new(0)).collect()).collect();
    let progress = AtomicUsize::new(0);
    let (accounts, back) = thread::scope(|scope| {
        let (pool, progress) = (&pool, &progress);
        let submit =
            |(slots, seed)| scope.spawn(move || submit_all(pool, Chance(seed), slots, progress));
        let submitters: Vec<_> = slots.iter().zip(1..).map(submit).collect();
        while progress.load(Relaxed) < SUBMITTERS * TASKS / 2 {
            thread::yield_now();
        }
        // What is handed back is dropped here, and its handles are told.
        let back = pool.shutdown_now().len();
        let joined = submitters.into_iter().map(|thread| thread.join().expect("it does not panic"));
        (joined.collect::<Vec<_>>(), back)
    });
    drop(pool);
    let (mut unasked_panics, mut back_at_least, mut cancelled) = (0, 0, 0);
    for (slots, (account, fates)) in slots.iter().zip(&accounts) {
        let slots: Vec<_> = slots.iter().map(|slot| slot.load(Relaxed)).collect();
        let once = slots.iter().all(|&slot| slot == RUN || slot == UNRUN);
        assert!(once, "each is run once or dropped unrun once");
        let count = |of: Fate, slot: u8| {
            fates.iter().zip(&slots).filter(|&(&fate, &found)| fate == of && found == slot).count()
        };
        let unrun = slots.iter().filter(|&&slot| slot == UNRUN).count();
        let ran = count(Fate::Returns, RUN) + count(Fate::Cancelled, RUN);
        let panicked = count(Fate::Panics, RUN);
        assert_eq!((account.ran, account.panicked), (ran, panicked), "{account:?}");
        assert!(account.ran > 0 && account.panicked > 0 && account.refused > 0, "{account:?}");
        unasked_panics += count(Fate::UnaskedAndPanics, RUN);
        back_at_least += unrun - account.refused - account.cancelled;
        cancelled += account.cancelled;
    }
    // A cancelled one may have been in the queue still.
    let handed_back = back_at_least..=back_at_least + cancelled;
    assert!(handed_back.contains(&back), "{back} and not {back_at_least}");
    assert_eq!(told.load(Relaxed), unasked_panics, "each whose handle was dropped is told once");
}

/// Submits all tasks of one submitter, and asks for the results in batches; returns what the
/// handles said, and each task's fate.
fn submit_all(
    pool: &impl Pool,
    mut chance: Chance,
    slots: &Slots,
    progress: &AtomicUsize,
) -> (Account, Vec<Fate>) {
    let mut account = Account::default();
    let fates: Vec<_> = (0..TASKS).map(|_| chance.fate()).collect();
    let mut handles = Vec::new();
    for (number, &fate) in fates.iter().enumerate() {
        let held = Held { slots: Arc::clone(slots), number, does: UNRUN };
        let task = move || {
            held.run();
            if matches!(fate, Fate::Panics | Fate::UnaskedAndPanics) {
                resume_unwind(Box::new(number));
            }
            number
        };
        match pool.submit(task) {
            Ok(handle) => {
                if fate == Fate::Cancelled {
                    handle.cancel();
                }
                if !matches!(fate, Fate::Unasked | Fate::UnaskedAndPanics) {
                    handles.push((number, handle));
                }
            }
            Err(_) => account.refused += 1,
        }
        progress.fetch_add(1, Relaxed);
        if handles.len() == 1000 {
            settle(&mut account, &mut handles);
        }
    }
    settle(&mut account, &mut handles);
    (account, fates)
}

/// Asks for what came of tasks.
fn settle(account: &mut Account, handles: &mut Vec<(usize, Handle<usize>)>) {
    for (number, handle) in handles.drain(..) {
        match handle.wait() {
            Ok(result) => {
                assert_eq!(result, number, "each gets its own");
                account.ran += 1;
            }
            Err(TaskError::Panicked(payload)) => {
                assert_eq!(payload.downcast_ref(), Some(&number), "each gets its own");
                account.panicked += 1;
            }
            Err(TaskError::Cancelled) => account.cancelled += 1,
            Err(TaskError::Dropped) => {}
        }
    }
}

checks::within_a_minute! {
    #[test] fn the_channel_pool_accounts_for_each_of_a_million_tasks() {
        every_task_is_accounted_for::<ChannelPool>();
    }
    #[test] fn the_rayon_pool_accounts_for_each_of_a_million_tasks() {
        every_task_is_accounted_for::<RayonPool>();
    }
    #[test] fn the_stealing_pool_accounts_for_each_of_a_million_tasks() {
        every_task_is_accounted_for::<StealingPool>();
    }
}
