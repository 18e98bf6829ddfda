//! The banker's algorithm (Dijkstra, EWD 108, 1964, for one kind of resource; Habermann,
//! "Prevention of System Deadlocks", 1969, for several): a request is granted only where an order
//! is left in which every client can still get all that it may claim, and so pay back: a safe state.
//!
//! Every client states its claim beforehand: the most that it may need. The banker refuses nothing
//! that is within the claim; it lets the client wait. A greedy bank lends what it has, and may end
//! with all its money out and no client able to finish.

use std::mem::take;
// Noted under the ledger's lock: no step of its own for a model checker.
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use tracing::{Span, info_span};

use super::lane::{lock, two, wait_while};
use super::sync::{Arc, Condvar, Mutex};
use kit::sync_point::SyncPoint;

/// Amounts of each kind of resource.
pub type Amounts = Vec<u32>;

/// A ledger: what the bank has, what each client may claim, and what it has been granted.
///
/// ```
/// use deadlock::real::banker::Ledger;
///
/// // Two coins, and two clients that may claim both of them.
/// let mut ledger = Ledger::new(vec![2], vec![vec![2], vec![2]]);
/// ledger.grant(0, &[1]);
/// assert_eq!(ledger.safe_order(), Some(vec![0, 1]));
/// // The second coin is there, but is kept for client 0.
/// assert!(ledger.has(&[1]) && !ledger.stays_safe(1, &[1]));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    /// What the bank has left.
    pub left: Amounts,
    /// What each client may claim in all.
    pub claims: Vec<Amounts>,
    /// What each client has.
    pub granted: Vec<Amounts>,
}

impl Ledger {
    /// Returns a ledger in which nothing is granted yet.
    pub fn new(left: Amounts, claims: Vec<Amounts>) -> Self {
        let granted = claims.iter().map(|claim| vec![0; claim.len()]).collect();
        Self { left, claims, granted }
    }

    /// Finds an order in which all clients can finish, each with what those before it have paid
    /// back; `None` if the state is not safe.
    ///
    /// Which client goes first, where several could, does not matter: one that has paid back only
    /// adds to what is left.
    pub fn safe_order(&self) -> Option<Vec<usize>> {
        let mut left = self.left.clone();
        let mut order = Vec::new();
        while order.len() < self.claims.len() {
            let next = (0..self.claims.len()).filter(|client| !order.contains(client)).find(
                |&client| {
                    let needs = self.claims[client]
                        .iter()
                        .zip(&self.granted[client])
                        .map(|(claim, has)| claim - has);
                    needs.zip(&left).all(|(needs, left)| needs <= *left)
                },
            )?;
            left.iter_mut().zip(&self.granted[next]).for_each(|(left, has)| *left += has);
            order.push(next);
        }
        Some(order)
    }

    /// Moves an amount from what is left to the client.
    ///
    /// # Panics
    /// If that is more than the client may claim, or than the bank has left.
    pub fn grant(&mut self, client: usize, wanted: &[u32]) {
        let has = self.granted[client].iter().zip(&self.claims[client]);
        let mut needs = has.map(|(has, claim)| claim - has);
        let within = |wanted: &u32| needs.next().is_some_and(|needs| *wanted <= needs);
        assert!(wanted.iter().all(within), "more than the claim");
        assert!(self.has(wanted), "more than the bank has left");
        self.left.iter_mut().zip(wanted).for_each(|(left, wanted)| *left -= wanted);
        self.granted[client].iter_mut().zip(wanted).for_each(|(has, wanted)| *has += wanted);
    }

    /// Returns whether there is enough left.
    pub fn has(&self, wanted: &[u32]) -> bool {
        wanted.iter().zip(&self.left).all(|(wanted, left)| wanted <= left)
    }

    /// Returns whether the state after a grant is safe. It panics as [`grant`](Self::grant).
    pub fn stays_safe(&self, client: usize, wanted: &[u32]) -> bool {
        let mut after = self.clone();
        after.grant(client, wanted);
        after.safe_order().is_some()
    }
}

/// The condition on which a request is granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// There is enough left.
    Greedy,
    /// There is enough left, and the state afterwards is safe.
    Banker,
}

struct Bank {
    ledger: Mutex<Ledger>,
    /// Whether any state was unsafe: no order was left in which all clients get all they may claim.
    was_unsafe: AtomicBool,
    paid_back: Condvar,
    policy: Policy,
    window: SyncPoint,
}

impl Bank {
    fn serve(&self, client: usize, draws: u32) {
        let first = self.request(client, &[1]);
        self.window.meet();
        let second = (draws > 1).then(|| self.request(client, &[1]));
        drop((second, first));
        self.pay_back(client);
    }

    fn request(&self, client: usize, wanted: &[u32]) -> Span {
        let waits = info_span!("waits", what = "a coin");
        let not_now = |ledger: &mut Ledger| {
            !ledger.has(wanted)
                || (self.policy == Policy::Banker && !ledger.stays_safe(client, wanted))
        };
        let mut ledger = wait_while(&self.paid_back, lock(&self.ledger), not_now);
        ledger.grant(client, wanted);
        self.was_unsafe.fetch_or(ledger.safe_order().is_none(), Relaxed);
        drop(waits);
        info_span!("holds", what = "a coin")
    }

    fn pay_back(&self, client: usize) {
        let mut ledger = lock(&self.ledger);
        let Ledger { left, granted, .. } = &mut *ledger;
        left.iter_mut().zip(&mut granted[client]).for_each(|(left, has)| *left += take(has));
        self.paid_back.notify_all();
    }
}

/// Lets two clients, which may claim two coins each, draw this number of coins, one by one, from a
/// bank that has two; returns what the bank has in the end, and whether a state was unsafe.
///
/// # Blocking
/// For ever, if the policy is greedy, both clients are in the window at once, and both draw two: an
/// unsafe state becomes a deadlock only if the clients ask for what they may.
pub fn run(policy: Policy, draws: [u32; 2], window: SyncPoint) -> (u32, bool) {
    let ledger = Mutex::new(Ledger::new(vec![2], vec![vec![2]; 2]));
    let (paid_back, was_unsafe) = (Condvar::new(), AtomicBool::new(false));
    let bank = Arc::new(Bank { ledger, was_unsafe, paid_back, policy, window });
    two(&bank, move |bank| bank.serve(0, draws[0]), move |bank| bank.serve(1, draws[1]));
    (lock(&bank.ledger).left[0], bank.was_unsafe.load(Relaxed))
}
