//! The children's parts in the lessons, by name. Each is a function in its lesson's file, beside
//! the parent's part.

use std::io::{self, Write};
use std::process::ExitCode;

use crate::child::bounded;
use crate::{
    copy_on_write, cpus, daemon, house, inherited_files, isolation, limits, names, pipeline,
    signals, start, threads, worker, zombie,
};

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
    ("template", start::template),
];

/// Parts in the lessons on starting. Most are parents: a process that forks has to have one thread,
/// and a lesson's has several. So the lesson's parent is a child itself, with no thread but the one
/// that `main` began on. They are bounded before they begin.
const STARTING: &[(&str, Part)] = &[
    ("starter", start::starter),
    ("leave", start::leave),
    ("job", start::job),
    ("stopwatch", start::answer_the_stopwatch),
    ("memory", copy_on_write::parent),
    ("files", inherited_files::parent),
    ("list", inherited_files::list),
];

/// Names the parts that there are.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    PARTS.iter().chain(STARTING).map(|(name, _)| *name)
}

/// Plays the part that the text names, to its end; `None` if it names none.
pub(crate) fn play(text: &str) -> Option<ExitCode> {
    let (name, argument) = text.split_once(':').unwrap_or((text, ""));
    let find = |parts: &[(&str, Part)]| {
        parts.iter().find(|(known, _)| *known == name).map(|(_, part)| *part)
    };
    let part = find(PARTS).or_else(|| find(STARTING).inspect(|_| bounded()))?;
    Some(part(argument).map_or_else(
        |error| {
            // Where its parent is gone, there is nobody to tell why.
            let _ = writeln!(io::stderr(), "processes: {error}");
            ExitCode::FAILURE
        },
        |()| ExitCode::SUCCESS,
    ))
}
