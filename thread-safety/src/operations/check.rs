//! The check of each operation, for any way to do it: from several threads, whatever a race would
//! spoil. What is given may be broken: so the tests see that a check finds it.

use std::collections::HashMap;
use std::sync::{Mutex, RwLock};
use std::thread;

use super::history::{ensure, linearizable, on_each_thread, register, unique, written_and_read};
use super::{Checked, Plan, lock};

/// An item of a list: the thread that has put it in, and the number of its call.
pub type Item = (usize, usize);

/// How many items `extend` adds at a time.
pub const BATCH: usize = 4;

/// `L.append(x)`: no item of a thread is lost, and they are in order.
pub fn append(plan: Plan, push: impl Fn(&Mutex<Vec<Item>>, Item) + Sync) -> Checked {
    let list = Mutex::default();
    on_each_thread(plan.threads, |thread| {
        (0..plan.calls).for_each(|call| push(&list, (thread, call)));
    });
    in_order(plan.threads, plan.calls, &lock(&list))?;
    written_and_read(
        || (Mutex::default(), Vec::new()),
        push,
        |list| lock(list).clone(),
        Vec::push,
        Vec::clone,
    )
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

/// `L.extend(xs)`: besides, no other thread's items are among the [`BATCH`] items of a call.
pub fn extend(plan: Plan, extend: impl Fn(&Mutex<Vec<Item>>, &[Item]) + Sync) -> Checked {
    let list = Mutex::default();
    on_each_thread(plan.threads, |thread| {
        for call in 0..plan.calls {
            extend(&list, &[0, 1, 2, 3].map(|place| (thread, BATCH * call + place)));
        }
    });
    let list = lock(&list);
    in_order(plan.threads, BATCH * plan.calls, &list)?;
    let whole = |batch: &[Item]| batch.iter().all(|item| item.0 == batch[0].0);
    ensure(list.chunks(BATCH).all(whole), || "a batch is torn apart".into())?;
    written_and_read(
        || (Mutex::default(), Vec::new()),
        |list, item| extend(list, &[item; BATCH]),
        |list| lock(list).clone(),
        |state, item| state.extend([item; BATCH]),
        Vec::clone,
    )
}

/// A place of a list whose two halves are always alike.
pub type Pair = [usize; 2];

/// `L[i]`: a reader of the first place never sees half of an assignment.
pub fn index(
    plan: Plan,
    write: impl Fn(&RwLock<Vec<Pair>>, Pair) + Sync,
    read: impl Fn(&RwLock<Vec<Pair>>) -> Pair + Sync,
) -> Checked {
    let list = RwLock::new(vec![[0, 0]]);
    let reads = || {
        let [left, right] = read(&list);
        ensure(left == right, || format!("the halves are {left} and {right}"))
    };
    write_and_read(
        plan,
        |thread, call| write(&list, [call * plan.threads + thread + 1; 2]),
        reads,
    )?;
    written_and_read(
        || (RwLock::new(vec![[0, 0]]), [0, 0]),
        |list, this| write(list, [unique(this); 2]),
        &read,
        |state, this| *state = [unique(this); 2],
        |state| *state,
    )
}

/// `L.pop()`: each item comes out once.
pub fn pop(plan: Plan, pop: impl Fn(&Mutex<Vec<usize>>) -> Option<usize> + Sync) -> Checked {
    let items = plan.threads * plan.calls;
    let list = Mutex::new((0..items).collect());
    let out = on_each_thread(plan.threads, |_| {
        (0..plan.calls).filter_map(|_| pop(&list)).collect::<Vec<_>>()
    });
    let mut out = out.concat();
    out.sort_unstable();
    ensure(out.into_iter().eq(0..items), || "an item came out twice, or never".into())?;
    let five: Vec<_> = (0..5).collect();
    let fresh = || (Mutex::new(five.clone()), five.clone());
    linearizable(fresh, |_, _| (), |list, ()| pop(list), |state, ()| state.pop())
}

/// How a list is shared out among a number of threads.
pub type Share = for<'a> fn(&'a mut [Item], usize) -> Vec<&'a mut [Item]>;

/// `L[a:b] = xs`: each place shows what the thread wrote last whose part it is in.
pub fn slice(plan: Plan, share: Share) -> Checked {
    let unset = (plan.threads, 0);
    let mut list = vec![unset; plan.threads * BATCH];
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

/// `L.sort()`: `write` puts a number into the first place and sorts; no reader sees the list
/// unsorted.
pub fn sort(
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
    write_and_read(plan, |thread, call| write(&list, (call * 7919 + thread + 100) % 1000), reads)?;
    let few: Vec<_> = (0..4).collect();
    let change_and_sort = |state: &mut Vec<usize>, this| {
        state[0] = 100 - unique(this);
        state.sort_unstable();
    };
    written_and_read(
        || (RwLock::new(few.clone()), few.clone()),
        |list, this| write(list, 100 - unique(this)),
        read,
        change_and_sort,
        Vec::clone,
    )
}

/// A value of several words, all of them alike.
pub type Value = [usize; 8];

/// `x = y`: no reader sees a value that is half old and half new.
pub fn assign(
    plan: Plan,
    write: impl Fn(Value) + Sync,
    read: impl Fn() -> Value + Sync,
) -> Checked {
    let reads = || {
        let value = read();
        ensure(value.iter().all(|word| *word == value[0]), || format!("half old: {value:?}"))
    };
    write_and_read(plan, |thread, call| write([call * plan.threads + thread + 1; 8]), reads)?;
    register(|number| write([number; 8]), read, |number| [number; 8])
}

/// `x.field = y`: each field shows what was assigned to it last.
pub fn field(
    plan: Plan,
    write: impl Fn(usize, usize) + Sync,
    read: impl Fn(usize) -> usize + Sync,
) -> Checked {
    // No other thread assigns to it, so it shows what was assigned, at once and in the end.
    let shows = |field, value| {
        ensure(read(field) == value, || format!("an assignment to field {field} is lost"))
    };
    let ends = on_each_thread(plan.threads, |thread| {
        (1..=plan.calls).try_for_each(|value| {
            write(thread, value);
            shows(thread, value)
        })
    });
    ends.into_iter().collect::<Checked>()?;
    (0..plan.threads).try_for_each(|field| shows(field, plan.calls))?;
    // An object is linearizable if each of its parts is: here, all write to one field.
    register(|number| write(0, number), || read(0), |number| number)
}

/// The number of keys that an update sets, and that each thread has for `item`.
pub const KEYS: usize = 8;

/// `d[k] = v`: each key shows what was set last.
pub fn item(
    plan: Plan,
    set: impl Fn((usize, usize), usize) + Sync,
    get: impl Fn((usize, usize)) -> Option<usize> + Sync,
) -> Checked {
    on_each_thread(plan.threads, |thread| {
        (0..plan.calls).for_each(|call| set((thread, call % KEYS), call));
    });
    let firsts = plan.calls.saturating_sub(KEYS)..plan.calls;
    let lasts = (0..plan.threads).flat_map(|thread| firsts.clone().map(move |call| (thread, call)));
    for (thread, call) in lasts {
        let found = get((thread, call % KEYS));
        ensure(found == Some(call), || {
            format!("t{} set {call}, and {found:?} is there", thread + 1)
        })?;
    }
    register(|number| set((0, 0), number), || get((0, 0)), Some)
}

/// The map that is updated and listed.
pub type Map = RwLock<HashMap<usize, usize>>;

/// `d.update(other)`: `set_all` sets all keys to one value; no reader sees a part of that.
pub fn update(
    plan: Plan,
    set_all: impl Fn(&Map, usize) + Sync,
    values: impl Fn(&Map) -> Vec<usize> + Sync,
) -> Checked {
    let map = Map::new((0..KEYS).map(|key| (key, 0)).collect());
    let reads = || {
        let seen = values(&map);
        ensure(seen.iter().all(|value| *value == seen[0]), || {
            format!("a part of an update: {seen:?}")
        })
    };
    write_and_read(plan, |thread, call| set_all(&map, call * plan.threads + thread + 1), reads)?;
    written_and_read(
        || (Map::new((0..KEYS).map(|key| (key, 0)).collect()), 0),
        |map, this| set_all(map, unique(this)),
        values,
        |state, this| *state = unique(this),
        |state| vec![*state; KEYS],
    )
}

/// `list(d.keys())`: `replace` puts a key in the place of another; a reader sees one of the two.
pub fn keys(
    plan: Plan,
    replace: impl Fn(&Map, usize, usize) + Sync,
    keys: impl Fn(&Map) -> Vec<usize> + Sync,
) -> Checked {
    // Each writer has two keys, one of which is there: 0 or 1, 2 or 3, and so on.
    let writers = plan.threads.div_ceil(2);
    let map = Map::new((0..writers).map(|writer| (2 * writer, 0)).collect());
    let writes = |thread: usize, call| {
        let (even, odd) = (thread, thread + 1);
        if call % 2 == 0 { replace(&map, even, odd) } else { replace(&map, odd, even) }
    };
    let sorted = |map: &Map| {
        let mut seen = keys(map);
        seen.sort_unstable();
        seen
    };
    let reads = || {
        let seen = sorted(&map);
        let pairs = seen.iter().map(|key| key / 2);
        ensure(pairs.eq(0..writers), || format!("not one of each pair: {seen:?}"))
    };
    write_and_read(plan, writes, reads)?;
    // Each thread replaces a key of its own, and then puts it back.
    let pair = |(thread, number)| match number {
        0 => (2 * thread, 2 * thread + 1),
        _ => (2 * thread + 1, 2 * thread),
    };
    let of_three = [0, 2, 4];
    written_and_read(
        || (Map::new(of_three.map(|key| (key, 0)).into()), of_three),
        |map, this| replace(map, pair(this).0, pair(this).1),
        sorted,
        |state, this| state[this.0] = pair(this).1,
        |state| state.to_vec(),
    )
}

/// Lets every other thread, the first included, call `write(thread, number of the call)`, and the
/// rest `read()`.
fn write_and_read(
    plan: Plan,
    write: impl Fn(usize, usize) + Sync,
    read: impl Fn() -> Checked + Sync,
) -> Checked {
    let ends = on_each_thread(plan.threads, |thread| {
        if thread % 2 == 0 {
            (0..plan.calls).for_each(|call| write(thread, call));
            return Ok(());
        }
        (0..plan.calls).try_for_each(|_| read())
    });
    ends.into_iter().collect()
}
