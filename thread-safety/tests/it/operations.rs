//! The check of each operation finds a broken one: one that does in two steps what has to be one.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{Barrier, Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard};

use thread_safety::history::{Call, Plan, order};
use thread_safety::operations::check::{self, KEYS, Map, Pair};

/// A moment between two steps of one thread, held open for the other one: the first time that
/// either comes to it.
struct Gap {
    opened: Barrier,
    closed: Barrier,
    left: AtomicBool,
    entered: AtomicBool,
}

impl Gap {
    fn new() -> Self {
        let (opened, closed) = (Barrier::new(2), Barrier::new(2));
        Self { opened, closed, left: AtomicBool::new(false), entered: AtomicBool::new(false) }
    }

    /// Between the two steps: lets the other thread act.
    fn between(&self) {
        if !self.left.swap(true, Relaxed) {
            self.opened.wait();
            self.closed.wait();
        }
    }

    /// Acts while the other thread is between its steps.
    fn inside<R>(&self, act: impl FnOnce() -> R) -> R {
        if self.entered.swap(true, Relaxed) {
            return act();
        }
        self.opened.wait();
        let done = act();
        self.closed.wait();
        done
    }
}

/// Two threads that write and then read: where both write, each has done its first step before
/// either does its second.
const BOTH: Plan = Plan { threads: 2, calls: 2 };

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no thread panics with it")
}

fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().expect("no thread panics with it")
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().expect("no thread panics with it")
}

/// Reads, waits for the other thread, writes, and waits for the other one's write.
fn copied_and_put_back<T: Clone>(whole: &Mutex<T>, both: &Barrier, change: impl FnOnce(&mut T)) {
    let mut copy = lock(whole).clone();
    both.wait();
    change(&mut copy);
    *lock(whole) = copy;
    both.wait();
}

checks::within_a_minute! {
    #[test]
    fn a_list_that_is_changed_in_two_steps_is_found() {
        let both = Barrier::new(2);
        let append = check::append(BOTH, |list, item| {
            copied_and_put_back(list, &both, |list| list.push(item));
        });
        assert!(append.is_err(), "a copy is put back");
        let extend = check::extend(BOTH, |list, batch| {
            let (first, second) = batch.split_at(2);
            lock(list).extend_from_slice(first);
            both.wait();
            lock(list).extend_from_slice(second);
        });
        assert!(extend.is_err(), "half by half");
        let pop = check::pop(BOTH, |list| {
            let last = lock(list).last().copied();
            both.wait();
            lock(list).pop();
            last
        });
        assert!(pop.is_err(), "it looks first and removes later");
    }

    #[test]
    fn a_list_that_is_read_between_two_steps_is_found() {
        let gap = Gap::new();
        let place = |list: &RwLock<Vec<Pair>>, half: usize| read(list)[0][half];
        let index = check::index(
            BOTH,
            |list, pair| gap.inside(|| write(list)[0] = pair),
            |list| {
                let left = place(list, 0);
                gap.between();
                [left, place(list, 1)]
            },
        );
        assert!(index.is_err(), "half and half");
        let gap = Gap::new();
        let sort = check::sort(
            BOTH,
            |list, number| {
                write(list)[0] = number;
                gap.between();
                write(list).sort_unstable();
            },
            |list| gap.inside(|| read(list).clone()),
        );
        assert!(sort.is_err(), "after the lock was released");
    }

    #[test]
    fn a_slice_that_leaves_a_place_out_or_reaches_into_anothers_is_found() {
        let short = check::slice(BOTH, |list, threads| {
            list.chunks_mut(list.len() / threads).map(|part| &mut part[1..]).collect()
        });
        let long = check::slice(BOTH, |list, threads| {
            list.chunks_mut(list.len() / threads + 1).collect()
        });
        assert!(short.is_err() && long.is_err());
    }

    #[test]
    fn an_assignment_word_by_word_or_of_the_whole_object_is_found() {
        let gap = Gap::new();
        let assign = check::assign(
            BOTH,
            |value| value.map(AtomicUsize::new),
            |words, value| {
                let each = words.iter().zip(value);
                gap.inside(|| each.for_each(|(word, one)| word.store(one, Relaxed)));
            },
            |words| {
                let first = words[0].load(Relaxed);
                gap.between();
                let mut seen = words.each_ref().map(|word| word.load(Relaxed));
                seen[0] = first;
                seen
            },
        );
        assert!(assign.is_err());
        let both = Barrier::new(2);
        let field = check::field::<Mutex<[usize; 2]>>(
            BOTH,
            |object, at, value| copied_and_put_back(object, &both, |object| object[at] = value),
            |object, at| lock(object)[at],
        );
        assert!(field.is_err());
    }

    #[test]
    fn a_map_that_is_changed_or_read_in_several_steps_is_found() {
        let both = Barrier::new(2);
        let item = check::item(
            BOTH,
            |map: &Mutex<HashMap<_, _>>, key, value| {
                copied_and_put_back(map, &both, |map| _ = map.insert(key, value));
            },
            |map, key| lock(map).get(&key).copied(),
        );
        assert!(item.is_err());
        let gap = Gap::new();
        let update = check::update(
            BOTH,
            |map, value| {
                for key in 0..KEYS {
                    write(map).insert(key, value);
                    gap.between();
                }
            },
            |map| gap.inside(|| read(map).values().copied().collect()),
        );
        assert!(update.is_err(), "key by key");
        let gap = Gap::new();
        let some = |map: &Map, odd| {
            read(map).keys().copied().filter(|key| key % 2 == odd).collect::<Vec<_>>()
        };
        let keys = check::keys(
            BOTH,
            |map, old, new| {
                gap.inside(|| {
                    let mut map = write(map);
                    map.remove(&old);
                    map.insert(new, 0);
                });
            },
            |map| {
                let even = some(map, 0);
                gap.between();
                [even, some(map, 1)].concat()
            },
        );
        assert!(keys.is_err(), "in two goes");
    }
}

/// A call of a queue: `Some` puts a number in, `None` takes the oldest out.
fn call(operation: Option<u8>, result: Option<u8>, began: usize, ended: usize) -> QueueCall {
    Call { operation, result, began, ended }
}

type QueueCall = Call<Option<u8>, Option<u8>>;

fn explained(history: &[QueueCall]) -> bool {
    let apply = |queue: &mut Vec<u8>, operation: &Option<u8>| match operation {
        Some(number) => {
            queue.push(*number);
            None
        }
        None => (!queue.is_empty()).then(|| queue.remove(0)),
    };
    let found = order(Vec::new(), history, apply);
    if let Some(order) = &found {
        let mut queue = Vec::new();
        for (place, &at) in order.iter().enumerate() {
            assert_eq!(apply(&mut queue, &history[at].operation), history[at].result);
            let later =
                order[place..].iter().all(|&other| history[other].ended > history[at].began);
            assert!(later, "a call is before one that had ended: {order:?}");
        }
    }
    found.is_some()
}

#[test]
fn a_history_without_an_order_is_refused_and_one_with_an_order_is_not() {
    // Herlihy and Wing, "Linearizability", figure 1: calls that overlap may come in either order.
    let overlap = [call(Some(1), None, 0, 3), call(Some(2), None, 1, 2)];
    assert!(explained(
        &[&overlap[..], &[call(None, Some(2), 4, 5), call(None, Some(1), 6, 7)]].concat()
    ));
    // One after the other, they may not: a queue gives out first what came first.
    let in_turn = [call(Some(1), None, 0, 1), call(Some(2), None, 2, 3)];
    assert!(!explained(&[&in_turn[..], &[call(None, Some(2), 4, 5)]].concat()));
    // Taken out twice; and found empty after something was put in.
    let once = call(Some(1), None, 0, 1);
    assert!(!explained(&[once.clone(), call(None, Some(1), 2, 4), call(None, Some(1), 3, 5)]));
    assert!(!explained(&[once.clone(), call(None, None, 2, 3)]));
    assert!(explained(&[call(None, None, 2, 5), once, call(None, Some(1), 3, 4)]));
}

#[test]
fn the_search_goes_back_where_the_first_choice_was_wrong_and_ends_where_all_are() {
    // All puts overlap, and the takes ask for the opposite order.
    let puts = (0..6).map(|number| call(Some(number), None, number.into(), 100));
    let takes = (0..6).map(|at| {
        let began = 101 + 2 * usize::from(at);
        call(None, Some(5 - at), began, began + 1)
    });
    let history: Vec<_> = puts.chain(takes).collect();
    assert!(explained(&history));
    let puts = (0..6).map(|number| call(Some(number), None, number.into(), 100));
    let none: Vec<_> = puts.chain([call(None, Some(9), 101, 102)]).collect();
    assert!(!explained(&none));
}
