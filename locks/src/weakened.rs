//! Primitives in their smallest form, each with a line that can be weakened, and a test for each.
//!
//! Where a `match` is on the name of a mutant, its last arm is the line as it should be, and each
//! other arm is a mutant. `cargo run -p locks -- --weaken` asks who notices it; what is true is found
//! by running the test on real threads, under Shuttle and under Loom, for which this file is compiled
//! three times. All that is shared is atomic, so that no mutant is undefined behaviour.

use super::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};
use super::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, fence};
use super::sync::{Arc, Condvar, Mutex, MutexGuard};
use super::thread;

/// The name of a mutant; any other name is the primitive as it should be.
pub type Mutant = &'static str;

/// Runs a part on each of two threads, with its number, and returns what both have left.
fn both<T: Send + Sync + 'static>(shared: T, part: fn(&T, usize)) -> Arc<T> {
    let shared = Arc::new(shared);
    let theirs = Arc::clone(&shared);
    let other = thread::spawn(move || part(&theirs, 1));
    part(&shared, 0);
    other.join().expect("a part does not panic");
    shared
}

/// Acquires a flag that was found free.
fn set(taken: &AtomicBool) -> bool {
    taken.store(true, Relaxed);
    true
}

/// A spin lock: returns whether no increment is lost of two threads that try the lock once each.
pub fn spin(mutant: Mutant) -> bool {
    type Spin = (Mutant, AtomicBool, [AtomicU32; 2]);
    let add = |(mutant, taken, [value, entered]): &Spin, _: usize| {
        let got = match *mutant {
            "two-steps" => !taken.load(Acquire) && set(taken),
            "relaxed-acquire" => taken.compare_exchange(false, true, Relaxed, Relaxed).is_ok(),
            "weak-exchange" => taken.compare_exchange_weak(false, true, Acquire, Relaxed).is_ok(),
            _ => taken.compare_exchange(false, true, Acquire, Relaxed).is_ok(),
        };
        if got {
            value.store(value.load(Relaxed) + 1, Relaxed);
            entered.fetch_add(1, Relaxed);
            match *mutant {
                "relaxed-release" => taken.store(false, Relaxed),
                _ => taken.store(false, Release),
            }
        }
    };
    let counts = [AtomicU32::new(0), AtomicU32::new(0)];
    let [value, entered] = &both((mutant, AtomicBool::new(false), counts), add).2;
    value.load(Relaxed) == entered.load(Relaxed)
}

/// A ticket dispenser: a thread draws a number before it queues.
pub fn ticket(mutant: Mutant) -> bool {
    type Drawn = (Mutant, AtomicU32, [AtomicU32; 2]);
    let draw = |(mutant, next, drawn): &Drawn, me: usize| {
        let mine = match *mutant {
            "relaxed-draw" => next.fetch_add(1, Relaxed),
            _ => next.fetch_add(1, AcqRel),
        };
        drawn[me].store(mine, Relaxed);
    };
    let new = || AtomicU32::new(0);
    let shared = both((mutant, new(), [new(), new()]), draw);
    let [one, other] = [0, 1].map(|me| shared.2[me].load(Relaxed));
    one != other
}

/// Acquires a permit of those that were found.
fn take(permits: &AtomicUsize, left: usize) -> bool {
    permits.store(left - 1, Relaxed);
    true
}

/// A semaphore of one permit: returns whether at most one of two threads that try has it.
pub fn semaphore(mutant: Mutant) -> bool {
    type Permits = (Mutant, AtomicUsize, AtomicU32);
    let try_acquire = |(mutant, permits, acquired): &Permits, _: usize| {
        let left = permits.load(Relaxed);
        let got = left > 0
            && match *mutant {
                "check-then-act" => take(permits, left),
                _ => permits.compare_exchange(left, left - 1, Acquire, Relaxed).is_ok(),
            };
        acquired.fetch_add(u32::from(got), Relaxed);
    };
    both((mutant, AtomicUsize::new(1), AtomicU32::new(0)), try_acquire).2.load(Relaxed) <= 1
}

/// Two threads that exclude each other by flags alone: returns whether at most one has entered.
pub fn flags(mutant: Mutant) -> bool {
    type Flags = (Mutant, [AtomicBool; 2], AtomicU32);
    let try_enter = |(mutant, wants, inside): &Flags, me: usize| {
        wants[me].store(true, Relaxed);
        match *mutant {
            "acq-rel-fence" => fence(AcqRel),
            _ => fence(SeqCst),
        }
        // A thread that has asked stays in its claim, so both inside means: at once.
        inside.fetch_add(u32::from(!wants[1 - me].load(Relaxed)), Relaxed);
    };
    let wants = [AtomicBool::new(false), AtomicBool::new(false)];
    both((mutant, wants, AtomicU32::new(0)), try_enter).2.load(Relaxed) <= 1
}

/// What consumers wait for.
#[derive(Default)]
struct Queue {
    items: u32,
    closed: bool,
    /// How many consumers have begun to wait, and how often one was woken.
    waiting: u32,
    woken: u32,
    /// Whether an item was taken that was not there.
    taken_from_empty: bool,
}

struct Shared {
    mutant: Mutant,
    queue: Mutex<Queue>,
    changed: Condvar,
    filled: Condvar,
}

impl Shared {
    fn new(mutant: Mutant) -> Arc<Self> {
        let (changed, filled) = (Condvar::new(), Condvar::new());
        Arc::new(Self { mutant, queue: Mutex::new(Queue::default()), changed, filled })
    }

    fn consumer(shared: &Arc<Self>) -> thread::JoinHandle<()> {
        let shared = Arc::clone(shared);
        thread::spawn(move || shared.take())
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().expect("nobody panics with it")
    }

    /// Waits once to be notified of an item.
    fn wait<'a>(&self, mut queue: MutexGuard<'a, Queue>) -> MutexGuard<'a, Queue> {
        queue.waiting += 1;
        self.changed.notify_one();
        let mut queue = self.filled.wait(queue).expect("nobody panics with it");
        queue.woken += 1;
        self.changed.notify_one();
        queue
    }

    #[rustfmt::skip]
    fn take(&self) {
        let mut queue = self.lock();
        match self.mutant {
            "if-once" => if queue.items == 0 && !queue.closed { queue = self.wait(queue) },
            "if-alone" => if queue.items == 0 && !queue.closed { queue = self.wait(queue) },
            _ => while queue.items == 0 && !queue.closed { queue = self.wait(queue) },
        }
        queue.taken_from_empty |= queue.items == 0 && !queue.closed;
        queue.items = queue.items.saturating_sub(1);
    }

    /// Waits until something is so, and then changes it and notifies all.
    fn change(&self, ready: fn(&Queue) -> bool, change: fn(&mut Queue)) {
        let mut queue = self.lock();
        while !ready(&queue) {
            queue = self.changed.wait(queue).expect("nobody panics with it");
        }
        change(&mut queue);
        drop(queue);
        self.filled.notify_all();
    }
}

/// Lets two consumers wait for one item, and notifies both: returns whether an item is taken only if
/// there is one. The second consumer goes on when the queue is closed, after both were woken.
pub fn queue(mutant: Mutant) -> bool {
    let shared = Shared::new(mutant);
    let consumers = [(); 2].map(|()| Shared::consumer(&shared));
    shared.change(|queue| queue.waiting == 2, |queue| queue.items = 1);
    shared.change(|queue| queue.woken >= 2, |queue| queue.closed = true);
    consumers.into_iter().for_each(|consumer| consumer.join().expect("it does not panic"));
    !shared.lock().taken_from_empty
}

/// Lets one consumer wait for one item: returns whether it is taken only when it is there.
pub fn gate(mutant: Mutant) -> bool {
    let shared = Shared::new(mutant);
    let consumer = Shared::consumer(&shared);
    shared.change(|_| true, |queue| queue.items = 1);
    consumer.join().expect("it does not panic");
    !shared.lock().taken_from_empty
}
