//! The thread that keeps a worker's place filled: it starts a worker, reads its answers, settles what it leaves behind, and starts the next.
//!
//! What a dead worker leaves behind is three kinds of tasks, which its page tells apart:
//!
//! | the task | is |
//! | --- | --- |
//! | that it ran | run again or reported, as its caller chose; the worker's death is counted against it |
//! | finished, but not handed over | run again or reported in the same way; nothing is counted |
//! | not begun | put back into the queue, always |

use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::PoisonError;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use ipc_channel::ipc::IpcBytesReceiver;

use crate::office::{Line, Office, Over, State};
use crate::shared::{Now, Page};
use crate::start::{Process, start};
use crate::ticket::{OnDeath, Ticket};
use crate::wire::{self, Answer, Control, Joined, Kind};
use crate::{Error, Outcome, Task};

/// So many workers in a row that die before they are ready are enough.
const FAILURES: u32 = 20;
/// What a worker has in its hands is about so much work in nanoseconds.
const AHEAD: u64 = 2_000_000;
/// The most tasks that it has.
const MOST: usize = 4096;

pub(crate) fn keep<T: Task>(office: &Office<T>, slot: usize) {
    let mut failures = 0;
    loop {
        let mut state = office.state();
        if state.closed && state.open == 0 {
            return;
        }
        state.slots[slot].joins_since = Some(Instant::now());
        office.busy.notify_one();
        drop(state);
        let lives = |pid| {
            let mut state = office.state();
            state.slots[slot].pid = pid;
            if state.kills {
                state.slots[slot].kill();
            }
        };
        let page = Page::new().map(Arc::new).map_err(|error| error.to_string());
        let outcome = page.and_then(|page| {
            let (mut process, joined) = start(&office.settings.program, lives)?;
            let answers = hello(office, slot, joined, &page);
            let failed = answers.map_or_else(Some, |answers| read(office, slot, &answers));
            process.end();
            settle(office, slot, process, &page, failed)
        });
        let mut state = office.state();
        let Err(why) = outcome else {
            failures = 0;
            continue;
        };
        (state.slots[slot].pid, state.slots[slot].joins_since) = (None, None);
        failures += 1;
        if state.closed && state.open == 0 {
            return;
        }
        // A pool that never had a worker will have none.
        if failures == FAILURES || !state.begun {
            give_up(office, state, slot, why);
            return;
        }
        let rest = Duration::from_millis(10) * failures;
        drop(office.changed.wait_timeout(state, rest).unwrap_or_else(PoisonError::into_inner));
    }
}

/// Tells a new worker what it has to know; returns where its answers come from.
fn hello<T: Task>(
    office: &Office<T>,
    slot: usize,
    joined: Joined,
    page: &Arc<Page>,
) -> Result<IpcBytesReceiver, String> {
    let hello = Control::Hello {
        task: std::any::type_name::<T>().to_owned(),
        page: page.memory(),
        shared: office.shared.memory(),
        initializer: office.settings.initializer.clone(),
    };
    joined.control.send(hello).map_err(|error| error.to_string())?;
    let mut state = office.state();
    // If all is over meanwhile, its writer has gone.
    let tasks = (!state.closed || state.open > 0).then_some(joined.tasks);
    let there = &mut state.slots[slot];
    there.line = Some(Line { tasks, control: joined.control, page: Arc::clone(page) });
    there.joins_since = None;
    there.begins_since = Some(Instant::now());
    Ok(joined.answers)
}

/// Reads what a worker says until it says no more. Returns why it failed to begin, if it said so.
fn read<T: Task>(office: &Office<T>, slot: usize, answers: &IpcBytesReceiver) -> Option<String> {
    let mut failed = None;
    loop {
        // It is gone, or what it says makes no sense any more.
        let Ok(Ok(Some(message))) = wire::quietly(|| wire::receive(answers, true)) else { return failed };
        let (busy, answers) = wire::answers_of(&message);
        let mut ended: Vec<(Arc<Ticket<T>>, Answer<'_>)> = Vec::new();
        let mut over = Vec::new();
        let mut state = office.state();
        for answer in answers {
            match answer.kind {
                Kind::Ready => {
                    state.slots[slot].ready = true;
                    state.slots[slot].begins_since = None;
                    state.begun = true;
                    office.changed.notify_all();
                }
                Kind::Failed => {
                    let why = String::from_utf8_lossy(answer.payload);
                    failed = Some(format!("the initializer failed: {why}"));
                }
                Kind::GaveBack => gave_back(office, &mut state, slot, &answer, &mut over),
                Kind::Done | Kind::Panicked | Kind::Unreadable | Kind::Unwritable => {
                    let there = &mut state.slots[slot];
                    // In order; another number would be a worker that has gone mad.
                    if there.in_flight.front().is_some_and(|(number, _)| *number == answer.number)
                        && let Some((_, ticket)) = there.in_flight.pop_front()
                    {
                        there.load -= 1;
                        ended.push((ticket, answer));
                    }
                }
            }
        }
        let there = &mut state.slots[slot];
        if !ended.is_empty() {
            let each = busy / ended.len() as u64;
            let wanted = usize::try_from(AHEAD / each.max(1)).unwrap_or(MOST).clamp(1, MOST);
            there.window = wanted.min(there.window * 4);
        }
        if state.slots[slot].stuck && state.room(slot, office.settings.retire_after) > 0 {
            office.writers[slot].notify_one();
        }
        office.count_out(&mut state, ended.len() + over.len());
        drop(state);
        office.end_all(over);
        office.end_all(ended.into_iter().map(|(ticket, answer)| {
            let outcome = outcome(&ticket, &answer);
            (ticket, outcome)
        }));
    }
}

fn outcome<T: Task>(ticket: &Ticket<T>, answer: &Answer<'_>) -> Outcome<T::Output> {
    let text = || String::from_utf8_lossy(answer.payload).into_owned();
    let not_sent = |what, why| Error::NotSent { name: ticket.name(), what, why };
    match answer.kind {
        Kind::Done => wire::read(answer.payload).map_err(|why| not_sent("the result", why)),
        Kind::Panicked => Err(Error::Panicked { name: ticket.name(), message: text() }),
        Kind::Unreadable => Err(not_sent("the task", text())),
        _ => Err(not_sent("the result", text())),
    }
}

fn gave_back<T: Task>(
    office: &Office<T>,
    state: &mut State<T>,
    slot: usize,
    answer: &Answer<'_>,
    over: &mut Over<T>,
) {
    let to = answer.payload.try_into().map_or(0, u64::from_le_bytes);
    let there = &mut state.slots[slot];
    let first = there.in_flight.partition_point(|(number, _)| *number < answer.number);
    let last = there.in_flight.partition_point(|(number, _)| *number < to).max(first);
    let back: Vec<_> = there.in_flight.drain(first..last).map(|(_, ticket)| ticket).collect();
    there.nudged = false;
    if back.is_empty() {
        return;
    }
    there.load -= back.len();
    there.sent -= back.len() as u64;
    there.window = 1;
    office.requeue(state, back, over);
}

/// Buries a worker, and sees to what it left.
fn settle<T: Task>(
    office: &Office<T>,
    slot: usize,
    process: Process,
    page: &Page,
    failed: Option<String>,
) -> Result<(), String> {
    let pid = process.pid();
    // From here on nobody kills it, whose number may be another's.
    office.state().slots[slot].pid = None;
    let status = process.reap().map_err(|error| error.to_string())?;
    let mut state = office.state();
    let there = &mut state.slots[slot];
    let was_ready = std::mem::take(&mut there.ready);
    let limit = office.settings.initializer_limit;
    let slow = there.begins_since.take().is_some_and(|since| since.elapsed() > limit);
    there.generation += 1;
    there.line = None;
    (there.load, there.window, there.next, there.sent, there.nudged) = (0, 1, 1, 0, false);
    let left = std::mem::take(&mut there.in_flight);
    let (mut again, mut over) = (Vec::new(), Vec::new());
    for (number, ticket) in left {
        match fate(&ticket, number, page.now(), pid, status) {
            _ if state.kills => over.push((ticket, Err(Error::Closed))),
            None => again.push(ticket),
            Some(error) => over.push((ticket, Err(error))),
        }
    }
    office.requeue(&mut state, again, &mut over);
    office.count_out(&mut state, over.len());
    drop(state);
    office.end_all(over);
    match failed {
        Some(why) => Err(why),
        None if was_ready => Ok(()),
        None if slow => Err(format!("the initializer took longer than {limit:?}")),
        None => Err(format!("worker {pid} ended before it was ready ({status})")),
    }
}

/// Says what a task has come to whose worker is dead; None, if it is to be run again.
fn fate<T: Task>(ticket: &Ticket<T>, number: u64, now: Now, pid: u32, status: ExitStatus) -> Option<Error> {
    let name = || ticket.name();
    let begun = match now {
        Now::Nothing => false,
        Now::Doomed(doomed) if doomed == number => {
            let limit = ticket.options.time_limit.unwrap_or_default();
            return Some(Error::TimedOut { name: name(), limit });
        }
        Now::Runs(at) | Now::Finished(at) | Now::Doomed(at) => number <= at,
    };
    match ticket.options.on_death {
        _ if !begun => None,
        OnDeath::Report => Some(Error::Died { name: name(), pid, status }),
        OnDeath::RunAgain { limit } => {
            let of_it = u32::from(now == Now::Runs(number));
            // Relaxed: one worker has it at a time, and the lock is between one and the next.
            let deaths = ticket.deaths.fetch_add(of_it, Relaxed) + of_it;
            (of_it > 0 && deaths >= limit).then(|| Error::Poison { name: name(), deaths, pid, status })
        }
    }
}

fn give_up<T: Task>(
    office: &Office<T>,
    mut state: std::sync::MutexGuard<'_, State<T>>,
    slot: usize,
    why: String,
) {
    state.slots[slot].given_up = true;
    let mut over = Vec::new();
    if state.slots.iter().all(|slot| slot.given_up) {
        state.broken = Some(why);
        let queued = std::mem::take(&mut state.queue).into();
        office.requeue(&mut state, queued, &mut over);
        office.count_out(&mut state, over.len());
    }
    office.announce();
    drop(state);
    office.end_all(over);
}
