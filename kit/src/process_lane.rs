//! The lanes in which a lesson shows what processes do, as far as the lesson's own process knows it.

use tracing::{Span, info_span};

/// A lane: what one process does, or several, one after another. Each function opens a span in it.
///
/// ```
/// use kit::process_lane::{Lane, PARENT};
///
/// let _child = Lane::of("child", 4711).runs("adds 1");
/// let _parent = PARENT.waits("the child's end", "child");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Lane<'a> {
    name: &'a str,
    pid: Option<u32>,
}

/// The lane of this process: a lesson may run on a thread of another name.
pub const PARENT: Lane<'static> = Lane::shared("parent");

impl<'a> Lane<'a> {
    /// Returns the lane of a process.
    pub fn of(name: &'a str, pid: u32) -> Self {
        Self { name, pid: Some(pid) }
    }

    /// Returns a lane that several processes share.
    pub const fn shared(name: &'a str) -> Self {
        Self { name, pid: None }
    }

    fn open(self, span: impl FnOnce() -> Span) -> Span {
        info_span!("lane", lane = self.name, pid = self.pid).in_scope(span)
    }

    /// Shows what it does.
    pub fn runs(self, what: &str) -> Span {
        self.open(|| info_span!("runs", what))
    }

    /// Shows what it waits for, and the lane that can bring it about, if there is one.
    pub fn waits<'b>(self, what: &str, from: impl Into<Option<&'b str>>) -> Span {
        self.open(|| info_span!("waits", what, from = from.into()))
    }

    /// Shows what it holds.
    pub fn holds(self, what: &str) -> Span {
        self.open(|| info_span!("holds", what))
    }

    /// Shows that it does nothing, and why.
    pub fn idles(self, what: &str) -> Span {
        self.open(|| info_span!("idles", what))
    }
}
