//! Whoever finds no link, and is not the last either, waits for the link: it takes the other one a
//! moment.

use super::{Cues, Duration, Line};

/// Lets two threads take the lock, the second while the first is inside for `pace`; returns how
/// many got in.
pub fn run(cues: &Cues, pace: Duration) -> u32 {
    super::run(cues, pace, give_back)
}

fn give_back(line: &Line, me: usize) {
    if let Some(next) = line.next(me) {
        line.give_to(next);
    } else if !line.leave(me) {
        tracing::info!("finds no link");
        line.cues.meet();
        loop {
            if let Some(next) = line.next(me) {
                return line.give_to(next);
            }
            line.places[me].next.wait(0, None);
        }
    }
}
