//! The children's parts in the lessons, by name. Each is a function in its lesson's file, beside the parent's part.

use std::io;
use std::process::ExitCode;

use crate::{cpus, daemon, house, isolation, limits, names, pipeline, signals, threads, worker, zombie};

/// A child's part; it is handed what follows the colon.
type Part = fn(&str) -> io::Result<()>;

const PARTS: &[(&str, Part)] = &[
    ("house", house::house),
    ("slovenly-house", house::slovenly_house),
    ("parent", daemon::parent),
    ("child", daemon::child),
    ("name", names::child),
    ("ten-threads", threads::child),
    ("worker", worker::child),
    ("cpus", cpus::child),
    ("quota", cpus::keeper),
    ("quota-member", cpus::member),
    ("ignoring", zombie::ignoring),
    ("stop", signals::child),
    ("fall", isolation::child),
    ("limit", limits::child),
    ("say", pipeline::say),
    ("count", pipeline::count),
    ("first", pipeline::first),
];

/// Names the parts that there are.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    PARTS.iter().map(|(name, _)| *name)
}

/// Plays the part that the text names, to its end; `None` if it names none.
pub(crate) fn play(text: &str) -> Option<ExitCode> {
    let (name, argument) = text.split_once(':').unwrap_or((text, ""));
    let (_, part) = PARTS.iter().find(|(known, _)| *known == name)?;
    // A part fails where its parent is gone, or is no parent of a lesson: it has nobody to tell why.
    Some(part(argument).map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS))
}
