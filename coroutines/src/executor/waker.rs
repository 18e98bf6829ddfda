//! The waker of a task: not a pointer, but a number, which owns nothing and may be on any thread.
//! On its executor's thread, a wake-up puts the task into the run queue; on others, into the inbox.
#![expect(unsafe_code, reason = "a waker that is a number has a vtable of its own")]

use std::collections::BTreeMap;
use std::mem::ManuallyDrop;
use std::ptr;
use std::sync::{Arc, RwLock};
use std::task::{RawWaker, RawWakerVTable, Waker};

use super::inbox::{Inbox, NO_PANIC};
use super::local::here;

/// The number of a task: of its executor, of its slot, and a tag that tells the tasks of one slot
/// apart. Numbers come again: that of an executor which is gone after 65 536 others, a tag after
/// 65 536 tasks. Then a waker of old may wake another task: a spurious poll, which any future has to
/// bear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Id(usize);

type Inboxes = BTreeMap<u16, Arc<Inbox<Id>>>;

/// The inboxes of all executors, by their numbers; and the number that comes next.
static INBOXES: RwLock<(Inboxes, u16)> = RwLock::new((BTreeMap::new(), 0));

/// Lets wakers find an inbox; returns the number of its executor, or `None` if each is another's.
pub(super) fn register(inbox: &Arc<Inbox<Id>>) -> Option<u16> {
    let (inboxes, next) = &mut *INBOXES.write().expect(NO_PANIC);
    // By turns: a waker of old should not find the next executor.
    let mut by_turns = (0..=u16::MAX).map(|turn| next.wrapping_add(turn));
    let number = by_turns.find(|number| !inboxes.contains_key(number))?;
    inboxes.insert(number, Arc::clone(inbox));
    *next = number.wrapping_add(1);
    Some(number)
}

/// Ends that: from now on, the executor's wakers wake nothing.
pub(super) fn unregister(executor: u16) {
    INBOXES.write().expect(NO_PANIC).0.remove(&executor);
}

impl Id {
    pub(super) fn new(executor: u16, tag: u16, slot: usize) -> Self {
        assert!(slot < 1 << 32, "there is no number for another task");
        Self(usize::from(executor) << 48 | usize::from(tag) << 32 | slot)
    }

    pub(super) fn slot(self) -> usize {
        self.0 as u32 as usize
    }

    /// Returns a waker of the task. To drop it does nothing, and so may be left out.
    pub(super) fn waker(self) -> ManuallyDrop<Waker> {
        // SAFETY: the functions of `WAKER` do what theirs must, on any thread: each has all that it
        // needs in the number.
        ManuallyDrop::new(unsafe { Waker::new(ptr::without_provenance(self.0), &WAKER) })
    }

    /// Puts it into the inbox of its executor, if that is still there.
    #[cold]
    fn post(self) {
        if let Some(inbox) = INBOXES.read().expect(NO_PANIC).0.get(&((self.0 >> 48) as u16)) {
            inbox.post(self);
        }
    }
}

static WAKER: RawWakerVTable =
    RawWakerVTable::new(|data| RawWaker::new(data, &WAKER), wake, wake, |_| {});

/// Wakes a task, from any thread.
fn wake(data: *const ()) {
    let id = Id(data.addr());
    if here(|local| local.wake(id)) != Some(true) {
        id.post();
    }
}
