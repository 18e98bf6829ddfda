//! The consumer asks once whether the buffer is empty. When it is woken, someone else may have been
//! faster.

use super::{Buffer, Cues, Duration, info_span, lock, two_consumers, wait};

fn take(buffer: &Buffer, cues: &Cues) -> Option<u32> {
    let mut items = lock(&buffer.items);
    if items.is_empty() {
        let _waits = info_span!("waits", what = "item", from = "p");
        cues.give();
        items = wait(&buffer.filled, items);
        cues.give();
    }
    let item = items.pop_front();
    buffer.emptied.notify_one();
    item
}

/// Lets two consumers take one item each, of two that a producer puts; returns what they got.
pub fn run(cues: &Cues, pace: Duration) -> Vec<Option<u32>> {
    two_consumers(cues, pace, take)
}
