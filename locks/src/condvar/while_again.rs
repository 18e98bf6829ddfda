//! The consumer asks whether the buffer is empty each time that it is woken.

use super::{Arc, Buffer, Cues, Duration, crew, info_span, lock, member, two_consumers, wait};

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

/// Lets two producers put `items` each, 1 and up, and two consumers take as many, as fast as they can; returns the sum of what
/// was taken.
pub fn sum(items: u32) -> u64 {
    let put = move |buffer: &Buffer| (1..=items).for_each(|item| buffer.put(item));
    let put = move |buffer: &Buffer| {
        put(buffer);
        0
    };
    let add = move |buffer: &Buffer| {
        let taken = (0..items).filter_map(|_| take(buffer, &Cues::none()));
        taken.map(u64::from).sum::<u64>()
    };
    let members = [member("p1", put), member("p2", put), member("c1", add), member("c2", add)];
    crew(&Arc::new(Buffer::default()), members).into_iter().sum()
}
