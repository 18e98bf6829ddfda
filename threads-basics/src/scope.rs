//! Threads that borrow from their parent's stack, since they end before it goes on (structured
//! concurrency).
//!
//! `thread::spawn` takes what lives for ever (`'static`), since the thread may run for any time: its
//! handle may be dropped. `thread::scope` does not return before all threads started
//! in it have ended; so they may borrow whatever lives longer than the call.
//!
//! That it is a call is the point: a guard that joined its thread when it was dropped, as before Rust
//! 1.0, may be leaked, and then the thread reads a stack that is gone.

use std::any::Any;
use std::panic::catch_unwind;
use std::thread::{Builder, scope, sleep};

use kit::real::lane::{finish, start};
use kit::sync_point::SyncPoint;
use tracing::info_span;

use crate::PACE;
use crate::real::worker::message;

/// Moves a copy into the thread `t1`, which doubles it: where rustc's error message leads if it is
/// followed to the letter. Returns the parent's list, as it was.
///
/// Without the copy, rustc refuses it, first since the thread borrows the list, and then, with
/// `move`, since the list lives shorter than the thread might:
///
/// ```compile_fail,E0373
/// let mut list = vec![1, 2, 3, 4];
/// std::thread::spawn(|| list.iter_mut().for_each(|number| *number *= 2));
/// ```
///
/// ```compile_fail,E0597
/// let mut list = vec![1, 2, 3, 4];
/// let borrowed = &mut list;
/// std::thread::spawn(move || borrowed.iter_mut().for_each(|number| *number *= 2));
/// ```
pub fn copied() -> Vec<u32> {
    let list = vec![1, 2, 3, 4];
    let mut copy = list.clone();
    finish(start("t1", move || double(&mut copy)));
    list
}

/// Lends a half of the list to each of two threads, which double it in place: no copy, no `Arc`, no
/// lock. Returns the list, and whether the threads worked on the parent's own memory.
///
/// The halves do not overlap, and rustc knows that, since `split_at_mut` says so. The whole list
/// for both is refused:
///
/// ```compile_fail,E0499
/// let mut list = vec![1, 2, 3, 4];
/// std::thread::scope(|scope| {
///     scope.spawn(|| list.push(5));
///     scope.spawn(|| list.push(6));
/// });
/// ```
pub fn halves() -> (Vec<u32>, bool) {
    let mut list = vec![1, 2, 3, 4];
    let at = list.as_ptr().addr();
    let (left, right) = list.split_at_mut(2);
    let second = right.as_ptr().addr() - at;
    let ends = scope(|scope| {
        // `scope.spawn` would do; a builder gives the thread a name as well.
        let named = |name: &str| Builder::new().name(name.into());
        let left = named("left").spawn_scoped(scope, || double(left));
        let right = named("right").spawn_scoped(scope, || double(right));
        [left, right].map(|half| {
            let half = half.expect("the system has room for another thread");
            half.join().expect("to double a small number does not fail")
        })
    });
    let in_place = ends == [at, at + second];
    (list, in_place)
}

/// Lends the list to three threads that read it, and to the parent, all at once; returns the sum,
/// the smallest and the largest.
pub fn readers() -> (u32, Option<u32>, Option<u32>) {
    let list = [3, 1, 4, 1, 5];
    let all_are_there = SyncPoint::of(4).in_rounds();
    let numbers = || {
        all_are_there.meet();
        list.iter().copied()
    };
    scope(|scope| {
        let smallest = scope.spawn(|| numbers().min());
        let largest = scope.spawn(|| numbers().max());
        let count = scope.spawn(|| numbers().count());
        let sum: u32 = numbers().sum();
        let joined = "to read a list does not fail";
        assert_eq!(count.join().expect(joined), list.len());
        (sum, smallest.join().expect(joined), largest.join().expect(joined))
    })
}

/// Joins no thread by hand: the end of the scope waits. The thread is held back until the parent has
/// nothing left to do in it. Returns what the thread has written when the scope has ended.
pub fn unjoined() -> u32 {
    let mut written = 0;
    let last_word = SyncPoint::of(2).in_rounds();
    scope(|scope| {
        scope.spawn(|| {
            last_word.meet();
            written = 1;
        });
        last_word.meet();
    });
    written
}

/// Lets a thread panic in two scopes, and returns the message that `join` returns, and that of the
/// scope, which panics itself at its end. Neither panic is lost; but the scope's own has not the
/// thread's message.
pub fn panicked() -> [String; 2] {
    let said = |payload: Box<dyn Any + Send>| message(&*payload).unwrap_or_default().to_owned();
    let joined = scope(|scope| scope.spawn(|| -> () { panic!("out of paper") }).join());
    let left = catch_unwind(|| {
        scope(|scope| {
            scope.spawn(|| -> () { panic!("out of paper") });
        });
    });
    [joined.err(), left.err()].map(|payload| payload.map(said).unwrap_or_default())
}

/// Doubles the numbers, and returns where they are.
fn double(numbers: &mut [u32]) -> usize {
    let _runs = info_span!("runs", what = "doubles");
    sleep(PACE);
    numbers.iter_mut().for_each(|number| *number *= 2);
    numbers.as_ptr().addr()
}
