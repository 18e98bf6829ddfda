//! Two futures made into one, on any runtime: no task is spawned, and both run inside the task that
//! awaits them.
//!
//! ```
//! use coroutines::combine::{Either, join, select};
//! use coroutines::executor::{block_on, yield_now};
//!
//! let slow = async {
//!     yield_now().await;
//!     1
//! };
//! assert_eq!(block_on(join(slow, async { 2 })), (1, 2));
//!
//! let never = std::future::pending::<i32>();
//! assert_eq!(block_on(select(never, async { 2 })), Either::Right(2));
//! ```
//!
//! # Relationship with tokio
//! `tokio::join!` and `tokio::select!` do this for any number, and `select!` begins with another
//! one at each poll, so that none is preferred. Here the left one is.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

/// Waits for both.
pub async fn join<A: Future, B: Future>(left: A, right: B) -> (A::Output, B::Output) {
    let (mut left, mut right) = (pin!(left), pin!(right));
    let (mut one, mut other) = (None, None);
    poll_fn(|cx| {
        // Who is done must not be polled again. Both are polled at each wake-up: a waker does not
        // say for whom it was.
        if one.is_none()
            && let Poll::Ready(output) = left.as_mut().poll(cx)
        {
            one = Some(output);
        }
        if other.is_none()
            && let Poll::Ready(output) = right.as_mut().poll(cx)
        {
            other = Some(output);
        }
        match (one.take(), other.take()) {
            (Some(one), Some(other)) => Poll::Ready((one, other)),
            (one_so_far, other_so_far) => {
                (one, other) = (one_so_far, other_so_far);
                Poll::Pending
            }
        }
    })
    .await
}

/// Says which of two was first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Either<A, B> {
    /// The left one.
    Left(A),
    /// The right one.
    Right(B),
}

/// Waits for the first of two, and drops the other one where it is: what that costs is the lesson
/// `cancel`. If both are ready, it is the left one.
pub async fn select<A: Future, B: Future>(left: A, right: B) -> Either<A::Output, B::Output> {
    let (mut left, mut right) = (pin!(left), pin!(right));
    poll_fn(|cx| {
        if let Poll::Ready(output) = left.as_mut().poll(cx) {
            return Poll::Ready(Either::Left(output));
        }
        right.as_mut().poll(cx).map(Either::Right)
    })
    .await
}
