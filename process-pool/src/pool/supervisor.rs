//! The thread that keeps a worker's place filled: it starts a worker, reads its answers, settles
//! what it leaves behind, and starts the next.
//!
//! What a dead worker leaves behind is three kinds of tasks, which its page tells apart:
//!
//! | the task | is |
//! | --- | --- |
//! | that it ran | run again or reported, as its caller chose; the worker's death is counted against it |
//! | finished, but not handed over | run again or reported in the same way; nothing is counted |
//! | not begun | put back into the queue, always |

use std::process::ExitStatus;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::channel::{Receiver, Sender};
use super::error::Error;
use super::error::{ended, spaced};
use super::pool_state::{Over, PoolState, State};
use super::process::{Process, ProcessRef};
use super::protocol::{self, Answer, Control, Kind};
use super::shared_memory::{StatusWord, TaskStatus};
use super::slot::Channels;
use super::start::{Started, start};
use super::task::Task;
use super::task_state::Outcome;
use super::task_state::{OnDeath, Options, TaskState};

/// When in each place that many workers in a row have failed before they were ready, there will be
/// none.
const FAILURES: u32 = 20;
/// The longest rest before the next is started.
const REST: Duration = Duration::from_secs(1);
/// What a worker has in its hands is about so much work in nanoseconds.
const AHEAD: u64 = 2_000_000;
/// The most tasks that it has.
const MOST: usize = 8 * 1024;

pub(crate) fn supervise<T: Task>(pool_state: &PoolState<T>, slot: usize) {
    while let Some(state) = begins(pool_state, slot) {
        drop(state);
        let ran = protocol::catch_panic(|| run(pool_state, slot)).and_then(|ran| ran);
        let Err(why) = ran else { continue };
        let mut state = pool_state.lock();
        let over = pool_state.vacate(&mut state, slot, &why);
        if !over.is_empty() {
            drop(state);
            pool_state.finish_all(over);
            state = pool_state.lock();
        }
        state.slots[slot].failures += 1;
        if state.slots[slot].failed.is_none() {
            state.slots[slot].failed = Some(why.clone());
            pool_state.changed.notify_all();
        }
        if state.closed && state.open == 0 {
            break;
        }
        // Before there is a worker, nobody wants to wait until it is certain that there will be
        // none.
        let limit = if state.begun { FAILURES } else { 1 };
        if state.slots.iter().all(|slot| slot.failures >= limit) {
            drop(state);
            pool_state.fail(&why);
            break;
        }
        let rest = (Duration::from_millis(10) * state.slots[slot].failures).min(REST);
        if state.begun {
            drop(
                pool_state
                    .changed
                    .wait_timeout(state, rest)
                    .unwrap_or_else(PoisonError::into_inner),
            );
        } else {
            while !state.begun && !state.closed && state.broken.is_none() {
                state = pool_state.wait(&pool_state.changed, state);
            }
        }
    }
}

/// Says whether one more worker is wanted here, and notes since when.
fn begins<T: Task>(pool_state: &PoolState<T>, slot: usize) -> Option<MutexGuard<'_, State<T>>> {
    let mut state = pool_state.lock();
    if state.closed && state.open == 0 || state.broken.is_some() {
        return None;
    }
    state.slots[slot].joins_since = Some(Instant::now());
    pool_state.wake_watchdog(&mut state);
    Some(state)
}

/// Has one worker live its life. It is an error if it was never ready.
fn run<T: Task>(pool_state: &PoolState<T>, slot: usize) -> Result<(), String> {
    let lives = |process: Option<Arc<ProcessRef>>| {
        let mut state = pool_state.lock();
        state.slots[slot].process = process;
        if state.kills || state.broken.is_some() {
            state.slots[slot].kill();
        }
    };
    let (status_word, memory) =
        StatusWord::new().map_err(|error| format!("there is no shared memory: {error}"))?;
    let hello = Control::Hello {
        task: std::any::type_name::<T>().to_owned(),
        initializer: pool_state.settings.initializer.clone(),
    };
    let try_start = || {
        start(&pool_state.settings.program, &hello, [&memory, pool_state.memory.memory()], lives)
    };
    let together = pool_state.starts.read().unwrap_or_else(PoisonError::into_inner);
    let mut started = try_start();
    drop(together);
    if started.is_err() && !pool_state.lock().begun {
        let _alone = pool_state.starts.write().unwrap_or_else(PoisonError::into_inner);
        started = try_start();
    }
    let started = started?;
    drop(memory);
    let Started { process, tasks, control, mut answers } = started;
    let status_word = Arc::new(status_word);
    joined(pool_state, slot, tasks, control, &status_word);
    // Whatever goes wrong here, the worker has to be ended, and what it has to be settled.
    let read = protocol::catch_panic(|| read(pool_state, slot, &mut answers));
    let failed = read.unwrap_or_else(|why| {
        process.process_ref().kill();
        Some(format!("what worker {} says cannot be read: {why}", process.process_ref().pid()))
    });
    drop(answers);
    process.end();
    settle(pool_state, slot, process, &status_word, failed)
}

/// Notes that a worker is there.
fn joined<T: Task>(
    pool_state: &PoolState<T>,
    slot: usize,
    tasks: Sender,
    control: Sender,
    status_word: &Arc<StatusWord>,
) {
    let mut state = pool_state.lock();
    let sent = Arc::clone(tasks.sent());
    // If all is over meanwhile, its writer has gone.
    let tasks = (!state.closed || state.open > 0).then_some(tasks);
    let there = &mut state.slots[slot];
    there.line = Some(Channels { tasks, sent, control, status_word: Arc::clone(status_word) });
    there.joins_since = None;
    there.begins_since = Some(Instant::now());
}

/// Reads what a worker says until it says no more. Returns why it failed to begin, if it said so.
fn read<T: Task>(pool_state: &PoolState<T>, slot: usize, answers: &mut Receiver) -> Option<String> {
    let mut failed = None;
    loop {
        // It is gone, or what it says makes no sense any more.
        let Ok(Some(message)) = answers.receive(true) else { return failed };
        let (busy, answers) = protocol::answers_of(&message);
        let (ended, news): (Vec<_>, Vec<_>) = answers.partition(|answer| answer.kind.is_end());
        let mut over = Vec::new();
        let mut state = pool_state.lock();
        for answer in news {
            match answer.kind {
                Kind::Ready => {
                    state.slots[slot].ready = true;
                    state.slots[slot].begun = true;
                    state.slots[slot].begins_since = None;
                    state.slots[slot].failures = 0;
                    state.begun = true;
                    pool_state.changed.notify_all();
                }
                Kind::Failed => {
                    let why = String::from_utf8_lossy(answer.payload);
                    failed = Some(format!("the initializer failed: {why}"));
                }
                _ => returned(pool_state, &mut state, slot, &answer, &mut over),
            }
        }
        let there = &mut state.slots[slot];
        // In order; another number would be a worker that has gone mad.
        let pairs = there.in_flight.iter().zip(&ended);
        let count = pairs.take_while(|((number, _), answer)| *number == answer.number).count();
        let entries: Vec<_> = there.in_flight.drain(..count).collect();
        there.load -= count;
        if count > 0 {
            let each = busy / count as u64;
            let wanted = usize::try_from(AHEAD / each.max(1)).unwrap_or(MOST).clamp(1, MOST);
            there.window = wanted.min(there.window * 4);
        }
        if state.slots[slot].stuck && state.room(slot, &pool_state.settings) > 0 {
            pool_state.writers[slot].notify_one();
        }
        pool_state.settle_count(&mut state, count + over.len());
        drop(state);
        pool_state.finish_all(over);
        pool_state.finish_all(entries.into_iter().zip(&ended).map(|((_, entry), answer)| {
            let outcome = outcome(&entry, answer);
            (entry, outcome)
        }));
    }
}

fn outcome<T: Task>(entry: &TaskState<T>, answer: &Answer<'_>) -> Outcome<T::Output> {
    let text = || String::from_utf8_lossy(answer.payload).into_owned();
    let not_sent = |what, why| Error::NotSent { name: entry.name(), what, why };
    match answer.kind {
        Kind::Done => protocol::read(answer.payload).map_err(|why| not_sent("the result", why)),
        Kind::Panicked => Err(Error::Panicked { name: entry.name(), message: text() }),
        Kind::Unreadable => Err(not_sent("the task", text())),
        _ => Err(not_sent("the result", text())),
    }
}

fn returned<T: Task>(
    pool_state: &PoolState<T>,
    state: &mut State<T>,
    slot: usize,
    answer: &Answer<'_>,
    over: &mut Over<T>,
) {
    let to = answer.payload.try_into().map_or(0, u64::from_le_bytes);
    let there = &mut state.slots[slot];
    let first = there.in_flight.partition_point(|(number, _)| *number < answer.number);
    let last = there.in_flight.partition_point(|(number, _)| *number < to).max(first);
    let back: Vec<_> = there.in_flight.drain(first..last).map(|(_, entry)| entry).collect();
    there.return_requested = false;
    if back.is_empty() {
        return;
    }
    there.load -= back.len();
    there.sent -= back.len() as u64;
    there.window = 1;
    pool_state.requeue(state, back, over);
}

/// Buries a worker, and sees to what it left.
fn settle<T: Task>(
    pool_state: &PoolState<T>,
    slot: usize,
    process: Process,
    status_word: &StatusWord,
    failed: Option<String>,
) -> Result<(), String> {
    let pid = process.process_ref().pid();
    // From here on nobody kills it, whose number may be another's.
    pool_state.lock().slots[slot].process = None;
    let status = process.reap();
    let mut state = pool_state.lock();
    let there = &mut state.slots[slot];
    let was_ready = std::mem::take(&mut there.ready);
    let limit = pool_state.settings.initializer_limit;
    let slow = there.begins_since.take().is_some_and(|since| since.elapsed() > limit);
    there.generation += 1;
    there.line = None;
    (there.load, there.window, there.next, there.sent, there.return_requested) =
        (0, 1, 1, 0, false);
    let left = std::mem::take(&mut there.in_flight);
    let (mut again, mut over) = (Vec::new(), Vec::new());
    for (number, entry) in left {
        match fate(
            &entry,
            entry.choice(&pool_state.settings.choice).options,
            number,
            status_word.now(),
            pid,
            status,
        ) {
            _ if state.kills => over.push((entry, Err(Error::Closed))),
            None => again.push(entry),
            Some(error) => over.push((entry, Err(error))),
        }
    }
    pool_state.requeue(&mut state, again, &mut over);
    pool_state.settle_count(&mut state, over.len());
    drop(state);
    pool_state.finish_all(over);
    match failed {
        Some(why) => Err(why),
        None if was_ready => Ok(()),
        None if slow => Err(format!("the initializer took longer than {}", spaced(limit))),
        None => Err(format!("worker {pid} ended before it was ready ({})", ended(status))),
    }
}

/// Says what a task has come to whose worker is dead; None, if it is to be run again.
fn fate<T: Task>(
    entry: &TaskState<T>,
    options: Options,
    number: u64,
    now: TaskStatus,
    pid: u32,
    status: Option<ExitStatus>,
) -> Option<Error> {
    let name = || entry.name();
    let begun = match now {
        TaskStatus::Nothing => false,
        TaskStatus::Doomed(doomed) if doomed == number => {
            let limit = options.time_limit.unwrap_or_default();
            return Some(Error::TimedOut { name: name(), limit });
        }
        TaskStatus::Runs(at) | TaskStatus::Finished(at) | TaskStatus::Doomed(at) => number <= at,
    };
    match options.on_death {
        _ if !begun => None,
        OnDeath::Report => Some(Error::Died { name: name(), pid, status }),
        OnDeath::RunAgain { limit } => {
            let of_it = u32::from(now == TaskStatus::Runs(number));
            // Relaxed: one worker has it at a time, and the lock is between one and the next.
            let deaths = entry.deaths.fetch_add(of_it, Relaxed) + of_it;
            (of_it > 0 && deaths >= limit).then(|| Error::Poison {
                name: name(),
                deaths,
                pid,
                status,
            })
        }
    }
}
