//! The thread that sends a worker its tasks.
//!
//! Whoever calls chooses no batch: while one message is under way, tasks gather, and go together with the next. How many a worker may have
//! at a time follows from how long its last ones took: one, if they take long, so that no task waits behind another while a worker is
//! free; thousands, if they take less than a message does.

use std::sync::Arc;

use crate::Error;
use crate::Task;
use crate::office::{Office, Over, State};
use crate::ticket::Ticket;
use crate::wire::{self, Tasks};

/// As many bytes of tasks are a message of their own.
const MUCH: usize = 128 * 1024;

pub(crate) fn write<T: Task>(office: &Office<T>, slot: usize) {
    let mut state = office.state();
    loop {
        if state.closed && state.open == 0 {
            // The end of its channel is how a worker learns that it may go.
            if let Some(line) = &mut state.slots[slot].line {
                line.tasks = None;
            }
            return;
        }
        let room = state.room(slot, office.settings.retire_after);
        if room == 0 || state.queue.is_empty() {
            state = office.wait_as_writer(slot, room > 0, state);
            continue;
        }
        let tickets = take(&mut state, slot, room);
        // If there is more, another may send it meanwhile.
        office.call_writer(&mut state);
        let generation = state.slots[slot].generation;
        drop(state);
        let message = pack(tickets);
        state = send(office, slot, generation, message);
    }
}

fn take<T: Task>(state: &mut State<T>, slot: usize, room: usize) -> Vec<Arc<Ticket<T>>> {
    let chunk = state.queue.front().and_then(|ticket| ticket.chunk);
    let most = match chunk {
        Some(_) => room,
        // Some are left for the others; and for the next message, that is sent while this one is worked on.
        None => {
            let share =
                state.queue.len().div_ceil(state.slots.iter().filter(|slot| slot.load == 0).count().max(1));
            room.min(state.slots[slot].window.div_ceil(4)).min(share)
        }
    };
    let count = state.queue.iter().take(most).take_while(|ticket| ticket.chunk == chunk).count();
    state.slots[slot].load += count;
    state.queue.drain(..count).collect()
}

struct Packed<T: Task> {
    message: Tasks,
    inside: Vec<Arc<Ticket<T>>>,
    /// They would make the message too large.
    left: Vec<Arc<Ticket<T>>>,
    cancelled: usize,
    over: Over<T>,
}

fn pack<T: Task>(tickets: Vec<Arc<Ticket<T>>>) -> Packed<T> {
    let mut packed = Packed {
        message: Tasks::new(),
        inside: Vec::with_capacity(tickets.len()),
        left: Vec::new(),
        cancelled: 0,
        over: Vec::new(),
    };
    for ticket in tickets {
        if packed.message.len() > MUCH {
            packed.left.push(ticket);
        } else if !ticket.send() {
            packed.cancelled += 1;
        } else {
            match packed.message.push(&ticket.task) {
                Ok(()) => packed.inside.push(ticket),
                Err(why) => {
                    let error = Error::NotSent { name: ticket.name(), what: "the task", why };
                    packed.over.push((ticket, Err(error)));
                }
            }
        }
    }
    packed
}

fn send<T: Task>(
    office: &Office<T>,
    slot: usize,
    generation: u64,
    packed: Packed<T>,
) -> std::sync::MutexGuard<'_, State<T>> {
    let Packed { message, inside, left, cancelled, mut over } = packed;
    let mut state = office.state();
    let there = &mut state.slots[slot];
    let same = there.generation == generation && there.ready;
    if same {
        there.load -= left.len() + cancelled + over.len();
    }
    let tasks = there.line.as_ref().and_then(|line| line.tasks.clone()).filter(|_| same);
    let mut send = None;
    match tasks {
        Some(tasks) if !inside.is_empty() => {
            let first = there.next;
            there.next += inside.len() as u64;
            there.sent += inside.len() as u64;
            there.in_flight.extend((first..).zip(inside));
            if office.settings.retire_after.is_some_and(|limit| there.sent >= limit)
                && let Some(line) = &mut there.line
            {
                line.tasks = None;
            }
            send = Some((tasks, message.numbered(first)));
        }
        // The worker died while they were being packed.
        _ => office.requeue(&mut state, inside, &mut over),
    }
    office.requeue(&mut state, left, &mut over);
    office.count_out(&mut state, cancelled + over.len());
    if over.is_empty() && send.is_none() {
        return state;
    }
    drop(state);
    office.end_all(over);
    let unsent = send.is_some_and(|(tasks, message)| wire::send(&tasks, &message).is_err());
    let mut state = office.state();
    let there = &mut state.slots[slot];
    if unsent && there.generation == generation {
        // It has gone, or would take what comes next for the rest of this. The keeper sees to its tasks.
        there.kill();
    }
    state
}
