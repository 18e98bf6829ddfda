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

use super::Checked;

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
/// # Panics
/// If there are more than 64 calls.
///
/// # Examples
/// ```
/// use thread_safety::operations::history::{Call, order};
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

/// How many threads make a history, how many calls each of them makes, and how many histories there
/// are.
const THREADS: usize = 3;
const CALLS: usize = 4;
const HISTORIES: usize = 20;

/// Records short histories on real threads, and looks for an order of each. `fresh` returns an object
/// and its state; `operation` is given the thread and the number of its call.
pub(super) fn linearizable<T: Sync, S, O, R>(
    fresh: impl Fn() -> (T, S),
    operation: impl Fn(usize, usize) -> O + Sync,
    call: impl Fn(&T, &O) -> R + Sync,
    apply: impl Fn(&mut S, &O) -> R,
) -> Checked
where
    S: Clone + Eq + Hash,
    O: Clone + Debug + Send,
    R: Clone + Debug + PartialEq + Send,
{
    (0..HISTORIES).try_for_each(|_| {
        let ((object, state), clock) = (fresh(), AtomicUsize::new(0));
        let (object, clock, call) = (&object, &clock, &call);
        let calls = on_each_thread(THREADS, |thread| {
            let recorded = |number| {
                let operation = operation(thread, number);
                // What a call has done happens before all that begins when it has ended.
                let began = clock.fetch_add(1, SeqCst);
                let result = call(object, &operation);
                Call { operation, result, began, ended: clock.fetch_add(1, SeqCst) }
            };
            (0..CALLS).map(recorded).collect::<Vec<_>>()
        });
        let history = calls.concat();
        let found = order(state, &history, &apply);
        ensure(found.is_some(), || format!("no order explains {history:?}"))
    })
}

/// The thread that writes, and the number of its call.
pub(super) type Write = (usize, usize);

/// Histories in which each thread writes and reads in turn: `apply` is what a write does to a state,
/// and `view` what a read shows of it.
pub(super) fn written_and_read<
    T: Sync,
    S: Clone + Eq + Hash,
    V: Clone + Debug + PartialEq + Send,
>(
    fresh: impl Fn() -> (T, S),
    write: impl Fn(&T, Write) + Sync,
    read: impl Fn(&T) -> V + Sync,
    apply: impl Fn(&mut S, Write),
    view: impl Fn(&S) -> V,
) -> Checked {
    linearizable(
        fresh,
        |thread, number| (number % 2 == 0).then_some((thread, number)),
        |object, written| match written {
            Some(this) => {
                write(object, *this);
                None
            }
            None => Some(read(object)),
        },
        |state, written| match written {
            Some(this) => {
                apply(state, *this);
                None
            }
            None => Some(view(state)),
        },
    )
}

/// The same, of one value that is all there is: `value` is what is written of a number.
pub(super) fn register<V: Clone + Debug + Eq + Hash + Send>(
    write: impl Fn(usize) + Sync,
    read: impl Fn() -> V + Sync,
    value: impl Fn(usize) -> V,
) -> Checked {
    written_and_read(
        || ((), read()),
        |(), this| write(unique(this)),
        |()| read(),
        |state, this| *state = value(unique(this)),
        V::clone,
    )
}

/// Returns a number that no other write of a history has.
pub(super) fn unique((thread, number): Write) -> usize {
    1 + thread * CALLS + number
}

/// Runs `body(thread)` on every thread, all starting together; returns what they return.
pub(super) fn on_each_thread<R: Send>(threads: usize, body: impl Fn(usize) -> R + Sync) -> Vec<R> {
    let (body, together) = (&body, &Barrier::new(threads));
    thread::scope(|scope| {
        let start = |thread| {
            scope.spawn(move || {
                together.wait();
                body(thread)
            })
        };
        let threads: Vec<_> = (0..threads).map(start).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)))
            .collect()
    })
}

/// Returns an error if something does not hold.
pub(super) fn ensure(holds: bool, why_not: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err(why_not()) }
}
