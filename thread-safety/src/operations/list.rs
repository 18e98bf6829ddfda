//! The operations on a list.
//!
//! A `Vec` alone is as safe: whoever changes it has it exclusively, or does not compile. The lock
//! lets threads have it by turns.

use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};
use std::thread;

use super::{Checked, Plan, ensure, hammer, write_and_read};

/// Who put it in, and the number of their call.
pub type Item = (usize, usize);

/// So many items `extend` adds at a time.
pub const BATCH: usize = 4;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `L.append(x)`: each thread pushes under the lock.
///
/// # Errors
/// An item is missing, is there twice, or came before one that its thread had pushed earlier.
pub fn append(plan: Plan) -> Checked {
    append_by(plan, |list, item| lock(list).push(item))
}

/// The check of [`append`], for any `push`.
///
/// # Errors
/// As [`append`].
pub fn append_by(plan: Plan, push: impl Fn(&Mutex<Vec<Item>>, Item) + Sync) -> Checked {
    let list = Mutex::default();
    hammer(plan, |thread| (0..plan.calls).for_each(|call| push(&list, (thread, call))));
    in_order(plan.threads, plan.calls, &lock(&list))
}

fn in_order(threads: usize, each: usize, list: &[Item]) -> Checked {
    for thread in 0..threads {
        let theirs = list.iter().filter(|item| item.0 == thread).map(|item| item.1);
        ensure(theirs.eq(0..each), || {
            format!("the items of t{} are not there once, in order", thread + 1)
        })?;
    }
    Ok(())
}

/// `L.extend(xs)`: each thread adds [`BATCH`] items under the lock.
///
/// # Errors
/// As for [`append`], or another thread's items came in between those of a batch.
pub fn extend(plan: Plan) -> Checked {
    extend_by(plan, |list, batch| lock(list).extend_from_slice(batch))
}

/// The check of [`extend`], for any `extend`.
///
/// # Errors
/// As [`extend`].
pub fn extend_by(plan: Plan, extend: impl Fn(&Mutex<Vec<Item>>, &[Item]) + Sync) -> Checked {
    let list = Mutex::default();
    hammer(plan, |thread| {
        for call in 0..plan.calls {
            extend(&list, &[0, 1, 2, 3].map(|place| (thread, BATCH * call + place)));
        }
    });
    let list = lock(&list);
    in_order(plan.threads, BATCH * plan.calls, &list)?;
    let whole = |batch: &[Item]| batch.iter().all(|item| item.0 == batch[0].0);
    ensure(list.chunks(BATCH).all(whole), || "a batch is torn apart".into())
}

/// A place of a list whose two halves are always alike.
pub type Pair = [usize; 2];

/// `L[i]`: threads read a place under the shared lock, while others assign to it.
///
/// # Errors
/// A reader saw half of an assignment.
pub fn index(plan: Plan) -> Checked {
    let write = |list: &RwLock<Vec<Pair>>, pair| {
        list.write().unwrap_or_else(PoisonError::into_inner)[0] = pair;
    };
    index_by(plan, write, |list| list.read().unwrap_or_else(PoisonError::into_inner)[0])
}

/// The check of [`index`], for any `write` and `read` of the first place.
///
/// # Errors
/// As [`index`].
pub fn index_by(
    plan: Plan,
    write: impl Fn(&RwLock<Vec<Pair>>, Pair) + Sync,
    read: impl Fn(&RwLock<Vec<Pair>>) -> Pair + Sync,
) -> Checked {
    let list = RwLock::new(vec![[0, 0]]);
    let reads = || {
        let [left, right] = read(&list);
        ensure(left == right, || format!("the halves are {left} and {right}"))
    };
    write_and_read(plan, |thread, call| write(&list, [call * plan.threads + thread + 1; 2]), reads)
}

/// `L.pop()`: each thread takes the last item under the lock.
///
/// # Errors
/// An item came out twice, or never.
pub fn pop(plan: Plan) -> Checked {
    pop_by(plan, |list| lock(list).pop())
}

/// The check of [`pop`], for any `pop`.
///
/// # Errors
/// As [`pop`].
pub fn pop_by(plan: Plan, pop: impl Fn(&Mutex<Vec<usize>>) -> Option<usize> + Sync) -> Checked {
    let items = plan.threads * plan.calls;
    let list = Mutex::new((0..items).collect());
    let out = hammer(plan, |_| (0..plan.calls).filter_map(|_| pop(&list)).collect::<Vec<_>>());
    let mut out = out.concat();
    out.sort_unstable();
    ensure(out.into_iter().eq(0..items), || "an item came out twice, or never".into())
}

/// `L[a:b] = xs`: each thread has a part of the list for itself, lent by `chunks_mut`; there is no
/// lock, and no waiting.
///
/// # Errors
/// A place does not show what its owner wrote last.
pub fn slice(plan: Plan) -> Checked {
    slice_by(plan, |list, threads| list.chunks_mut(list.len() / threads).collect())
}

/// Shares a list out among so many threads.
pub type Share = for<'a> fn(&'a mut [Item], usize) -> Vec<&'a mut [Item]>;

/// The check of [`slice()`], for any `share`.
///
/// # Errors
/// As [`slice()`].
pub fn slice_by(plan: Plan, share: Share) -> Checked {
    let nobodys = (plan.threads, 0);
    let mut list = vec![nobodys; plan.threads * BATCH];
    thread::scope(|scope| {
        for (thread, part) in share(&mut list, plan.threads).into_iter().enumerate() {
            scope.spawn(move || {
                for call in 0..plan.calls {
                    part.copy_from_slice(&vec![(thread, call); part.len()]);
                }
            });
        }
    });
    let last = |(place, item): (usize, &Item)| *item == (place / BATCH, plan.calls - 1);
    ensure(list.iter().enumerate().all(last), || format!("a place is not its owner's: {list:?}"))
}

/// `L.sort()`: threads change the first place and sort, under one lock, while others look.
///
/// # Errors
/// A reader saw the list unsorted.
pub fn sort(plan: Plan) -> Checked {
    let write = |list: &RwLock<Vec<usize>>, number| {
        let mut list = list.write().unwrap_or_else(PoisonError::into_inner);
        list[0] = number;
        list.sort_unstable();
    };
    sort_by(plan, write, |list| list.read().unwrap_or_else(PoisonError::into_inner).clone())
}

/// The check of [`sort`], for any way to write a number into the first place and to sort, and for
/// any `read`.
///
/// # Errors
/// As [`sort`].
pub fn sort_by(
    plan: Plan,
    write: impl Fn(&RwLock<Vec<usize>>, usize) + Sync,
    read: impl Fn(&RwLock<Vec<usize>>) -> Vec<usize> + Sync,
) -> Checked {
    let list = RwLock::new((0..32).collect());
    let reads = || {
        let seen = read(&list);
        ensure(seen.is_sorted(), || format!("it is not sorted: {seen:?}"))
    };
    // Numbers that jump about, the first of them beyond all that are there.
    write_and_read(plan, |thread, call| write(&list, (call * 7919 + thread + 100) % 1000), reads)
}
