//! The thread that sends a worker its tasks.
//!
//! Whoever calls chooses no batch: while one message is under way, tasks gather, and go together
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

/// As many bytes of tasks are a message of their own.
const MUCH: usize = 128 * 1024;

pub(crate) fn write<T: Task>(pool_state: &PoolState<T>, slot: usize) {
    let mut state = pool_state.lock();
    loop {
        if state.closed && state.open == 0 {
            return;
        }
        let room = state.room(slot, &pool_state.settings);
        if room == 0 || state.queue.is_empty() {
            state = pool_state.wait_as_writer(slot, room > 0, state);
            continue;
        }
        let entries = take(&mut state, slot, room, &pool_state.settings);
        // If there is more, another may send it meanwhile.
        pool_state.wake_writer(&mut state);
        let generation = state.slots[slot].generation;
        drop(state);
        let message = pack(entries, &pool_state.settings.choice);
        state = send(pool_state, slot, generation, message);
    }
}

/// Sends a small task that was written already, if a worker has nothing to do; says whether it did.
/// Other tasks there must be none: so the channel is empty, and to send does not block, although
/// the lock is held.
pub(crate) fn send_at_once<T: Task>(
    pool_state: &PoolState<T>,
    state: &mut State<T>,
    message: Tasks,
    entry: &Arc<TaskState<T>>,
) -> bool {
    let (chunk, retire_after) =
        (entry.choice(&pool_state.settings.choice).chunk, pool_state.settings.retire_after);
    let Some(there) = state.slots.iter_mut().find(|slot| slot.room(chunk, retire_after) > 0) else {
        return false;
    };
    let Some(tasks) = there.line.as_ref().and_then(|line| line.tasks.clone()) else { return false };
    entry.send();
    // Relaxed: who waits for it has its handle from here.
    entry.is_sole.store(true, Relaxed);
    there.load += 1;
    let first = there.assign(vec![Arc::clone(entry)], retire_after);
    if tasks.send(message.numbered(first)).is_err() {
        // It has gone. The keeper sees to its task.
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
    // No other ticket is looked at here: that would be a cache miss for each, while others wait for
    // the lock.
    let most = match first {
        Some(_) => room,
        // Some are left for the others; and for the next message, that is sent while this one is
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

struct Packed<T: Task> {
    message: Tasks,
    inside: Vec<Arc<TaskState<T>>>,
    /// They would make the message too large, or go in chunks of another size.
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
            // It may be the last to have the task, which is the caller's, and may panic.
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
    pool_state: &PoolState<T>,
    slot: usize,
    generation: u64,
    packed: Packed<T>,
) -> std::sync::MutexGuard<'_, State<T>> {
    let Packed { message, inside, left, cancelled, mut over } = packed;
    let mut state = pool_state.lock();
    let there = &mut state.slots[slot];
    let same = there.generation == generation && there.ready;
    if same {
        there.load -= left.len() + cancelled + over.len();
    }
    let tasks = there.line.as_ref().and_then(|line| line.tasks.clone()).filter(|_| same);
    let mut send = None;
    match tasks {
        Some(tasks) if !inside.is_empty() => {
            let first = there.assign(inside, pool_state.settings.retire_after);
            send = Some((tasks, message.numbered(first)));
        }
        // The worker died while they were being packed.
        _ => pool_state.requeue(&mut state, inside, &mut over),
    }
    pool_state.requeue(&mut state, left, &mut over);
    pool_state.settle_count(&mut state, cancelled + over.len());
    if over.is_empty() && send.is_none() {
        return state;
    }
    drop(state);
    pool_state.finish_all(over);
    let unsent = send.is_some_and(|(tasks, message)| tasks.send(message).is_err());
    let mut state = pool_state.lock();
    let there = &mut state.slots[slot];
    if unsent && there.generation == generation {
        // It has gone, or would take what comes next for the rest of this. The keeper sees to its
        // tasks.
        there.kill();
    }
    state
}
