//! The thread that watches the clock: it has those killed that take too long, and those relieved that are held up.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use crate::Task;
use crate::office::{Office, Slot};
use crate::shared::Now;

/// How often it looks. A time limit is kept to about twice as much.
const TICK: Duration = Duration::from_millis(5);
/// How long a new process may take to say who it is.
const JOIN: Duration = Duration::from_secs(30);

/// How long a worker that is to be killed has to hand over what it did before.
const HAND_OVER: Duration = Duration::from_secs(1);

/// Which task a worker was last seen at, and since when.
#[derive(Clone, Copy)]
struct Seen {
    what: (u64, u64),
    since: Instant,
}

pub(crate) fn watch<T: Task>(office: &Office<T>) {
    let mut seen = vec![Seen { what: (0, 0), since: Instant::now() }; office.writers.len()];
    let mut state = office.state();
    loop {
        if state.open == 0 && state.closed {
            return;
        }
        let begins = |slot: &Slot<T>| slot.joins_since.is_some() || slot.begins_since.is_some();
        state = if state.open == 0 && !state.slots.iter().any(begins) {
            office.wait(&office.busy, state)
        } else {
            office.busy.wait_timeout(state, TICK).unwrap_or_else(PoisonError::into_inner).0
        };
        let now = Instant::now();
        for (slot, seen) in state.slots.iter_mut().zip(&mut seen) {
            look(slot, seen, now, office.settings.initializer_limit);
        }
    }
}

fn look<T: Task>(slot: &mut Slot<T>, seen: &mut Seen, now: Instant, initializer_limit: Duration) {
    if slot.joins_since.is_some_and(|since| now - since > JOIN) {
        slot.kill();
        slot.joins_since = None;
    }
    if slot.begins_since.is_some_and(|since| now - since > initializer_limit) {
        slot.kill();
    }
    let Some(line) = &slot.line else { return };
    let (number, doomed) = match line.page.now() {
        Now::Runs(number) => (number, false),
        Now::Doomed(number) => (number, true),
        Now::Nothing | Now::Finished(_) => return,
    };
    if seen.what != (slot.generation, number) {
        *seen = Seen { what: (slot.generation, number), since: now };
        return;
    }
    let first = slot.in_flight.front().map_or(0, |(number, _)| *number);
    let ticket = slot.in_flight.get(usize::try_from(number.wrapping_sub(first)).unwrap_or(usize::MAX));
    let limit = ticket.and_then(|(_, ticket)| ticket.options.time_limit);
    let over = limit.filter(|limit| now - seen.since >= *limit);
    // From here on it has no result, even if it should end before it is killed.
    let doomed = doomed || over.is_some() && line.page.doom(number);
    // What was done before it is handed over first: it is nobody else's limit.
    if doomed && (number == first || over.is_none_or(|limit| now - seen.since >= limit + HAND_OVER)) {
        slot.kill();
    } else if !slot.nudged && slot.load > 1 {
        // Again and again: more may have been under way to it when it gave back what it had. But one at a time, for a worker that is
        // stopped takes none, and a full channel would stop this thread too.
        slot.nudge();
    }
}
