//! Two threads, two locks: which thread acquires them in which order.
//!
//! Each variant is a function: two threads add 1 to two values, under the locks of both. The
//! difference between two variants is the lesson.

use kit::sync_point::SyncPoint;

use super::lane::{Held, acquire, lock, try_acquire, two};
use super::sync::{Arc, Mutex};

/// A value behind a lock of its own, as on an account.
#[derive(Debug)]
struct Account {
    name: &'static str,
    /// The key by which [`by_key`] orders the locks.
    number: u32,
    value: Mutex<u32>,
}

impl Account {
    #[track_caller]
    fn acquire(&self) -> Held<'_, u32> {
        acquire(self.name, &self.value)
    }
}

/// Two accounts, a third lock, and the window between acquiring one lock and the other.
#[derive(Debug)]
struct Pair {
    a: Account,
    b: Account,
    third: Mutex<()>,
    window: SyncPoint,
}

impl Pair {
    fn new(value: u32, numbers: [u32; 2], window: SyncPoint) -> Arc<Self> {
        let account = |name, number| Account { name, number, value: Mutex::new(value) };
        let [a, b] = [account("A", numbers[0]), account("B", numbers[1])];
        Arc::new(Self { a, b, third: Mutex::new(()), window })
    }

    fn values(&self) -> (u32, u32) {
        (*lock(&self.a.value), *lock(&self.b.value))
    }

    fn add(&self, first: &Account, second: &Account) {
        let mut one = first.acquire();
        self.window.meet();
        let mut other = second.acquire();
        self.window.work();
        *one += 1;
        *other += 1;
    }
}

/// t1 acquires A, then B; t2 acquires B, then A. Once each has its first lock, neither can have its
/// second.
///
/// # Blocking
/// For ever, if both threads are in the window at once.
pub fn opposite(window: SyncPoint) -> (u32, u32) {
    let pair = Pair::new(0, [1, 2], window);
    two(&pair, |p| p.add(&p.a, &p.b), |p| p.add(&p.b, &p.a));
    pair.values()
}

/// Both threads acquire A, then B: with one order for all, a cycle of waits cannot close.
/// Any order does, as long as it is the same everywhere: by name, by address, by account number.
pub fn ordered(window: SyncPoint) -> (u32, u32) {
    let pair = Pair::new(0, [1, 2], window);
    two(&pair, |p| p.add(&p.a, &p.b), |p| p.add(&p.a, &p.b));
    pair.values()
}

/// Opposite orders, but the second lock is only tried: a thread that fails releases its first one,
/// so no thread holds a lock while it waits for another.
///
/// It then waits for the lock that it did not get, and tries the other: this is how C++'s
/// `std::lock` does it in GCC's and LLVM's libraries (Howard Hinnant, "Dining Philosophers
/// Rebooted"). Two threads can still go round for ever, if they keep in step at each of their moves;
/// a thread that tried again with the same lock first would meet the other far more easily (the
/// lesson `livelock`).
///
/// Returns the values, and how often a thread released its first lock to try again.
pub fn try_back_off(window: SyncPoint) -> ((u32, u32), u32) {
    let pair = Pair::new(0, [1, 2], window);
    let back_offs = two(&pair, |p| p.add_trying(&p.a, &p.b), |p| p.add_trying(&p.b, &p.a));
    (pair.values(), back_offs.iter().sum())
}

impl Pair {
    fn add_trying<'a>(&self, mut first: &'a Account, mut second: &'a Account) -> u32 {
        let mut back_offs = 0;
        loop {
            let mut one = first.acquire();
            self.window.meet();
            if let Some(mut other) = try_acquire(second.name, &second.value) {
                self.window.work();
                *one += 1;
                *other += 1;
                return back_offs;
            }
            drop(one);
            back_offs += 1;
            std::mem::swap(&mut first, &mut second);
        }
    }
}

/// Opposite orders, but both locks are acquired in one critical section: while one thread is
/// acquiring, no other is.
///
/// It costs concurrency: while a thread waits for its second lock, no other can even begin, also
/// with locks that have nothing to do with these two.
pub fn both_at_once(window: SyncPoint) -> (u32, u32) {
    let pair = Pair::new(0, [1, 2], window);
    two(&pair, |p| p.add_at_once(&p.a, &p.b), |p| p.add_at_once(&p.b, &p.a));
    pair.values()
}

impl Pair {
    fn add_at_once(&self, first: &Account, second: &Account) {
        let turn = acquire("the turn", &self.third);
        let mut one = first.acquire();
        self.window.meet();
        let mut other = second.acquire();
        drop(turn);
        self.window.work();
        *one += 1;
        *other += 1;
    }
}

/// Transfers 10 from A to B while t2 transfers 20 from B to A, of 100 on each: the locks come from
/// the arguments, and are acquired in the order of the accounts' numbers. Returns the balances.
pub fn by_key(numbers: [u32; 2], window: SyncPoint) -> (u32, u32) {
    let pair = Pair::new(100, numbers, window);
    two(&pair, |p| p.transfer(&p.a, &p.b, 10), |p| p.transfer(&p.b, &p.a, 20));
    pair.values()
}

impl Pair {
    /// Accounts of the same number have no order: the thread that holds the tie lock acquires both.
    fn transfer(&self, from: &Account, to: &Account, amount: u32) {
        if std::ptr::eq(from, to) {
            return; // A mutex is not reentrant.
        }
        let tie = (from.number == to.number).then(|| acquire("the tie", &self.third));
        let (mut source, mut target);
        if from.number <= to.number {
            source = from.acquire();
            self.window.meet();
            target = to.acquire();
        } else {
            target = to.acquire();
            self.window.meet();
            source = from.acquire();
        }
        drop(tie);
        self.window.work();
        *source -= amount;
        *target += amount;
    }
}
