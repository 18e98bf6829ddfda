//! The operations on a list.
//!
//! A `Vec` alone is as safe: a change takes `&mut`, an exclusive borrow, or does not compile. The lock
//! lends it to one thread after another.

use std::sync::{Mutex, RwLock};
use std::thread;

use super::{Checked, Plan, ensure, lock, on_each_thread, write_and_read};

/// An item: the thread that has put it in, and the number of its call.
pub type Item = (usize, usize);

/// How many items `extend` adds at a time.
pub const BATCH: usize = 4;

/// `L.append(x)`: each thread pushes under the lock.
pub fn append(plan: Plan) -> Checked {
    append_by(plan, |list, item| lock(list).push(item))
}

/// The check of [`append`], for any `push`.
pub fn append_by(plan: Plan, push: impl Fn(&Mutex<Vec<Item>>, Item) + Sync) -> Checked {
    let list = Mutex::default();
    on_each_thread(plan, |thread| (0..plan.calls).for_each(|call| push(&list, (thread, call))));
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
pub fn extend(plan: Plan) -> Checked {
    extend_by(plan, |list, batch| lock(list).extend_from_slice(batch))
}

/// The check of [`extend`], for any `extend`.
pub fn extend_by(plan: Plan, extend: impl Fn(&Mutex<Vec<Item>>, &[Item]) + Sync) -> Checked {
    let list = Mutex::default();
    on_each_thread(plan, |thread| {
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
pub fn index(plan: Plan) -> Checked {
    let write = |list: &RwLock<Vec<Pair>>, pair| {
        super::write(list)[0] = pair;
    };
    index_by(plan, write, |list| super::read(list)[0])
}

/// The check of [`index`], for any `write` and `read` of the first place.
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
pub fn pop(plan: Plan) -> Checked {
    pop_by(plan, |list| lock(list).pop())
}

/// The check of [`pop`], for any `pop`.
pub fn pop_by(plan: Plan, pop: impl Fn(&Mutex<Vec<usize>>) -> Option<usize> + Sync) -> Checked {
    let items = plan.threads * plan.calls;
    let list = Mutex::new((0..items).collect());
    let out =
        on_each_thread(plan, |_| (0..plan.calls).filter_map(|_| pop(&list)).collect::<Vec<_>>());
    let mut out = out.concat();
    out.sort_unstable();
    ensure(out.into_iter().eq(0..items), || "an item came out twice, or never".into())
}

/// `L[a:b] = xs`: each thread has a part of the list for itself, lent by `chunks_mut`; there is no
/// lock, and no waiting.
pub fn slice(plan: Plan) -> Checked {
    slice_by(plan, |list, threads| list.chunks_mut(list.len() / threads).collect())
}

/// How a list is shared out among a number of threads.
pub type Share = for<'a> fn(&'a mut [Item], usize) -> Vec<&'a mut [Item]>;

/// The check of [`slice()`], for any `share`.
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
pub fn sort(plan: Plan) -> Checked {
    let write = |list: &RwLock<Vec<usize>>, number| {
        let mut list = super::write(list);
        list[0] = number;
        list.sort_unstable();
    };
    sort_by(plan, write, |list| super::read(list).clone())
}

/// The check of [`sort`], for any way to write a number into the first place and to sort, and for
/// any `read`.
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
