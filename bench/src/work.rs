//! What contenders work: a number of steps, and a task's yield.

use std::future::poll_fn;
use std::hint::black_box;
use std::task::Poll;
use std::time::{Duration, Instant};

/// Steps of work: each needs the result of the one before, so that a processor cannot do two at
/// once.
#[inline]
pub fn work(steps: u32) {
    let mut state = 1_u32;
    for _ in 0..steps {
        state = black_box(state.wrapping_mul(747_796_405).wrapping_add(1));
    }
}

/// Returns how many steps of work take so long.
#[must_use]
pub fn steps(time: Duration) -> u32 {
    const STEPS: u32 = 1_000_000;
    let best = (0..5).map(|_| {
        let begun = Instant::now();
        work(STEPS);
        begun.elapsed()
    });
    let best = best.min().unwrap_or_default().as_secs_f64() / f64::from(STEPS);
    ((time.as_secs_f64() / best).round() as u32).max(1)
}

/// Wakes its own task and yields once, on any executor.
#[inline]
pub async fn give_way() {
    let mut gave_way = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut gave_way, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
