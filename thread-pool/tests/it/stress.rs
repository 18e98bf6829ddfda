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
    let (submitted, back) = thread::scope(|scope| {
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
    let (mut unasked_panics, mut unrun) = (0, 0);
    for (slots, (fates, refused, _)) in slots.iter().zip(&submitted) {
        let slots: Vec<_> = slots.iter().map(|slot| slot.load(Relaxed)).collect();
        let once = slots.iter().all(|&slot| slot == RUN || slot == UNRUN);
        assert!(once && *refused > 0, "each is run once or dropped unrun once");
        let ran = fates.iter().zip(&slots).filter(|&(_, &slot)| slot == RUN);
        unasked_panics += ran.filter(|&(&fate, _)| fate == Fate::UnaskedAndPanics).count();
        unrun += slots.iter().filter(|&&slot| slot == UNRUN).count() - refused;
    }
    // A cancelled one may have been in the queue still.
    let cancelled: usize = submitted.iter().map(|&(_, _, cancelled)| cancelled).sum();
    assert!(
        (unrun - cancelled..=unrun).contains(&back),
        "{back} of {unrun}, {cancelled} cancelled"
    );
    assert_eq!(told.load(Relaxed), unasked_panics, "each whose handle was dropped is told once");
}

/// Submits all tasks of one submitter, and asks for the results in batches; returns each task's fate,
/// and how many were rejected and cancelled.
fn submit_all(
    pool: &impl Pool,
    mut chance: Chance,
    slots: &Slots,
    progress: &AtomicUsize,
) -> (Vec<Fate>, usize, usize) {
    let fates: Vec<_> = (0..TASKS).map(|_| chance.fate()).collect();
    let (mut handles, mut refused, mut cancelled) = (Vec::new(), 0, 0);
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
            Err(_) => refused += 1,
        }
        progress.fetch_add(1, Relaxed);
        if handles.len() == 1000 {
            cancelled += settle(slots, &mut handles);
        }
    }
    cancelled += settle(slots, &mut handles);
    (fates, refused, cancelled)
}

/// Asks for what came of tasks: it has to agree with what happened to them. Returns how many were
/// cancelled.
fn settle(slots: &Slots, handles: &mut Vec<(usize, Handle<usize>)>) -> usize {
    let is_cancelled = |(number, handle): (usize, Handle<usize>)| {
        let outcome = handle.wait();
        let ran = slots[number].load(Relaxed) == RUN;
        match &outcome {
            Ok(result) => assert_eq!((*result, ran), (number, true)),
            Err(TaskError::Panicked(payload)) => {
                assert_eq!((payload.downcast_ref(), ran), (Some(&number), true));
            }
            Err(TaskError::Cancelled | TaskError::Dropped) => assert!(!ran),
        }
        matches!(outcome, Err(TaskError::Cancelled))
    };
    handles.drain(..).map(is_cancelled).filter(|&cancelled| cancelled).count()
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
