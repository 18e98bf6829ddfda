//! The check of each operation, for any way to do it. What is given may be broken: so the tests see
//! that a check finds it.

use std::collections::HashMap;
use std::sync::{Mutex, RwLock};
use std::thread;

use crate::history::{Checked, Id, Plan, linearizable, registers, unique, written_and_read};
use crate::real::lane::lock;

/// An item of a list: the call that has put it in.
pub type Item = Id;

/// How many items `extend` adds at a time, and how many places each thread has in a slice.
pub const BATCH: usize = 4;

/// `L.append(x)`: no item is lost, and they are in order.
pub fn append(plan: Plan, push: impl Fn(&Mutex<Vec<Item>>, Item) + Sync) -> Checked {
    extended(plan, 1, push)
}

/// `L.extend(xs)`: besides, no other thread's items are among the [`BATCH`] items of a call.
pub fn extend(plan: Plan, extend: impl Fn(&Mutex<Vec<Item>>, &[Item]) + Sync) -> Checked {
    extended(plan, BATCH, |list, this| extend(list, &[this; BATCH]))
}

fn extended(plan: Plan, by: usize, add: impl Fn(&Mutex<Vec<Item>>, Item) + Sync) -> Checked {
    let read = |list: &Mutex<Vec<_>>, _| lock(list).clone();
    let apply = |state: &mut Vec<_>, this| state.extend(std::iter::repeat_n(this, by));
    written_and_read(plan, Default::default, add, read, apply, |state, _| state.clone())
}

/// A place of a list whose two halves are always alike.
pub type Pair = [usize; 2];

/// `L[i]`: a reader of the first place never sees half of an assignment.
pub fn index(
    plan: Plan,
    write: impl Fn(&RwLock<Vec<Pair>>, Pair) + Sync,
    read: impl Fn(&RwLock<Vec<Pair>>) -> Pair + Sync,
) -> Checked {
    written_and_read(
        plan,
        || (RwLock::new(vec![[0, 0]]), [0, 0]),
        |list, this| write(list, [unique(this); 2]),
        |list, _| read(list),
        |state, this| *state = [unique(this); 2],
        |state, _| *state,
    )
}

/// `L.pop()`: each item comes out once.
pub fn pop(plan: Plan, pop: impl Fn(&Mutex<Vec<usize>>) -> Option<usize> + Sync) -> Checked {
    let items: Vec<_> = (0..plan.threads * plan.calls).collect();
    let fresh = || (Mutex::new(items.clone()), items.clone());
    linearizable(plan, fresh, |list, _| pop(list), |state, _| state.pop())
}

/// How a list is shared out among a number of threads.
pub type Share = for<'a> fn(&'a mut [Item], usize) -> Vec<&'a mut [Item]>;

/// `L[a:b] = xs`: each place shows what the thread wrote last whose part it is in.
pub fn slice(plan: Plan, share: Share) -> Checked {
    let unset = (plan.threads, 0);
    let mut list = vec![unset; plan.threads * BATCH];
    thread::scope(|scope| {
        for (thread, part) in share(&mut list, plan.threads).into_iter().enumerate() {
            scope.spawn(move || (0..plan.calls).for_each(|call| part.fill((thread, call))));
        }
    });
    let last = |(place, item): (usize, &Item)| *item == (place / BATCH, plan.calls - 1);
    let all_are = list.iter().enumerate().all(last);
    all_are.then_some(()).ok_or_else(|| format!("a place is not its owner's: {list:?}"))
}

/// `L.sort()`: `write` puts a number into the first place and sorts; no reader sees the list
/// unsorted.
pub fn sort(
    plan: Plan,
    write: impl Fn(&RwLock<Vec<usize>>, usize) + Sync,
    read: impl Fn(&RwLock<Vec<usize>>) -> Vec<usize> + Sync,
) -> Checked {
    let few: Vec<_> = (0..4).collect();
    written_and_read(
        plan,
        || (RwLock::new(few.clone()), few.clone()),
        // Beyond all that are there, so it has to move.
        |list, this| write(list, usize::MAX - unique(this)),
        |list, _| read(list),
        |state, this| {
            state[0] = usize::MAX - unique(this);
            state.sort_unstable();
        },
        |state, _| state.clone(),
    )
}

/// A value of several words, all of them alike.
pub type Value = [usize; 8];

/// `x = y`: no reader sees a value that is half old and half new.
pub fn assign<T: Sync>(
    plan: Plan,
    fresh: impl Fn(Value) -> T,
    write: impl Fn(&T, Value) + Sync,
    read: impl Fn(&T) -> Value + Sync,
) -> Checked {
    registers::<1, _, _>(
        plan,
        || (fresh([0; 8]), [0; 8]),
        |object, _, number| write(object, [number; 8]),
        |object, _| read(object),
        |number| [number; 8],
    )
}

/// `x.field = y`: each of two fields, 0 at first, shows what was assigned to it last.
pub fn field<T: Sync + Default>(
    plan: Plan,
    write: impl Fn(&T, usize, usize) + Sync,
    read: impl Fn(&T, usize) -> usize + Sync,
) -> Checked {
    registers::<2, _, _>(plan, Default::default, write, read, |number| number)
}

/// `d[k] = v`: each of two keys, none at first, shows what was set last.
pub fn item<T: Sync + Default>(
    plan: Plan,
    set: impl Fn(&T, usize, usize) + Sync,
    get: impl Fn(&T, usize) -> Option<usize> + Sync,
) -> Checked {
    registers::<2, _, _>(plan, Default::default, set, get, Some)
}

/// The map that is updated and listed.
pub type Map = RwLock<HashMap<usize, usize>>;

/// The number of keys that an update sets.
pub const KEYS: usize = 8;

/// `d.update(other)`: `set_all` sets all keys to one value; no reader sees a part of that.
pub fn update(
    plan: Plan,
    set_all: impl Fn(&Map, usize) + Sync,
    values: impl Fn(&Map) -> Vec<usize> + Sync,
) -> Checked {
    written_and_read(
        plan,
        || (Map::new((0..KEYS).map(|key| (key, 0)).collect()), 0),
        |map, this| set_all(map, unique(this)),
        |map, _| values(map),
        |state, this| *state = unique(this),
        |state, _| vec![*state; KEYS],
    )
}

/// `list(d.keys())`: `replace` puts a key in the place of another; a reader sees one of the two.
pub fn keys(
    plan: Plan,
    replace: impl Fn(&Map, usize, usize) + Sync,
    keys: impl Fn(&Map) -> Vec<usize> + Sync,
) -> Checked {
    // Each thread has two keys, one of which is there: 0 or 1, 2 or 3, and so on.
    let evens: Vec<_> = (0..plan.threads).map(|thread| 2 * thread).collect();
    let old_and_new = |(thread, number)| match number % 4 {
        0 => (2 * thread, 2 * thread + 1),
        _ => (2 * thread + 1, 2 * thread),
    };
    written_and_read(
        plan,
        || (Map::new(evens.iter().map(|key| (*key, 0)).collect()), evens.clone()),
        |map, this| {
            let (old, new) = old_and_new(this);
            replace(map, old, new);
        },
        |map, _| {
            let mut seen = keys(map);
            seen.sort_unstable();
            seen
        },
        |state, this| state[this.0] = old_and_new(this).1,
        |state, _| state.clone(),
    )
}
