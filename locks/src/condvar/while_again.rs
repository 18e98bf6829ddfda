//! The consumer asks whether the buffer is empty each time that it is woken.

use super::{Buffer, Cues, Duration, info_span, lock, sum_of, two_consumers, wait};

fn take(buffer: &Buffer, cues: &Cues) -> Option<u32> {
    let mut items = lock(&buffer.items);
    while items.is_empty() {
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

/// Lets two producers put `items` each, 1 and up, and two consumers take as many, as fast as they
/// can; returns the sum of what was taken.
pub fn sum(items: u32) -> u64 {
    sum_of(items, Buffer::put, |buffer| take(buffer, &Cues::none()))
}
