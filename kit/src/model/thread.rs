//! [`std::thread`] for models: tasks of Shuttle, with notes of their starts and ends.

use std::cell::RefCell;
use std::io;
use std::panic::Location;
use std::time::Duration;

use shuttle::thread as inner;
pub use shuttle::thread::{AccessError, LocalKey, Result, ThreadId, panicking};

use super::notes::{self, Access, How, Needs, Object};

/// [`std::thread::Thread`] for models.
#[derive(Clone, Debug)]
pub struct Thread(inner::Thread);

impl Thread {
    /// Returns its name.
    pub fn name(&self) -> Option<&str> {
        self.0.name()
    }

    /// Returns its number, which is the same in every run of a schedule.
    pub fn id(&self) -> ThreadId {
        self.0.id()
    }

    /// Makes its token available, as [`std::thread::Thread::unpark`] does.
    #[track_caller]
    pub fn unpark(&self) {
        let touches = vec![(Object::token(self.id().into()), How::Write)];
        notes::step("unparks", touches, Needs::Nothing, || self.0.unpark(), |()| None);
    }
}

/// Returns the thread that runs.
pub fn current() -> Thread {
    Thread(inner::current())
}

/// Waits for this thread's token, as [`std::thread::park`] does; a model may return without one.
#[track_caller]
pub fn park() {
    let token = Object::token(current().id().into());
    // Looking for the token is part of the step before it.
    notes::also(token, How::Write);
    notes::step("parks", vec![(token, How::Write)], Needs::Nothing, inner::park, |()| None);
}

/// As [`park`]: a model has no time.
#[track_caller]
pub fn park_timeout(_: Duration) {
    park();
}

/// Lets other threads run.
#[track_caller]
pub fn yield_now() {
    notes::step("yields", Vec::new(), Needs::Nothing, inner::yield_now, |()| None);
}

/// Lets other threads run: a model has no time.
#[track_caller]
pub fn sleep(duration: Duration) {
    notes::step("sleeps", Vec::new(), Needs::Nothing, || inner::sleep(duration), |()| None);
}

/// What a thread does in the model: what it was given, and the note of its end.
fn noted<R>(body: impl FnOnce() -> R) -> impl FnOnce() -> R {
    || {
        let result = body();
        notes::ended();
        result
    }
}

fn identity(thread: &inner::Thread) -> (usize, Option<String>) {
    (number(thread), thread.name().map(str::to_owned))
}

fn number(thread: &inner::Thread) -> usize {
    thread.id().into()
}

fn joining(thread: &inner::Thread) -> Vec<Access> {
    vec![(Object::end(number(thread)), How::Take)]
}

/// [`std::thread::JoinHandle`] for models.
#[derive(Debug)]
pub struct JoinHandle<T>(inner::JoinHandle<T>, Thread);

impl<T> JoinHandle<T> {
    fn of(handle: inner::JoinHandle<T>) -> Self {
        let thread = Thread(handle.thread().clone());
        Self(handle, thread)
    }

    /// Waits for the end of the thread, and returns what it returned.
    ///
    /// # Errors
    /// It has panicked.
    #[track_caller]
    pub fn join(self) -> Result<T> {
        let touches = joining(self.0.thread());
        notes::step("joins", touches, Needs::Nothing, || self.0.join(), |_| None)
    }

    /// Returns the thread.
    pub fn thread(&self) -> &Thread {
        &self.1
    }
}

/// Starts a thread.
#[track_caller]
pub fn spawn<T: Send + 'static>(body: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
    JoinHandle::of(notes::spawn(|| inner::spawn(noted(body)), |handle| identity(handle.thread())))
}

/// [`std::thread::Builder`] for models.
#[derive(Debug, Default)]
pub struct Builder(inner::Builder);

impl Builder {
    /// Makes a builder of a thread without a name.
    pub fn new() -> Self {
        Self::default()
    }

    /// Names the thread.
    #[must_use]
    pub fn name(self, name: String) -> Self {
        Self(self.0.name(name))
    }

    /// Sets the size of its stack, in bytes.
    #[must_use]
    pub fn stack_size(self, size: usize) -> Self {
        Self(self.0.stack_size(size))
    }

    /// Starts the thread.
    ///
    /// # Errors
    /// None: a model has room for every thread.
    #[track_caller]
    pub fn spawn<T: Send + 'static>(
        self,
        body: impl FnOnce() -> T + Send + 'static,
    ) -> io::Result<JoinHandle<T>> {
        let handle = notes::spawn(
            || self.0.spawn(noted(body)).expect("a model has room for every thread"),
            |handle| identity(handle.thread()),
        );
        Ok(JoinHandle::of(handle))
    }
}

/// [`std::thread::Scope`] for models.
#[derive(Debug)]
pub struct Scope<'scope, 'env> {
    inner: &'scope inner::Scope<'scope, 'env>,
    threads: RefCell<Vec<Access>>,
}

/// [`std::thread::ScopedJoinHandle`] for models.
#[derive(Debug)]
pub struct ScopedJoinHandle<'scope, T>(inner::ScopedJoinHandle<'scope, T>);

/// Runs `body`, and waits for all threads that it has started in its scope, as
/// [`std::thread::scope`] does.
#[track_caller]
pub fn scope<'env, R>(body: impl for<'scope> FnOnce(&Scope<'scope, 'env>) -> R) -> R {
    let at = Location::caller();
    let result = inner::scope(|inner| {
        let scope = Scope { inner, threads: RefCell::default() };
        let result = body(&scope);
        // Shuttle waits behind this closure.
        notes::stands("joins", at, scope.threads.take());
        result
    });
    notes::passes();
    result
}

impl<'scope> Scope<'scope, '_> {
    /// Starts a thread in the scope.
    #[track_caller]
    pub fn spawn<T: Send + 'scope>(
        &self,
        body: impl FnOnce() -> T + Send + 'scope,
    ) -> ScopedJoinHandle<'scope, T> {
        let handle =
            notes::spawn(|| self.inner.spawn(noted(body)), |handle| identity(handle.thread()));
        self.threads.borrow_mut().extend(joining(handle.thread()));
        ScopedJoinHandle(handle)
    }
}

impl<T> ScopedJoinHandle<'_, T> {
    /// Waits for the end of the thread, and returns what it returned.
    ///
    /// # Errors
    /// It has panicked.
    #[track_caller]
    pub fn join(self) -> Result<T> {
        let touches = joining(self.0.thread());
        notes::step("joins", touches, Needs::Nothing, || self.0.join(), |_| None)
    }
}
