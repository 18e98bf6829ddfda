//! Two threads, two locks: which thread acquires them in which order.
//!
//! Each variant is a function: two threads add 1 to both values of a pair, under both locks. The
//! difference between two variants is the lesson.

use kit::sync_point::SyncPoint;

use super::lane::{acquire, lock, try_acquire, two};
use super::sync::{Arc, Mutex};

/// Two values, each behind a lock of its own, and the window between acquiring one and the other.
#[derive(Debug)]
struct Pair {
    a: Mutex<u32>,
    b: Mutex<u32>,
    window: SyncPoint,
}

/// The result of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Added {
    /// The values under lock A and lock B: 2 and 2.
    pub values: (u32, u32),
    /// How often a thread released its first lock to try again.
    pub back_offs: u32,
}

impl Pair {
    fn new(window: SyncPoint) -> Arc<Self> {
        Arc::new(Self { a: Mutex::new(0), b: Mutex::new(0), window })
    }

    fn added(&self, back_offs: u32) -> Added {
        Added { values: (*lock(&self.a), *lock(&self.b)), back_offs }
    }

    fn add_a_then_b(&self) {
        let mut a = acquire("A", &self.a);
        self.window.meet();
        let mut b = acquire("B", &self.b);
        self.window.work();
        *a += 1;
        *b += 1;
    }

    fn add_b_then_a(&self) {
        let mut b = acquire("B", &self.b);
        self.window.meet();
        let mut a = acquire("A", &self.a);
        self.window.work();
        *a += 1;
        *b += 1;
    }
}

/// t1 acquires A, then B; t2 acquires B, then A. Once each has its first lock, neither can have its
/// second.
///
/// # Blocking
/// For ever, if both threads are in the window at once.
pub fn opposite(window: SyncPoint) -> Added {
    let pair = Pair::new(window);
    two(&pair, Pair::add_a_then_b, Pair::add_b_then_a);
    pair.added(0)
}

/// Both threads acquire A, then B: with one order for all, a cycle of waits cannot close.
/// Any order does, as long as it is the same everywhere: by name, by address, by account number.
pub fn ordered(window: SyncPoint) -> Added {
    let pair = Pair::new(window);
    two(&pair, Pair::add_a_then_b, Pair::add_a_then_b);
    pair.added(0)
}

/// Opposite orders, but the second lock is only tried: a thread that fails releases its first one,
/// so no thread holds a lock while it waits for another.
///
/// It then waits for the lock that it did not get, and tries the other: this is how C++'s
/// `std::lock` does it in GCC's and LLVM's libraries (Howard Hinnant, "Dining Philosophers
/// Rebooted"). Two threads can still go round for ever, if they keep in step at each of their moves;
/// a thread that tried again with the same lock first would meet the other far more easily (the
/// lesson `livelock`).
pub fn try_back_off(window: SyncPoint) -> Added {
    let pair = Pair::new(window);
    let back_offs = two(
        &pair,
        |pair| add_trying(("A", &pair.a), ("B", &pair.b), &pair.window),
        |pair| add_trying(("B", &pair.b), ("A", &pair.a), &pair.window),
    );
    pair.added(back_offs.iter().sum())
}

/// Adds 1 to both values; returns how often a lock was released on the way.
fn add_trying<'a>(
    mut first: (&'a str, &'a Mutex<u32>),
    mut second: (&'a str, &'a Mutex<u32>),
    window: &SyncPoint,
) -> u32 {
    let mut back_offs = 0;
    loop {
        let mut one = acquire(first.0, first.1);
        window.meet();
        if let Some(mut other) = try_acquire(second.0, second.1) {
            window.work();
            *one += 1;
            *other += 1;
            return back_offs;
        }
        drop(one);
        back_offs += 1;
        std::mem::swap(&mut first, &mut second);
    }
}

/// Opposite orders, but both locks are acquired in one critical section: while one thread is
/// acquiring, no other is.
///
/// It costs concurrency: while a thread waits for its second lock, no other can even begin, also
/// with locks that have nothing to do with these two.
pub fn both_at_once(window: SyncPoint) -> Added {
    let shared = Arc::new((Pair::new(window), Mutex::new(())));
    two(
        &shared,
        |(pair, turn)| {
            let turn = acquire("the turn", turn);
            let mut a = acquire("A", &pair.a);
            pair.window.meet();
            let mut b = acquire("B", &pair.b);
            drop(turn);
            pair.window.work();
            *a += 1;
            *b += 1;
        },
        |(pair, turn)| {
            let turn = acquire("the turn", turn);
            let mut b = acquire("B", &pair.b);
            pair.window.meet();
            let mut a = acquire("A", &pair.a);
            drop(turn);
            pair.window.work();
            *a += 1;
            *b += 1;
        },
    );
    shared.0.added(0)
}

/// An account; its number is the key by which its lock is ordered.
#[derive(Debug)]
struct Account {
    name: &'static str,
    number: u32,
    balance: Mutex<u32>,
}

/// Transfers 10 from A to B while t2 transfers 20 from B to A, of 100 on each: the locks come from
/// the arguments, and are acquired in the order of the accounts' numbers. Returns the balances.
pub fn by_key(numbers: [u32; 2], window: SyncPoint) -> [u32; 2] {
    let account = |name, number| Account { name, number, balance: Mutex::new(100) };
    let bank =
        Arc::new((account("A", numbers[0]), account("B", numbers[1]), Mutex::new(()), window));
    two(
        &bank,
        |(a, b, tie, window)| transfer(a, b, 10, tie, window),
        |(a, b, tie, window)| transfer(b, a, 20, tie, window),
    );
    [&bank.0, &bank.1].map(|account| *lock(&account.balance))
}

/// Accounts of the same number have no order: the thread that holds the `tie` lock acquires both.
fn transfer(from: &Account, to: &Account, amount: u32, tie: &Mutex<()>, window: &SyncPoint) {
    if std::ptr::eq(from, to) {
        return; // A mutex is not reentrant.
    }
    let tie = (from.number == to.number).then(|| acquire("the tie", tie));
    let [low, high] = if from.number <= to.number { [from, to] } else { [to, from] };
    let mut low_balance = acquire(low.name, &low.balance);
    window.meet();
    let mut high_balance = acquire(high.name, &high.balance);
    drop(tie);
    window.work();
    let (source, target) = if std::ptr::eq(from, low) {
        (&mut low_balance, &mut high_balance)
    } else {
        (&mut high_balance, &mut low_balance)
    };
    **source -= amount;
    **target += amount;
}
