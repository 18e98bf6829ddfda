//! Histories of calls by several threads, and whether each is linearizable: whether there is an
//! order of the calls, in which each takes effect at one moment between its beginning and its end,
//! that explains all that they returned (Herlihy and Wing, "Linearizability", 1990).
//!
//! The end of a run shows only what is left; a history also shows a read that was out of date.

use std::collections::HashSet;
use std::fmt::Debug;
use std::hash::Hash;
use std::panic::resume_unwind;
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;

/// A plan: on how many threads an operation is called how often in a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The number of threads.
    pub threads: usize,
    /// The number of calls on each of them.
    pub calls: usize,
}

/// What a check found: nothing, or what was spoilt.
pub type Checked = Result<(), String>;

/// A call, from its beginning to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call<O, R> {
    /// What was asked for.
    pub operation: O,
    /// What it returned.
    pub result: R,
    /// The moment before it began; each moment of a history has another number.
    pub began: usize,
    /// The moment after it ended.
    pub ended: usize,
}

/// Finds an order of the calls that explains their results; `None` if there is none. `apply` does a
/// call on a state by itself, as on a single thread.
///
/// The search is Wing's and Gong's ("Testing and Verifying Concurrent Objects", 1993): a call may
/// come next if it began before any other one ended that is still to come. Lowe's addition ("Testing
/// for Linearizability", 2017) spares it most of its work: the same calls in the same state are tried
/// once.
///
/// ```
/// use thread_safety::history::{Call, order};
///
/// // A register: `Some` writes and returns nothing, `None` reads.
/// let apply = |state: &mut u32, write: &Option<u32>| match write {
///     Some(value) => { *state = *value; None }
///     None => Some(*state),
/// };
/// let write = Call { operation: Some(1), result: None, began: 0, ended: 3 };
/// let read = |value, began, ended| {
///     [write.clone(), Call { operation: None, result: Some(value), began, ended }]
/// };
/// // A read beside the write may return the old value; one that begins after it may not.
/// assert_eq!(order(0, &read(0, 1, 2), apply), Some(vec![1, 0]));
/// assert_eq!(order(0, &read(1, 4, 5), apply), Some(vec![0, 1]));
/// assert_eq!(order(0, &read(0, 4, 5), apply), None);
/// ```
pub fn order<S: Clone + Eq + Hash, O, R: PartialEq>(
    start: S,
    history: &[Call<O, R>],
    apply: impl Fn(&mut S, &O) -> R,
) -> Option<Vec<usize>> {
    assert!(history.len() <= 64, "a history has 64 calls at the most");
    let (mut order, mut tried) = (Vec::new(), HashSet::new());
    // For each call that is in the order: the state before it. At the top: the next one to try.
    let mut stack = vec![(start, 0)];
    let mut done = 0_u64;
    while let Some((state, next)) = stack.last_mut() {
        if order.len() == history.len() {
            return Some(order);
        }
        let open = |call: usize| done & 1 << call == 0;
        let ends = (0..history.len()).filter(|call| open(*call)).map(|call| history[call].ended);
        let first_end = ends.min().unwrap_or_default();
        let may_be_next = |call: &usize| open(*call) && history[*call].began < first_end;
        let Some(call) = (*next..history.len()).find(may_be_next) else {
            stack.pop();
            done &= order.pop().map_or(0, |call: usize| !(1 << call));
            continue;
        };
        *next = call + 1;
        let mut after = state.clone();
        let explained = apply(&mut after, &history[call].operation) == history[call].result;
        if explained && tried.insert((done | 1 << call, after.clone())) {
            done |= 1 << call;
            order.push(call);
            stack.push((after, 0));
        }
    }
    None
}

/// How many histories of an operation are recorded.
const HISTORIES: usize = 100;

/// The thread that makes a call, and the number of the call among its own.
pub(crate) type Id = (usize, usize);

/// Records short histories on real threads, and looks for an order of each. `fresh` returns an object
/// and its state.
pub(crate) fn linearizable<T: Sync, S: Clone + Eq + Hash, R: Clone + Debug + PartialEq + Send>(
    plan: Plan,
    fresh: impl Fn() -> (T, S),
    call: impl Fn(&T, Id) -> R + Sync,
    apply: impl Fn(&mut S, Id) -> R,
) -> Checked {
    (0..HISTORIES).try_for_each(|_| {
        let ((object, state), clock) = (fresh(), AtomicUsize::new(0));
        let calls = on_each_thread(plan.threads, |thread| {
            let recorded = |number| {
                let operation = (thread, number);
                // What a call has done happens before all that begins when it has ended.
                let began = clock.fetch_add(1, SeqCst);
                let result = call(&object, operation);
                Call { operation, result, began, ended: clock.fetch_add(1, SeqCst) }
            };
            (0..plan.calls).map(recorded).collect::<Vec<_>>()
        });
        let history = calls.concat();
        let found = order(state, &history, |state, operation| apply(state, *operation));
        found.map(drop).ok_or_else(|| format!("no order explains {history:?}"))
    })
}

/// Histories in which each thread writes and reads in turn: `apply` is what a write does to a state,
/// and `view` what a read shows of it.
pub(crate) fn written_and_read<T: Sync, S, V>(
    plan: Plan,
    fresh: impl Fn() -> (T, S),
    write: impl Fn(&T, Id) + Sync,
    read: impl Fn(&T, Id) -> V + Sync,
    apply: impl Fn(&mut S, Id),
    view: impl Fn(&S, Id) -> V,
) -> Checked
where
    S: Clone + Eq + Hash,
    V: Clone + Debug + PartialEq + Send,
{
    let writes = |(_, number): Id| number % 2 == 0;
    linearizable(
        plan,
        fresh,
        |object, this| {
            if writes(this) {
                write(object, this);
                return None;
            }
            Some(read(object, this))
        },
        |state, this| {
            if writes(this) {
                apply(state, this);
                return None;
            }
            Some(view(state, this))
        },
    )
}

/// The same, of parts that are written and read by themselves, each by all threads in turn: `value`
/// is what is written of a number.
pub(crate) fn registers<const PARTS: usize, T: Sync, V: Clone + Debug + Eq + Hash + Send>(
    plan: Plan,
    fresh: impl Fn() -> (T, V),
    write: impl Fn(&T, usize, usize) + Sync,
    read: impl Fn(&T, usize) -> V + Sync,
    value: impl Fn(usize) -> V,
) -> Checked {
    let part = |(thread, number): Id| (thread + number / 2) % PARTS;
    written_and_read(
        plan,
        || {
            let (object, start) = fresh();
            (object, [(); PARTS].map(|()| start.clone()))
        },
        |object, this| write(object, part(this), unique(this)),
        |object, this| read(object, part(this)),
        |state, this| state[part(this)] = value(unique(this)),
        |state, this| state[part(this)].clone(),
    )
}

/// Returns a number that no other call of a history has.
pub(crate) fn unique((thread, number): Id) -> usize {
    1 + 64 * thread + number
}

/// Runs `body(thread)` on every thread, all starting together; returns what they return.
pub(crate) fn on_each_thread<R: Send>(threads: usize, body: impl Fn(usize) -> R + Sync) -> Vec<R> {
    let (body, together) = (&body, &Barrier::new(threads));
    thread::scope(|scope| {
        let start = |thread| {
            scope.spawn(move || {
                together.wait();
                body(thread)
            })
        };
        let threads: Vec<_> = (0..threads).map(start).collect();
        let ends = threads.into_iter().map(|thread| thread.join());
        ends.map(|end| end.unwrap_or_else(|panic| resume_unwind(panic))).collect()
    })
}
