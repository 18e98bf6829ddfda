//! A thread that serves one request after the other, and keeps the user in a thread-local: as pools
//! do, and loggers.
//!
//! A thread-local lives as long as its thread, not as long as the request.

use std::cell::RefCell;

use tracing::info_span;

use crate::real::lane::{finish, start};

/// Who asked; nobody in particular is `None`.
type User = Option<String>;

thread_local! {
    /// On whose behalf this thread works.
    static USER: RefCell<User> = const { RefCell::new(None) };
}

/// Serves a request of Ada's and then one of nobody's; returns for whom each took it. Nothing is
/// put back.
pub fn left_over() -> [User; 2] {
    served(|user, request| {
        if user.is_some() {
            USER.set(user);
        }
        request()
    })
}

/// The same, and puts back what was there before, whatever becomes of the request.
pub fn put_back() -> [User; 2] {
    served(|user, request| {
        let _before = Restored(USER.replace(user));
        request()
    })
}

/// Puts back the user that it holds when it is dropped, which is also when the request panics.
struct Restored(User);

impl Drop for Restored {
    fn drop(&mut self) {
        USER.set(self.0.take());
    }
}

/// Serves two requests on one thread, each by `serve`.
fn served(serve: fn(User, fn() -> User) -> User) -> [User; 2] {
    finish(start("worker", move || {
        [Some("Ada".to_owned()), None].map(|user| {
            let _runs = info_span!("runs", what = user.as_deref().unwrap_or("nobody"));
            // Deep inside, nobody hands the user on: it is read from the thread.
            serve(user, || USER.with_borrow(Clone::clone))
        })
    }))
}
