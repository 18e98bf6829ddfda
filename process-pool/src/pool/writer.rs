//! The thread that sends a worker its tasks.
//!
//! The pool batches tasks by itself: while one message is under way, tasks gather, and go together
//! with the next. How many a worker may have at a time follows from how long its last ones took:
//! one, if they take long, so that no task waits behind another while a worker is free; thousands,
//! if they take less than a message does.

use std::sync::MutexGuard;

use super::batch::{Batch, Over, name};
use super::error::Error;
use super::options::Choice;
use super::pool_state::{PoolState, Settings, State, count};
use super::protocol::Tasks;
use super::task::Task;

/// The number of bytes of tasks that is enough for a message.
const MUCH: usize = 128 * 1024;

pub(crate) fn write<T: Task>(pool: &PoolState<T>, slot: usize) {
    let mut state = pool.lock();
    loop {
        if state.closed && state.open == 0 {
            return;
        }
        let room = state.room(slot, &pool.settings);
        if room > 0 {
            pool.drain_inlet(&mut state);
        }
        if room == 0 || state.queue.len() == 0 {
            state = pool.wait_as_writer(slot, room > 0, state);
            continue;
        }
        let batches = take(&mut state, slot, room, &pool.settings);
        // If there is more, another writer may send it meanwhile.
        pool.wake_writer(&mut state);
        let generation = state.slots[slot].generation;
        drop(state);
        let message = pack(batches, &pool.settings.choice);
        state = send(pool, slot, generation, message);
    }
}

/// Sends a small task that was written already to a worker that is idle, whose channel is empty: so
/// the send does not block although the lock is held.
pub(crate) fn send_at_once<T: Task>(
    pool: &PoolState<T>,
    state: &mut State<T>,
    slot: usize,
    message: Tasks,
    batch: Batch<T>,
) {
    batch.tasks.send();
    let there = &mut state.slots[slot];
    there.load += 1;
    let tasks = there.channels.as_ref().and_then(|channels| channels.tasks.clone());
    let first = there.assign(vec![batch], pool.settings.retire_after);
    if tasks.is_none_or(|tasks| tasks.send(message.numbered(first)).is_err()) {
        // The worker has gone. Its supervisor settles the task.
        there.kill();
    }
}

fn take<T: Task>(
    state: &mut State<T>,
    slot: usize,
    room: usize,
    settings: &Settings,
) -> Vec<Batch<T>> {
    let most = match state.chunk(settings) {
        Some(_) => room,
        // Some are left for other workers, and for the next message, which is sent while this one
        // is worked on.
        None => {
            let idle = state.slots.iter().filter(|slot| slot.load == 0).count().max(1);
            let share = state.queue.len().div_ceil(idle);
            room.min(state.slots[slot].window.div_ceil(4)).min(share)
        }
    };
    let batches = state.queue.take(most);
    state.slots[slot].load += batches.iter().map(|batch| batch.tasks.len()).sum::<usize>();
    batches
}

/// A message, and what became of the tasks that were to go in it.
struct Packed<T: Task> {
    message: Tasks,
    inside: Vec<Batch<T>>,
    /// Tasks that would make the message too large, or go in chunks of another size.
    left: Vec<Batch<T>>,
    cancelled: usize,
    over: Over<T>,
}

fn pack<T: Task>(batches: Vec<Batch<T>>, default: &Choice) -> Packed<T> {
    let chunk = batches.first().and_then(|batch| batch.choice(default).chunk);
    let mut packed = Packed {
        message: Tasks::new(batches.iter().map(|batch| batch.tasks.len()).sum()),
        inside: Vec::with_capacity(batches.len()),
        left: Vec::new(),
        cancelled: 0,
        over: Vec::new(),
    };
    for batch in batches {
        if packed.message.len() > MUCH
            || !packed.left.is_empty()
            || batch.choice(default).chunk != chunk
        {
            packed.left.push(batch);
        } else {
            packed.add(batch);
        }
    }
    packed
}

impl<T: Task> Packed<T> {
    fn add(&mut self, mut batch: Batch<T>) {
        let mut cancelled = batch.tasks.send();
        // The place in the batch of the next task that is to be written.
        let mut next = 0;
        while let Some(task) = batch.tasks.get(next) {
            let is_cancelled = cancelled & 1 << next != 0;
            if self.message.len() > MUCH {
                break;
            }
            let written = if is_cancelled { Ok(()) } else { self.message.push(task) };
            if !is_cancelled && written.is_ok() {
                next += 1;
                continue;
            }
            // This task does not go with the message: those before it do.
            let before = batch.split(next);
            self.inside.extend((next > 0).then_some(before));
            let one = batch.split(1);
            match written {
                Ok(()) => self.cancelled += 1,
                Err(why) => {
                    self.over.push(one.failed(move |task| Error::NotSent {
                        name: name(task),
                        what: "the task",
                        why: why.clone(),
                    }));
                }
            }
            // By one bit first: the last of 64 tasks leaves none.
            cancelled = cancelled >> next >> 1;
            next = 0;
        }
        let inside = batch.split(next);
        self.inside.extend((next > 0).then_some(inside));
        self.left.extend((!batch.tasks.is_empty()).then_some(batch));
    }
}

fn send<T: Task>(
    pool: &PoolState<T>,
    slot: usize,
    generation: u64,
    packed: Packed<T>,
) -> MutexGuard<'_, State<T>> {
    let Packed { message, inside, left, cancelled, mut over } = packed;
    let mut state = pool.lock();
    let there = &mut state.slots[slot];
    let same = there.generation == generation && there.ready;
    if same {
        let left: usize = left.iter().map(|batch| batch.tasks.len()).sum();
        there.load -= left + cancelled + count(&over);
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
    pool.settle_count(&mut state, cancelled + count(&over));
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
