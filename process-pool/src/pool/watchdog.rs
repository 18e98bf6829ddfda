//! The thread that watches the clock: it kills workers that take too long, and requests the return
//! of tasks that a long one holds up.

use std::sync::PoisonError;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use super::pool_state::{PoolState, Settings, State};
use super::slot::Slot;
use super::status_word::TaskStatus;
use super::task::Task;

/// The period of the watchdog. A time limit is kept to about twice as much.
const TICK: Duration = Duration::from_millis(5);
/// How long a new process may take to join.
const JOIN: Duration = Duration::from_secs(30);
/// How long a worker that is to be killed has to send the answers of earlier tasks.
const HAND_OVER: Duration = Duration::from_secs(1);
/// How long an idle worker may take to begin a task that it was sent.
const BEGIN: Duration = Duration::from_secs(10);
/// The least of that time, however short the time limit of the task is.
const BEGIN_AT_LEAST: Duration = Duration::from_secs(2);
/// How long an idle worker may take to end when its channel has ended; and how long a worker may be
/// stopped when the pool ends.
const LEAVE: Duration = Duration::from_secs(5);

/// What the watchdog has observed of a worker.
#[derive(Clone, Copy)]
struct Observed {
    /// The generation and the task that was last seen running, and since when.
    what: (u64, u64),
    since: Instant,
    /// What changes while the worker makes progress although no task runs; and how long it has not
    /// changed.
    sign: (u64, TaskStatus, u64, u64),
    idle: Duration,
    /// How long it has been stopped, while the pool ends.
    stopped: Duration,
    /// How long it has not ended, although it is to end.
    leaves: Duration,
}

pub(crate) fn watch<T: Task>(pool: &PoolState<T>) {
    let (nothing, none) = (Instant::now(), Duration::ZERO);
    let sign = (0, TaskStatus::Nothing, 0, 0);
    let seen =
        Observed { what: (0, 0), since: nothing, sign, idle: none, stopped: none, leaves: none };
    let mut seen = vec![seen; pool.writers.len()];
    let mut state = pool.lock();
    let mut last = Instant::now();
    while !(state.closed && state.slots.iter().all(|slot| slot.is_over)) {
        let pool_ends = state.closed && state.open == 0;
        let begins = |slot: &Slot<T>| slot.joins_since.is_some() || slot.begins_since.is_some();
        let watched = |slot: &Slot<T>| begins(slot) || leaves(slot, pool_ends);
        state = if state.open == 0 && !state.closed && !state.slots.iter().any(watched) {
            pool.wait_as_watchdog(state)
        } else {
            pool.busy.wait_timeout(state, TICK).unwrap_or_else(PoisonError::into_inner).0
        };
        let now = Instant::now();
        // While this process itself was stopped, no worker was slow.
        let tick = (now - last).min(4 * TICK);
        last = now;
        let State { slots, closed, open, .. } = &mut *state;
        for (slot, seen) in slots.iter_mut().zip(&mut seen) {
            if let Some(channels) = slot.channels.as_mut().filter(|_| *closed && *open == 0) {
                // A worker ends when its channel of tasks does.
                channels.tasks = None;
            }
            let stopped =
                *closed && slot.process.as_ref().is_some_and(|process| process.is_stopped());
            let too_long = lasts(&mut seen.stopped, stopped, tick, LEAVE)
                | lasts(&mut seen.leaves, leaves(slot, *closed && *open == 0), tick, LEAVE);
            if too_long {
                slot.kill();
            }
            check(slot, seen, now, tick, &pool.settings);
        }
    }
}

/// Adds up how long something is so; returns whether that is longer than the limit.
fn lasts(long: &mut Duration, is_so: bool, tick: Duration, limit: Duration) -> bool {
    *long = if is_so { *long + tick } else { Duration::ZERO };
    *long > limit
}

/// Returns whether a process has nothing more to do than to end.
fn leaves<T: Task>(slot: &Slot<T>, pool_ends: bool) -> bool {
    let told = slot.channels.as_ref().map_or(pool_ends, |channels| channels.tasks.is_none());
    told && slot.process.is_some() && slot.in_flight.len() == 0
}

fn check<T: Task>(
    slot: &mut Slot<T>,
    seen: &mut Observed,
    now: Instant,
    tick: Duration,
    settings: &Settings,
) {
    if slot.joins_since.is_some_and(|since| now - since > JOIN) {
        slot.kill();
        slot.joins_since = None;
    }
    if slot.begins_since.is_some_and(|since| now - since > settings.initializer_limit) {
        slot.kill();
    }
    let Some(channels) = &slot.channels else { return };
    let status = channels.status_word.now();
    let (number, doomed) = match status {
        TaskStatus::Runs(number) => (number, false),
        TaskStatus::Doomed(number) => (number, true),
        TaskStatus::Nothing | TaskStatus::Finished(_) => {
            return check_idle(slot, seen, status, tick, settings);
        }
    };
    seen.idle = Duration::ZERO;
    if seen.what != (slot.generation, number) {
        (seen.what, seen.since) = ((slot.generation, number), now);
        return;
    }
    let first = slot.in_flight.first();
    let limit = slot
        .in_flight
        .get(number)
        .and_then(|batch| batch.choice(&settings.choice).options.time_limit);
    let over = limit.filter(|limit| now - seen.since >= *limit);
    // From here on the task has no result, even if it finishes before its worker is killed.
    let doomed = doomed || over.is_some() && channels.status_word.doom(number);
    let handed_over = |limit: Duration| now - seen.since >= limit.saturating_add(HAND_OVER);
    // The answers of earlier tasks are sent first: the limit is not theirs.
    if doomed && (Some(number) == first || over.is_none_or(handed_over)) {
        slot.kill();
    } else if !slot.return_requested && slot.load > 1 {
        // Again after each return: more tasks may have been under way. But one request at a time,
        // for a worker that is stopped reads none.
        slot.request_return();
    }
}

/// Checks a worker that runs no task: one that was sent some, and makes no progress, is stopped, or
/// stuck outside of a task. Tasks that were not begun are not lost when it is killed.
fn check_idle<T: Task>(
    slot: &Slot<T>,
    seen: &mut Observed,
    status: TaskStatus,
    tick: Duration,
    settings: &Settings,
) {
    let (Some(channels), Some(batch)) = (&slot.channels, slot.in_flight.batches.front()) else {
        seen.idle = Duration::ZERO;
        return;
    };
    // Relaxed: it is only compared.
    let sign = (slot.generation, status, channels.sent.load(Relaxed), batch.number);
    // Its last answers may wait for this process, which is busy: then the worker is not slow.
    let answers_wait = matches!(status, TaskStatus::Finished(number) if number >= batch.number);
    let is_stopped = || slot.process.as_ref().is_some_and(|process| process.is_stopped());
    let stays = seen.sign == sign && (!answers_wait || is_stopped());
    seen.sign = sign;
    let limit = batch.choice(&settings.choice).options.time_limit;
    let limit = limit.map_or(BEGIN, |limit| limit.clamp(BEGIN_AT_LEAST, BEGIN));
    if lasts(&mut seen.idle, stays, tick, limit) {
        slot.kill();
    }
}
