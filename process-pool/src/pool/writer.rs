//! The thread that sends a worker its tasks.
//!
//! The pool batches tasks by itself: while one message is under way, tasks gather, and go together
//! with the next. How many a worker may have at a time follows from how long its last ones took:
//! one, if they take long, so that no task waits behind another while a worker is free; thousands,
//! if they take less than a message does.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use super::error::Error;
use super::pool_state::{Over, PoolState, Settings, State};
use super::protocol::{self, Tasks};
use super::task::Task;
use super::task_state::{Choice, TaskState};

/// The number of bytes of tasks that is enough for a message.
const MUCH: usize = 128 * 1024;

pub(crate) fn write<T: Task>(pool: &PoolState<T>, slot: usize) {
    let mut state = pool.lock();
    loop {
        if state.closed && state.open == 0 {
            return;
        }
        let room = state.room(slot, &pool.settings);
        if room == 0 || state.queue.is_empty() {
            state = pool.wait_as_writer(slot, room > 0, state);
            continue;
        }
        let entries = take(&mut state, slot, room, &pool.settings);
        // If there is more, another writer may send it meanwhile.
        pool.wake_writer(&mut state);
        let generation = state.slots[slot].generation;
        drop(state);
        let message = pack(entries, &pool.settings.choice);
        state = send(pool, slot, generation, message);
    }
}

/// Sends a small task that was written already, if a worker is idle; returns whether it did. The
/// pool must have no other task: so the channel is empty, and the send does not block although the
/// lock is held.
pub(crate) fn send_at_once<T: Task>(
    pool: &PoolState<T>,
    state: &mut State<T>,
    message: Tasks,
    entry: &Arc<TaskState<T>>,
) -> bool {
    let (chunk, retire_after) =
        (entry.choice(&pool.settings.choice).chunk, pool.settings.retire_after);
    let Some(there) = state.slots.iter_mut().find(|slot| slot.room(chunk, retire_after) > 0) else {
        return false;
    };
    let Some(tasks) = there.channels.as_ref().and_then(|channels| channels.tasks.clone()) else {
        return false;
    };
    entry.send();
    // Relaxed: the handle that reads it is made by this thread, later.
    entry.is_sole.store(true, Relaxed);
    there.load += 1;
    let first = there.assign(vec![Arc::clone(entry)], retire_after);
    if tasks.send(message.numbered(first)).is_err() {
        // The worker has gone. Its supervisor settles the task.
        there.kill();
    }
    true
}

fn take<T: Task>(
    state: &mut State<T>,
    slot: usize,
    room: usize,
    settings: &Settings,
) -> Vec<Arc<TaskState<T>>> {
    let first = state.queue.front().and_then(|entry| entry.choice(&settings.choice).chunk);
    // The other tasks are not read here: that would be a cache miss for each, under the lock.
    let most = match first {
        Some(_) => room,
        // Some are left for other workers, and for the next message, which is sent while this one is
        // worked on.
        None => {
            let share = state
                .queue
                .len()
                .div_ceil(state.slots.iter().filter(|slot| slot.load == 0).count().max(1));
            room.min(state.slots[slot].window.div_ceil(4)).min(share)
        }
    };
    let count = state.queue.len().min(most);
    state.slots[slot].load += count;
    state.queue.drain(..count).collect()
}

/// A message, and what became of the tasks that were to go in it.
struct Packed<T: Task> {
    message: Tasks,
    inside: Vec<Arc<TaskState<T>>>,
    /// Tasks that would make the message too large, or go in chunks of another size.
    left: Vec<Arc<TaskState<T>>>,
    cancelled: usize,
    over: Over<T>,
}

fn pack<T: Task>(entries: Vec<Arc<TaskState<T>>>, default: &Choice) -> Packed<T> {
    let chunk = entries.first().and_then(|entry| entry.choice(default).chunk);
    let mut packed = Packed {
        message: Tasks::new(),
        inside: Vec::with_capacity(entries.len()),
        left: Vec::new(),
        cancelled: 0,
        over: Vec::new(),
    };
    for entry in entries {
        let is_full = packed.message.len() > MUCH || !packed.left.is_empty();
        if is_full || entry.choice(default).chunk != chunk {
            packed.left.push(entry);
        } else if !entry.send() {
            packed.cancelled += 1;
            // This may be the last reference to the task, whose drop may panic.
            let _ = protocol::catch_panic(|| drop(entry));
        } else {
            match packed.message.push(&entry.task) {
                Ok(()) => packed.inside.push(entry),
                Err(why) => {
                    let error = Error::NotSent { name: entry.name(), what: "the task", why };
                    packed.over.push((entry, Err(error)));
                }
            }
        }
    }
    packed
}

fn send<T: Task>(
    pool: &PoolState<T>,
    slot: usize,
    generation: u64,
    packed: Packed<T>,
) -> std::sync::MutexGuard<'_, State<T>> {
    let Packed { message, inside, left, cancelled, mut over } = packed;
    let mut state = pool.lock();
    let there = &mut state.slots[slot];
    let same = there.generation == generation && there.ready;
    if same {
        there.load -= left.len() + cancelled + over.len();
    }
    let tasks =
        there.channels.as_ref().and_then(|channels| channels.tasks.clone()).filter(|_| same);
    let mut send = None;
    match tasks {
        Some(tasks) if !inside.is_empty() => {
            let first = there.assign(inside, pool.settings.retire_after);
            send = Some((tasks, message.numbered(first)));
        }
        // The worker died while the tasks were packed.
        _ => pool.requeue(&mut state, inside, &mut over),
    }
    pool.requeue(&mut state, left, &mut over);
    pool.settle_count(&mut state, cancelled + over.len());
    if over.is_empty() && send.is_none() {
        return state;
    }
    drop(state);
    pool.finish_all(over);
    let unsent = send.is_some_and(|(tasks, message)| tasks.send(message).is_err());
    let mut state = pool.lock();
    let there = &mut state.slots[slot];
    if unsent && there.generation == generation {
        // The worker has gone, or would take the next message for the rest of this one. Its
        // supervisor settles its tasks.
        there.kill();
    }
    state
}
