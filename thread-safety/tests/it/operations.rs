//! The eleven operations hold when they are hammered, and the check of each finds a broken one: one
//! that does in two steps what has to be one.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{Barrier, Mutex, RwLock};

use thread_safety::operations::{ALL, Plan, list, map, variable};

/// A moment between two steps, held open for the other thread: the first time it is come to, by
/// each side.
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

    /// Between the two steps: lets the other one act.
    fn between(&self) {
        if !self.left.swap(true, Relaxed) {
            self.opened.wait();
            self.closed.wait();
        }
    }

    /// Acts while the other one is between its steps.
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

/// Two threads, one call each: where both write, each has done its first step before either does
/// its second.
const ONCE: Plan = Plan { threads: 2, calls: 1 };
/// One that writes, one that reads.
const BOTH: Plan = Plan { threads: 2, calls: 50 };

/// Reads, waits for the other thread, writes.
fn copied_and_put_back<T: Clone>(whole: &Mutex<T>, both: &Barrier, change: impl FnOnce(&mut T)) {
    let mut copy = whole.lock().expect("nobody panics with it").clone();
    both.wait();
    change(&mut copy);
    *whole.lock().expect("nobody panics with it") = copy;
}

checks::within_a_minute! {
    #[test]
    fn all_eleven_operations_hold_from_two_threads_to_eight() {
        for operation in &ALL {
            for threads in [2, 3, 8] {
                let held = (operation.run)(Plan { threads, calls: 500 });
                assert_eq!(held, Ok(()), "{}, {threads} threads", operation.name);
            }
        }
    }

    #[test]
    fn an_append_to_a_copy_that_is_put_back_is_found() {
        let both = Barrier::new(2);
        let found = list::append_by(ONCE, |list, item| copied_and_put_back(list, &both, |list| list.push(item)));
        assert!(found.is_err());
    }

    #[test]
    fn an_extend_item_by_item_is_found() {
        let both = Barrier::new(2);
        let found = list::extend_by(ONCE, |list, batch| {
            let (first, second) = batch.split_at(2);
            list.lock().expect("nobody panics with it").extend_from_slice(first);
            both.wait();
            list.lock().expect("nobody panics with it").extend_from_slice(second);
        });
        assert_eq!(found, Err("a batch is torn apart".to_owned()));
    }

    #[test]
    fn an_index_that_reads_half_and_half_is_found() {
        let gap = Gap::new();
        let place = |list: &RwLock<Vec<list::Pair>>, half: usize| list.read().expect("nobody panics")[0][half];
        let found = list::index_by(
            BOTH,
            |list, pair| gap.inside(|| list.write().expect("nobody panics with it")[0] = pair),
            |list| {
                let left = place(list, 0);
                gap.between();
                [left, place(list, 1)]
            },
        );
        assert!(found.is_err());
    }

    #[test]
    fn a_pop_that_looks_first_and_removes_later_is_found() {
        let both = Barrier::new(2);
        let found = list::pop_by(ONCE, |list| {
            let last = list.lock().expect("nobody panics with it").last().copied();
            both.wait();
            list.lock().expect("nobody panics with it").pop();
            last
        });
        assert!(found.is_err());
    }

    #[test]
    fn a_slice_that_leaves_a_place_out_or_reaches_into_anothers_is_found() {
        let short = list::slice_by(BOTH, |list, threads| {
            list.chunks_mut(list.len() / threads).map(|part| &mut part[1..]).collect()
        });
        let long = list::slice_by(BOTH, |list, threads| list.chunks_mut(list.len() / threads + 1).collect());
        assert!(short.is_err() && long.is_err());
    }

    #[test]
    fn a_sort_after_the_lock_was_given_back_is_found() {
        let gap = Gap::new();
        let found = list::sort_by(
            BOTH,
            |list, number| {
                list.write().expect("nobody panics with it")[0] = number;
                gap.between();
                list.write().expect("nobody panics with it").sort_unstable();
            },
            |list| gap.inside(|| list.read().expect("nobody panics with it").clone()),
        );
        assert!(found.is_err());
    }

    #[test]
    fn an_assignment_word_by_word_is_found() {
        let (gap, words) = (Gap::new(), [const { AtomicUsize::new(0) }; 8]);
        let found = variable::assign_by(
            BOTH,
            |value| {
                words[0].store(value[0], Relaxed);
                gap.between();
                words.iter().zip(value).for_each(|(word, value)| word.store(value, Relaxed));
            },
            || gap.inside(|| words.each_ref().map(|word| word.load(Relaxed))),
        );
        assert!(found.is_err());
    }

    #[test]
    fn a_field_assigned_by_putting_the_whole_object_back_is_found() {
        let (both, object) = (Barrier::new(2), Mutex::new([0; 2]));
        let found = variable::field_by(
            ONCE,
            |field, value| copied_and_put_back(&object, &both, |object| object[field] = value),
            |field| object.lock().expect("nobody panics with it")[field],
        );
        assert!(found.is_err());
    }

    #[test]
    fn a_key_set_in_a_copy_that_is_put_back_is_found() {
        let (both, whole) = (Barrier::new(2), Mutex::new(HashMap::new()));
        let found = map::item_by(
            ONCE,
            |key, value| copied_and_put_back(&whole, &both, |map: &mut HashMap<_, _>| map.extend([(key, value)])),
            |key| whole.lock().expect("nobody panics with it").get(&key).copied(),
        );
        assert!(found.is_err());
    }

    #[test]
    fn an_update_key_by_key_is_found() {
        let gap = Gap::new();
        let found = map::update_by(
            BOTH,
            |map, value| {
                for key in 0..map::KEYS {
                    map.write().expect("nobody panics with it").insert(key, value);
                    gap.between();
                }
            },
            |map| gap.inside(|| map.read().expect("nobody panics with it").values().copied().collect()),
        );
        assert!(found.is_err());
    }

    #[test]
    fn keys_listed_in_two_goes_are_found() {
        let gap = Gap::new();
        let some = |map: &map::Map, odd| {
            let map = map.read().expect("nobody panics with it");
            map.keys().copied().filter(|key| key % 2 == odd).collect::<Vec<_>>()
        };
        let found = map::keys_by(
            // A second call would put the first key back, perhaps before the reader goes on.
            ONCE,
            |map, old, new| {
                gap.inside(|| {
                    let mut map = map.write().expect("nobody panics with it");
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
        assert!(found.is_err());
    }
}
