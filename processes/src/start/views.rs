//! What a child and its parent see, played by this program once more: as a parent with one thread,
//! and whatever that starts.

use std::io::{self, Write};
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tracing::info_span;

use super::{Job, Method, Streams, append};
use crate::child::{DEADLINE, Guarded, this_program};
use crate::spawn_and_wait::{Ended, lane};

/// What a child saw and did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The number of its process.
    pub process: u32,
    /// That of its parent.
    pub parent: u32,
    /// The list that it found in its memory.
    pub found: Vec<u32>,
    /// The same once it had appended 5.
    pub list: Vec<u32>,
    /// The list that it was handed, once it had appended 5.
    pub handed: Vec<u32>,
}

/// What a parent and its child saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Views {
    /// The child, at its end.
    pub child: Seen,
    /// How it ended.
    pub ended: Ended,
    /// The number of the parent's process.
    pub process: u32,
    /// The parent's list, once the child had ended.
    pub list: Vec<u32>,
}

/// A line that somebody in these lessons says.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Told {
    Started,
    Child(Seen),
    Parent { process: u32, list: Vec<u32>, ended: Ended },
}

/// Writes a line to standard output, at once and in one piece.
pub(crate) fn say(line: &impl Serialize) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{}", serde_json::to_string(line)?)?;
    out.flush()
}

/// What a parent does: starts a child and waits for it. The template of a fork server, if it is
/// one, is started when the list is `[20, 30]`; when the child is started, the list is `[20, 30,
/// 10]`.
pub(crate) fn starter(argument: &str) -> io::Result<()> {
    let (method, hands_over): (Method, bool) = serde_json::from_str(argument)?;
    let early = append(&[20, 30]);
    let mut method = method.begin(&this_program()?, &early)?;
    let list = append(&[10]);
    let child = method.start(
        &Job::Append { handed: if hands_over { list } else { Vec::new() } },
        Streams::own(),
    )?;
    say(&Told::Started)?;
    let ended = method.wait(child)?;
    say(&Told::Parent { process: std::process::id(), list: append(&[]), ended })
}

/// Shows what a child sees that `method` starts, and what its parent sees afterwards. The parent is
/// `program` once more: it has but one thread, as a process that forks should.
///
/// # Errors
/// The program cannot be started, or takes longer than its [deadline](DEADLINE).
pub fn views(program: &Path, method: Method, hands_over: bool) -> io::Result<Views> {
    let runs =
        lane("parent", || info_span!("runs", what = format!("starts it by {}", method.name())));
    let mut played = start(program, "starter", &(method, hands_over))?;
    let out = played.out();
    let (mut runs, mut waits, mut works) = (Some(runs), None, None);
    let (mut seen, mut afterwards) = (None, None);
    // The child speaks into the same pipe, and may be faster.
    while let Some(line) = out.line()? {
        match serde_json::from_str(&line)? {
            Told::Started => {
                waits = Some(lane("parent", || {
                    info_span!("waits", what = "the child's end", from = "child")
                }));
                works = seen
                    .is_none()
                    .then(|| lane("child", || info_span!("runs", what = "appends 5")));
                runs = None;
            }
            Told::Child(child) => {
                works = works
                    .or_else(|| Some(lane("child", || info_span!("runs", what = "appends 5"))));
                seen = Some(child);
            }
            Told::Parent { process, list, ended } => afterwards = Some((process, list, ended)),
        }
    }
    drop((runs, waits, works));
    well(&mut played)?;
    let (Some(child), Some((process, list, ended))) = (seen, afterwards) else {
        return Err(io::ErrorKind::UnexpectedEof.into());
    };
    Ok(Views { child, ended, process, list })
}

/// Starts `program` in a part, and hands it an argument, as JSON.
fn start(program: &Path, part: &str, argument: &impl Serialize) -> io::Result<Guarded> {
    Guarded::start(program, format_args!("{part}:{}", serde_json::to_string(argument)?), DEADLINE)
}

/// Lets `program` play a part that says one line, and returns it.
pub(crate) fn told<T: DeserializeOwned>(
    program: &Path,
    part: &str,
    argument: &impl Serialize,
) -> io::Result<T> {
    let mut played = start(program, part, argument)?;
    let line = played.out().line()?;
    well(&mut played)?;
    Ok(serde_json::from_str(&line.unwrap_or_default())?)
}

/// Waits until one that plays a part has come to its end, and asks that it went well.
fn well(played: &mut Guarded) -> io::Result<()> {
    let complaint = played.err().to_end()?;
    match Ended::from(played.wait()?) {
        Ended::Exited(0) => Ok(()),
        ended => Err(io::Error::other(format!("{}, {ended:?}", complaint.join("; ")))),
    }
}

/// Counts how often two lines arrive that a parent has once: one in a buffer, one that it has
/// registered for its end. It forks a child, which `returns` to where its parent goes on, calls
/// `exit`, or ends `at-once`.
///
/// # Errors
/// The program cannot be started, or cannot fork.
pub fn lines_written(program: &Path, child: &str) -> io::Result<[usize; 2]> {
    let _parent = lane("parent", || info_span!("runs", what = "writes, forks, writes out"));
    let what = if child == "returns" { "returns, writes out" } else { "ends" };
    let _child = lane("child", || info_span!("runs", what));
    let mut played = Guarded::start(program, format_args!("leave:{child}"), DEADLINE)?;
    let lines = played.out().to_end()?;
    well(&mut played)?;
    Ok(["buffered", "registered"].map(|wanted| lines.iter().filter(|line| *line == wanted).count()))
}
