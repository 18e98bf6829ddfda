//! A bounded buffer, whose consumers wait for something to be in it; and a flag that is waited for.
//!
//! Two mistakes with one answer: the condition is looked at, and changed, under the lock, and
//! looked at again after each wake-up. std's condition variable in all forms but one: `ours` has
//! that of this topic, [`primitives::condvar`].

use std::collections::VecDeque;
use std::time::Duration;

use tracing::info_span;

use super::lane::{crew, member, two};
use super::primitives;
use super::sync::{self, Arc, Condvar, Mutex, MutexGuard, PoisonError};
use crate::Cues;

pub mod if_once;
pub mod locked_flag;
pub mod ours;
pub mod unlocked_flag;
pub mod while_again;

/// As much as the buffer has room for.
const ROOM: usize = 1;

#[derive(Debug, Default)]
struct Buffer {
    items: Mutex<VecDeque<u32>>,
    filled: Condvar,
    emptied: Condvar,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn wait<'a, T>(condvar: &Condvar, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
    condvar.wait(guard).unwrap_or_else(PoisonError::into_inner)
}

impl Buffer {
    /// Puts an item in as soon as there is room, and tells all who wait for one.
    fn put(&self, item: u32) {
        let full = |items: &mut VecDeque<u32>| items.len() == ROOM;
        let items = self.emptied.wait_while(lock(&self.items), full);
        items.unwrap_or_else(PoisonError::into_inner).push_back(item);
        self.filled.notify_all();
    }
}

/// Takes an item out of the buffer, as a form does it; none, if there was none when it came to take
/// it.
type Take = fn(&Buffer, &Cues) -> Option<u32>;

/// Lets two consumers take one item each, of two that a producer puts; returns what they got.
///
/// The window is wide with cues: the first item comes when both wait, the second when both were
/// woken.
fn two_consumers(cues: &Cues, pace: Duration, take: Take) -> Vec<Option<u32>> {
    let shared = Arc::new(Buffer::default());
    let consumer = || {
        let cues = cues.clone();
        move |buffer: &Buffer| {
            let taken = take(buffer, &cues);
            let _holds = taken.map(|_| info_span!("holds", what = "item"));
            std::thread::sleep(pace);
            taken
        }
    };
    let cues2 = cues.clone();
    let producer = move |buffer: &Buffer| {
        for item in 1..=2 {
            cues2.wait(2 * item);
            let _runs = info_span!("runs", what = "makes one");
            std::thread::sleep(pace);
            buffer.put(item);
        }
        None
    };
    let members = [member("c1", consumer()), member("c2", consumer()), member("p", producer)];
    let mut taken = crew(&shared, members);
    taken.truncate(2);
    taken
}

/// Lets two producers put `items` each, 1 and up, and two consumers take as many, as fast as they
/// can; returns the sum of what was taken.
fn sum_of<B>(items: u32, put: fn(&B, u32), take: fn(&B) -> Option<u32>) -> u64
where
    B: Default + Send + Sync + 'static,
{
    let put = move |buffer: &B| {
        (1..=items).for_each(|item| put(buffer, item));
        0
    };
    let add = move |buffer: &B| (0..items).filter_map(|_| take(buffer)).map(u64::from).sum::<u64>();
    let members = [member("p1", put), member("p2", put), member("c1", add), member("c2", add)];
    crew(&Arc::new(B::default()), members).into_iter().sum()
}
