//! The thread that supervises a slot: it starts a worker, reads its answers, settles its tasks when
//! it dies, and starts the next.
//!
//! The status word of a dead worker tells three kinds of tasks apart:
//!
//! | a task that | is |
//! | --- | --- |
//! | was running | run again or reported, as its caller chose; the death counts against it |
//! | was finished, but not answered | run again or reported likewise; the death does not count |
//! | was not begun | queued again |

use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::answers::{Answer, Answers, CUT_OFF, Kind};
use super::batch::{Ended, Over, name};
use super::block::Stored;
use super::channel::{Receiver, Sender};
use super::error::{Error, ended, spaced};
use super::part::Part;
use super::pool_state::{PoolState, State, count};
use super::process::{Process, ProcessRef};
use super::protocol::{self, Control};
use super::shared_memory::StatusWord;
use super::slot::Channels;
use super::start::{Started, start};
use super::task::Task;

/// The number of workers in a row that may fail in each slot before they are ready; then the pool
/// is broken.
const FAILURES: u32 = 20;
/// The longest pause before the next start.
const REST: Duration = Duration::from_secs(1);
/// The work that a worker is sent ahead, in nanoseconds.
const AHEAD: u64 = 2_000_000;
/// The most tasks that a worker is sent ahead.
const MOST: usize = 8 * 1024;

pub(crate) fn supervise<T: Task>(pool: &PoolState<T>, slot: usize) {
    while let Some(state) = begins(pool, slot) {
        drop(state);
        let ran = protocol::catch_panic(|| run(pool, slot)).and_then(|ran| ran);
        let Err(why) = ran else { continue };
        let mut state = pool.lock();
        let over = pool.vacate(&mut state, slot, &why);
        if !over.is_empty() {
            drop(state);
            pool.finish_all(over);
            state = pool.lock();
        }
        state.slots[slot].failures += 1;
        if state.slots[slot].failed.is_none() {
            state.slots[slot].failed = Some(why.clone());
            pool.changed.notify_all();
        }
        if state.closed && state.open == 0 {
            break;
        }
        // Before the first worker is ready, a caller waits in `build`: one failure in each slot is
        // enough.
        let limit = if state.begun { FAILURES } else { 1 };
        if state.slots.iter().all(|slot| slot.failures >= limit) {
            drop(state);
            pool.fail(&why);
            break;
        }
        let rest = (Duration::from_millis(10) * state.slots[slot].failures).min(REST);
        if state.begun {
            drop(pool.changed.wait_timeout(state, rest).unwrap_or_else(PoisonError::into_inner));
        } else {
            while !state.begun && !state.closed && state.broken.is_none() {
                state = pool.wait(&pool.changed, state);
            }
        }
    }
}

/// Returns the state if one more worker is needed here, with the time of its start.
fn begins<T: Task>(pool: &PoolState<T>, slot: usize) -> Option<MutexGuard<'_, State<T>>> {
    let mut state = pool.lock();
    if state.closed && state.open == 0 || state.broken.is_some() {
        return None;
    }
    state.slots[slot].joins_since = Some(Instant::now());
    pool.wake_watchdog(&mut state);
    Some(state)
}

/// Runs one worker to its end. It is an error if it was never ready.
fn run<T: Task>(pool: &PoolState<T>, slot: usize) -> Result<(), String> {
    let lives = |process: Option<Arc<ProcessRef>>| {
        let mut state = pool.lock();
        state.slots[slot].process = process;
        if state.kills || state.broken.is_some() {
            state.slots[slot].kill();
        }
    };
    let (status_word, memory) =
        StatusWord::new().map_err(|error| format!("there is no shared memory: {error}"))?;
    let hello = Control::Hello {
        task: std::any::type_name::<T>().to_owned(),
        initializer: pool.settings.initializer.clone(),
    };
    let try_start =
        || start(&pool.settings.program, &hello, [&memory, pool.memory.memory()], lives);
    let together = pool.starts.read().unwrap_or_else(PoisonError::into_inner);
    let mut started = try_start();
    drop(together);
    if started.is_err() && !pool.lock().begun {
        let _alone = pool.starts.write().unwrap_or_else(PoisonError::into_inner);
        started = try_start();
    }
    let started = started?;
    drop(memory);
    let Started { process, tasks, control, mut answers } = started;
    let status_word = Arc::new(status_word);
    joined(pool, slot, tasks, control, &status_word);
    // Whatever goes wrong here, the worker has to be ended, and its tasks to be settled.
    let read = protocol::catch_panic(|| read(pool, slot, &mut answers));
    let failed = read.unwrap_or_else(|why| {
        process.reference().kill();
        Some(format!("what worker {} says cannot be read: {why}", process.reference().pid()))
    });
    drop(answers);
    process.end();
    settle(pool, slot, process, &status_word, failed)
}

/// Stores the channels of a worker that has joined.
fn joined<T: Task>(
    pool: &PoolState<T>,
    slot: usize,
    tasks: Sender,
    control: Sender,
    status_word: &Arc<StatusWord>,
) {
    let mut state = pool.lock();
    let sent = Arc::clone(tasks.sent());
    // If all tasks are over meanwhile, its writer has gone.
    let tasks = (!state.closed || state.open > 0).then_some(tasks);
    let there = &mut state.slots[slot];
    there.channels = Some(Channels { tasks, sent, control, status_word: Arc::clone(status_word) });
    there.joins_since = None;
    there.begins_since = Some(Instant::now());
}

/// Reads the answers of a worker until its channel ends. Returns why it failed to begin, if it sent
/// that.
fn read<T: Task>(pool: &PoolState<T>, slot: usize, channel: &mut Receiver) -> Option<String> {
    let mut failed = None;
    loop {
        // The worker is gone, or its message is malformed.
        let Ok(Some(message)) = channel.receive(true) else { return failed };
        let Some(mut answers) = Answers::of(&message) else { return failed };
        let mut over = Vec::new();
        let mut state = pool.lock();
        for _ in 0..answers.others {
            let Some(answer) = answers.next() else { return failed };
            match answer.kind {
                Kind::Ready => {
                    state.slots[slot].ready = true;
                    state.slots[slot].begun = true;
                    state.slots[slot].begins_since = None;
                    state.slots[slot].failures = 0;
                    state.begun = true;
                    pool.changed.notify_all();
                }
                Kind::Failed => {
                    let why = String::from_utf8_lossy(answer.payload);
                    failed = Some(format!("the initializer failed: {why}"));
                }
                _ => returned(pool, &mut state, slot, &answer, &mut over),
            }
        }
        let there = &mut state.slots[slot];
        // Answers come in the order of the tasks.
        let done = answers.ends.min(there.in_flight.len());
        let batches = there.in_flight.take(done);
        there.load -= done;
        if done > 0 {
            let each = answers.busy / done as u64;
            let wanted = usize::try_from(AHEAD / each.max(1)).unwrap_or(MOST).clamp(1, MOST);
            there.window = wanted.min(there.window * 4);
        }
        let has_room = state.slots[slot].stuck && state.room(slot, &pool.settings) > 0;
        pool.settle_count(&mut state, done + count(&over));
        drop(state);
        // Without the lock, for which the writer would wait at once.
        if has_room {
            pool.writers[slot].notify_one();
        }
        over.extend(batches.into_iter().map(|batch| settled(batch.tasks, &mut answers)));
        pool.finish_all(over);
    }
}

fn settled<T: Task>(mut tasks: Part<T, T::Output>, answers: &mut Answers<'_>) -> Ended<T> {
    while !tasks.is_empty() {
        // A result that panics ends the inner loop alone. To catch in each takes longer.
        let read = protocol::catch_panic(|| {
            tasks.end_all(|task| outcome(task, &answers.next().unwrap_or(CUT_OFF)));
        });
        if let (Err(why), Some(task)) = (read, tasks.get(0)) {
            let outcome = Err(not_sent(task, "the result", why));
            tasks.end_first(outcome);
        }
    }
    Ended::of(tasks)
}

fn not_sent<T: Task>(task: &T, what: &'static str, why: String) -> Box<Error> {
    Box::new(Error::NotSent { name: name(task), what, why })
}

#[inline]
fn outcome<T: Task>(task: &T, answer: &Answer<'_>) -> Stored<T::Output> {
    let text = || String::from_utf8_lossy(answer.payload).into_owned();
    let not_sent = |what, why| not_sent(task, what, why);
    match answer.kind {
        Kind::Done => protocol::decode(answer.payload).map_err(|why| not_sent("the result", why)),
        Kind::Panicked => Err(Box::new(Error::Panicked { name: name(task), message: text() })),
        Kind::Unreadable => Err(not_sent("the task", text())),
        _ => Err(not_sent("the result", text())),
    }
}

fn returned<T: Task>(
    pool: &PoolState<T>,
    state: &mut State<T>,
    slot: usize,
    answer: &Answer<'_>,
    over: &mut Over<T>,
) {
    let numbers = answer.payload.as_chunks().0;
    let [from, to] =
        numbers.try_into().map_or([0; 2], |numbers: [_; 2]| numbers.map(u64::from_le_bytes));
    let there = &mut state.slots[slot];
    let before = there.in_flight.take(there.in_flight.below(from));
    let back = there.in_flight.take(there.in_flight.below(to));
    before.into_iter().rev().for_each(|batch| there.in_flight.push_front(batch));
    there.return_requested = false;
    let tasks: usize = back.iter().map(|batch| batch.tasks.len()).sum();
    if tasks == 0 {
        return;
    }
    there.load -= tasks;
    there.sent -= tasks as u64;
    there.window = 1;
    pool.requeue(state, back, over);
}

/// Reaps a worker, and settles the tasks that it left.
fn settle<T: Task>(
    pool: &PoolState<T>,
    slot: usize,
    process: Process,
    status_word: &StatusWord,
    failed: Option<String>,
) -> Result<(), String> {
    let pid = process.reference().pid();
    // From here on no thread kills it, for its PID may become another process's.
    pool.lock().slots[slot].process = None;
    let status = process.reap();
    let mut state = pool.lock();
    let there = &mut state.slots[slot];
    let was_ready = std::mem::take(&mut there.ready);
    let limit = pool.settings.initializer_limit;
    let slow = there.begins_since.take().is_some_and(|since| since.elapsed() > limit);
    there.generation += 1;
    there.channels = None;
    (there.load, there.window, there.next, there.sent, there.return_requested) =
        (0, 1, 1, 0, false);
    let left = there.in_flight.take(usize::MAX);
    let (mut again, mut over) = (Vec::new(), Vec::new());
    for batch in left {
        if state.kills {
            over.push(batch.failed(|_| Error::Closed));
        } else {
            let (default, last) = (&pool.settings.choice, status_word.now());
            batch.after_death(default, last, (pid, status), &mut over, &mut again);
        }
    }
    pool.requeue(&mut state, again, &mut over);
    pool.settle_count(&mut state, count(&over));
    drop(state);
    pool.finish_all(over);
    match failed {
        Some(why) => Err(why),
        None if was_ready => Ok(()),
        None if slow => Err(format!("the initializer took longer than {}", spaced(limit))),
        None => Err(format!("worker {pid} ended before it was ready ({})", ended(status))),
    }
}
