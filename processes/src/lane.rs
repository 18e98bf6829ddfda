//! The lanes in which a lesson shows what its processes do, as far as the lesson's own process, the
//! parent, knows it.

use tracing::{Span, info_span};

/// A lane: what one process does. Each function opens a span in it.
#[derive(Clone, Copy)]
pub(crate) struct Lane {
    name: &'static str,
    /// `None` for this process.
    pid: Option<u32>,
}

/// The lane of this process.
pub(crate) const PARENT: Lane = Lane { name: "parent", pid: None };

/// Returns the lane of the lesson's child.
pub(crate) fn child(pid: u32) -> Lane {
    Lane::of("child", pid)
}

impl Lane {
    pub(crate) fn of(name: &'static str, pid: u32) -> Self {
        Self { name, pid: Some(pid) }
    }

    fn open(self, span: impl FnOnce() -> Span) -> Span {
        info_span!("lane", lane = self.name, pid = self.pid).in_scope(span)
    }

    pub(crate) fn runs(self, what: &str) -> Span {
        self.open(|| info_span!("runs", what))
    }

    pub(crate) fn waits(self, what: &str, from: &str) -> Span {
        self.open(|| info_span!("waits", what, from))
    }

    pub(crate) fn holds(self, what: &str) -> Span {
        self.open(|| info_span!("holds", what))
    }
}
