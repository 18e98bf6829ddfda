//! Why a future must not move between two polls, and what keeps it in place.
//!
//! What an `async fn` keeps across an await lies in its future: a local variable, and a reference to
//! it as well. So the future may point into itself, and a move would leave that reference where the
//! variable was. `poll` therefore takes a `Pin<&mut Self>`, which promises that the future stays at
//! its address until it is dropped. What may be moved all the same is [`Unpin`]: all types but those
//! that opt out, as async functions' futures do.
//!
//! The compiler refuses to poll such a future where it could be moved,
//!
//! ```compile_fail,E0277
//! use std::task::{Context, Waker};
//!
//! let mut future = async { std::future::ready(7).await };
//! // error[E0277]: the `async` block cannot be unpinned
//! let _ = std::pin::Pin::new(&mut future).poll(&mut Context::from_waker(Waker::noop()));
//! ```
//!
//! to hand out the reference by which a pinned one could be moved,
//!
//! ```compile_fail,E0277
//! let (mut one, mut other) = (Box::pin(async {}), Box::pin(async {}));
//! // error[E0277]: `mem::swap` needs `&mut`, and `Pin` has it for `Unpin` alone
//! std::mem::swap(one.as_mut().get_mut(), other.as_mut().get_mut());
//! ```
//!
//! and to use a variable that was pinned where it stands:
//!
//! ```compile_fail,E0382
//! let future = async {};
//! let pinned = std::pin::pin!(future);
//! // error[E0382]: use of moved value
//! let moved = future;
//! # drop(pinned);
//! ```

use std::cell::RefCell;
use std::future::poll_fn;
use std::mem::swap;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// A value that knows its own address, as a future with a reference into itself does.
struct SelfReference {
    value: u32,
    /// Where `value` was. It is compared and never read: that would be undefined behaviour.
    points_to: *const u32,
}

/// Makes a value that points into itself, and moves it; returns whether it still does before and
/// after.
pub fn moved() -> (bool, bool) {
    let new = || SelfReference { value: 7, points_to: std::ptr::null() };
    let (mut one, mut other) = (new(), new());
    one.points_to = &raw const one.value;
    let into_itself = |it: &SelfReference| std::ptr::eq(it.points_to, &raw const it.value);
    let before = into_itself(&one);
    swap(&mut one, &mut other);
    (before, into_itself(&other))
}

/// Notes at each of its two polls where its own local variable is, as a reference has it that it
/// keeps across the await.
async fn keeps_a_reference(noted: Rc<RefCell<Vec<usize>>>) -> u32 {
    let value = 7;
    let reference = &value;
    let mut polls = 0;
    poll_fn(|_| {
        noted.borrow_mut().push(std::ptr::from_ref(reference).addr());
        polls += 1;
        if polls < 2 { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    *reference
}

/// Polls an async function's future in a pinned box, moves the box, and polls it again. Returns
/// whether its local variable lies within it, whether that had the same address at both polls, and
/// what the reference led to in the end.
pub fn pinned() -> (bool, bool, u32) {
    let noted = Rc::<RefCell<Vec<_>>>::default();
    let mut context = Context::from_waker(Waker::noop());
    let mut future = Box::pin(keeps_a_reference(Rc::clone(&noted)));
    let first = future.as_mut().poll(&mut context);
    assert!(first.is_pending(), "it waits once");
    let begin = std::ptr::from_ref(&*future).addr();
    let inside = (begin..begin + size_of_val(&*future)).contains(&noted.borrow()[0]);
    // The pointer goes into a vector, and what it points to stays.
    let mut owners: Vec<Pin<Box<dyn Future<Output = u32>>>> = vec![future];
    let Poll::Ready(value) = owners[0].as_mut().poll(&mut context) else { unreachable!("it ends") };
    let noted = noted.borrow();
    (inside, noted[0] == noted[1], value)
}

/// Polls a future that is `Unpin`, moves it, and polls it again, to its end.
pub fn unpin() -> Poll<&'static str> {
    let mut polls = 0;
    // Nothing in it points into itself. `Pin` would give a `&mut` to it.
    let mut here = poll_fn(move |_| {
        polls += 1;
        if polls < 2 { Poll::Pending } else { Poll::Ready("it ends") }
    });
    let mut context = Context::from_waker(Waker::noop());
    assert!(Pin::new(&mut here).poll(&mut context).is_pending(), "it waits once");
    let mut there = Box::new(here);
    Pin::new(&mut *there).poll(&mut context)
}
