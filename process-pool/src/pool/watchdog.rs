//! The thread that watches the clock: it has those killed that take too long, and those relieved
//! that are held up.

use std::sync::PoisonError;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use super::pool_state::{PoolState, Settings, State};
use super::shared_memory::TaskStatus;
use super::slot::Slot;
use super::task::Task;

/// How often it looks. A time limit is kept to about twice as much.
const TICK: Duration = Duration::from_millis(5);
/// How long a new process may take to say who it is.
const JOIN: Duration = Duration::from_secs(30);
/// How long a worker that is to be killed has to hand over what it did before.
const HAND_OVER: Duration = Duration::from_secs(1);
/// How long a worker may take to begin a task that it was sent, when it has nothing else to do.
const BEGIN: Duration = Duration::from_secs(10);
/// The least that it may take for that, however short the time limit of the task is.
const BEGIN_AT_LEAST: Duration = Duration::from_secs(2);
/// How long a worker that has nothing to do may take to end when it is told to; and how long one
/// may be stopped when the pool ends.
const LEAVE: Duration = Duration::from_secs(5);

/// What was seen of a worker.
#[derive(Clone, Copy)]
struct Observed {
    /// Which task it was last seen at, and since when.
    what: (u64, u64),
    since: Instant,
    /// By what one can tell that it does something, although no task runs; and how long it has not
    /// changed.
    sign: (u64, TaskStatus, u64, u64),
    idle: Duration,
    /// How long it has been stopped, while the pool ends.
    stopped: Duration,
    /// How long it has not ended, although nothing is wanted of it any more.
    leaves: Duration,
}

pub(crate) fn watch<T: Task>(pool_state: &PoolState<T>) {
    let (nothing, none) = (Instant::now(), Duration::ZERO);
    let sign = (0, TaskStatus::Nothing, 0, 0);
    let seen =
        Observed { what: (0, 0), since: nothing, sign, idle: none, stopped: none, leaves: none };
    let mut seen = vec![seen; pool_state.writers.len()];
    let mut state = pool_state.lock();
    let mut last = Instant::now();
    while !(state.closed && state.slots.iter().all(|slot| slot.is_over)) {
        let place_ends = state.closed && state.open == 0;
        let begins = |slot: &Slot<T>| slot.joins_since.is_some() || slot.begins_since.is_some();
        let watched = |slot: &Slot<T>| begins(slot) || leaves(slot, place_ends);
        state = if state.open == 0 && !state.closed && !state.slots.iter().any(watched) {
            pool_state.wait_as_watchdog(state)
        } else {
            pool_state.busy.wait_timeout(state, TICK).unwrap_or_else(PoisonError::into_inner).0
        };
        let now = Instant::now();
        // While this process was stopped itself, no worker was slow.
        let tick = (now - last).min(4 * TICK);
        last = now;
        let State { slots, closed, open, .. } = &mut *state;
        for (slot, seen) in slots.iter_mut().zip(&mut seen) {
            if let Some(line) = slot.line.as_mut().filter(|_| *closed && *open == 0) {
                // The end of its channel is how a worker learns that it may go.
                line.tasks = None;
            }
            let stopped =
                *closed && slot.process.as_ref().is_some_and(|process| process.is_stopped());
            let too_long = lasts(&mut seen.stopped, stopped, tick, LEAVE)
                | lasts(&mut seen.leaves, leaves(slot, *closed && *open == 0), tick, LEAVE);
            if too_long {
                slot.kill();
            }
            check(slot, seen, now, tick, &pool_state.settings);
        }
    }
}

/// Adds up how long something is so; says whether that is too long.
fn lasts(long: &mut Duration, is_so: bool, tick: Duration, limit: Duration) -> bool {
    *long = if is_so { *long + tick } else { Duration::ZERO };
    *long > limit
}

/// Says whether a process has nothing more to do here than to end.
fn leaves<T: Task>(slot: &Slot<T>, pool_ends: bool) -> bool {
    let told = slot.line.as_ref().map_or(pool_ends, |line| line.tasks.is_none());
    told && slot.process.is_some() && slot.in_flight.is_empty()
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
    let Some(line) = &slot.line else { return };
    let status_word = line.status_word.now();
    let (number, doomed) = match status_word {
        TaskStatus::Runs(number) => (number, false),
        TaskStatus::Doomed(number) => (number, true),
        TaskStatus::Nothing | TaskStatus::Finished(_) => {
            return check_idle(slot, seen, status_word, tick, settings);
        }
    };
    seen.idle = Duration::ZERO;
    if seen.what != (slot.generation, number) {
        (seen.what, seen.since) = ((slot.generation, number), now);
        return;
    }
    let first = slot.in_flight.front().map_or(0, |(number, _)| *number);
    let entry =
        slot.in_flight.get(usize::try_from(number.wrapping_sub(first)).unwrap_or(usize::MAX));
    let limit = entry.and_then(|(_, entry)| entry.choice(&settings.choice).options.time_limit);
    let over = limit.filter(|limit| now - seen.since >= *limit);
    // From here on it has no result, even if it should end before it is killed.
    let doomed = doomed || over.is_some() && line.status_word.doom(number);
    let handed_over = |limit: Duration| now - seen.since >= limit.saturating_add(HAND_OVER);
    // What was done before it is handed over first: it is nobody else's limit.
    if doomed && (number == first || over.is_none_or(handed_over)) {
        slot.kill();
    } else if !slot.return_requested && slot.load > 1 {
        // Again and again: more may have been under way to it when it gave back what it had. But
        // one at a time, for a worker that is stopped takes none.
        slot.request_return();
    }
}

/// Looks at a worker that runs no task: one that was sent some, and does nothing, is stopped, or
/// stuck in what is not a task. Nothing of what it has not begun is lost when it is killed.
fn check_idle<T: Task>(
    slot: &Slot<T>,
    seen: &mut Observed,
    status_word: TaskStatus,
    tick: Duration,
    settings: &Settings,
) {
    let (Some(line), Some((first, entry))) = (&slot.line, slot.in_flight.front()) else {
        seen.idle = Duration::ZERO;
        return;
    };
    // Relaxed: it is only compared.
    let sign = (slot.generation, status_word, line.sent.load(Relaxed), *first);
    // Its last answers may wait for this process, which is busy with others: then it is not its
    // fault.
    let answers_wait = matches!(status_word, TaskStatus::Finished(number) if number >= *first);
    let is_stopped = || slot.process.as_ref().is_some_and(|process| process.is_stopped());
    let stays = seen.sign == sign && (!answers_wait || is_stopped());
    seen.sign = sign;
    let limit = entry.choice(&settings.choice).options.time_limit;
    let limit = limit.map_or(BEGIN, |limit| limit.clamp(BEGIN_AT_LEAST, BEGIN));
    if lasts(&mut seen.idle, stays, tick, limit) {
        slot.kill();
    }
}
