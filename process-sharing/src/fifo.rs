//! A named pipe between processes that are no relatives: they share nothing but a path.
//!
//! Whoever opens one end waits until someone opens the other. What is read ends whenever no writer
//! is left, even if the next one is on its way.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use nix::sys::stat::Mode;
use nix::unistd::mkfifo;
use tracing::info_span;

use crate::names::Names;
use crate::part::Part;
use crate::peer::{Parent, Peer, parent};

/// Makes a fifo in a folder of the run's own.
fn made(program: &Path) -> io::Result<(Names, String)> {
    let names = Names::new(program)?;
    let path = names.path("fifo");
    mkfifo(&path, Mode::S_IRUSR | Mode::S_IWUSR)?;
    let path = path.to_str().ok_or(io::ErrorKind::InvalidFilename)?.to_owned();
    Ok((names, path))
}

fn start(program: &Path, path: &str, lane: &str, does: &str) -> io::Result<Peer> {
    let mut peer = Peer::start(program, Part::Fifo, lane)?;
    peer.tell(path)?;
    peer.tell(does)?;
    Ok(peer)
}

/// One process writes a line, another reads it; neither has been handed anything but the path.
/// Returns what was read.
///
/// # Errors
/// The fifo cannot be made, or a child fails.
pub fn by_name(program: &Path) -> io::Result<String> {
    let (names, path) = made(program)?;
    let mut reader = start(program, &path, "reader", "read")?;
    let waits = reader.lane(|| info_span!("waits", what = "a writer", from = "writer"));
    let mut writer = start(program, &path, "writer", "write hello")?;
    writer.expect("open")?;
    // Both have it open: its name is of no more use.
    drop(names);
    let read = reader.heard()?;
    drop(waits);
    writer.ended()?;
    reader.ended()?;
    Ok(read)
}

/// A process opens the fifo to write, and nobody reads.
///
/// # Errors
/// The fifo cannot be made, or the child fails.
///
/// # Blocking
/// For ever.
pub fn no_reader(program: &Path) -> io::Result<()> {
    let (_names, path) = made(program)?;
    let mut writer = start(program, &path, "writer", "write hello")?;
    let _writer = writer.lane(|| info_span!("waits", what = "a reader", from = "parent"));
    let _parent = parent(|| info_span!("waits", what = "the writer's end", from = "writer"));
    writer.join().map(drop)
}

/// A process opens the fifo to write without waiting, and nobody reads. Returns what it was told.
///
/// # Errors
/// The fifo cannot be made, or the child fails.
pub fn asked_first(program: &Path) -> io::Result<String> {
    let (_names, path) = made(program)?;
    let mut writer = start(program, &path, "writer", "ask")?;
    let said = writer.heard()?;
    writer.ended()?;
    Ok(said)
}

/// A writer writes and ends, and only then does a second one come. Returns what one reader reads
/// until its input ends.
///
/// # Errors
/// The fifo cannot be made, or a child fails.
pub fn early_end(program: &Path) -> io::Result<String> {
    two_writers(program, "read")
}

/// As [`early_end`], but the reader has opened the fifo to write as well: so there is a writer all
/// the time, and the input has no end. That two lines come is agreed on.
///
/// # Errors
/// The fifo cannot be made, or a child fails.
pub fn kept_open(program: &Path) -> io::Result<String> {
    two_writers(program, "read two lines")
}

fn two_writers(program: &Path, reads: &str) -> io::Result<String> {
    let (names, path) = made(program)?;
    let mut reader = start(program, &path, "reader", reads)?;
    let mut first = start(program, &path, "first", "write one")?;
    first.expect("open")?;
    first.ended()?;
    if reads == "read" {
        // It has come to an end of its input; that is what is shown. The second writer would wait
        // for a reader.
        let read = reader.heard()?;
        reader.ended()?;
        let mut second = start(program, &path, "second", "ask")?;
        second.expect("no reader")?;
        second.ended()?;
        return Ok(read);
    }
    let mut second = start(program, &path, "second", "write two")?;
    second.expect("open")?;
    drop(names);
    second.ended()?;
    let read = reader.heard()?;
    reader.ended()?;
    Ok(read)
}

/// A reader or a writer: is told the path, and what to do.
pub(crate) fn peer(parent: &Parent) -> io::Result<()> {
    let path = parent.told()?;
    let does = parent.told()?;
    match does.as_str() {
        "read" => {
            let mut text = String::new();
            File::open(path)?.read_to_string(&mut text)?;
            parent.tell(text.trim_end().replace('\n', " "))
        }
        "read two lines" => {
            let fifo = OpenOptions::new().read(true).write(true).open(path)?;
            let lines: Vec<_> = BufReader::new(fifo).lines().take(2).collect::<Result<_, _>>()?;
            parent.tell(lines.join(" "))
        }
        "ask" => match OpenOptions::new().write(true).custom_flags(libc::O_NONBLOCK).open(path) {
            Err(error) if error.raw_os_error() == Some(libc::ENXIO) => parent.tell("no reader"),
            other => other.and_then(|_| parent.tell("a reader")),
        },
        write => {
            let mut fifo = OpenOptions::new().write(true).open(path)?;
            parent.tell("open")?;
            writeln!(fifo, "{}", write.trim_start_matches("write "))
        }
    }
}
