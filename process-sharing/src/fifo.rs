//! A named pipe (FIFO) between processes that are no relatives: they share nothing but a path.
//!
//! An open of one end blocks until another process opens the other end. The reader's input ends
//! whenever no writer is left, even if the next one is on its way.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use kit::child::Entry;
use kit::process_lane::PARENT;
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use crate::child::TalkingChild;
use crate::names::Names;
use crate::parent::{Parent, words};

/// A FIFO in a folder of the run's own.
struct Fifo<'a> {
    program: &'a Path,
    path: String,
    _names: Names,
}

impl<'a> Fifo<'a> {
    fn new(program: &'a Path) -> io::Result<Self> {
        let names = Names::new(program)?;
        let path = names.path("fifo");
        mkfifo(path.as_str(), Mode::S_IRUSR | Mode::S_IWUSR)?;
        Ok(Self { program, path, _names: names })
    }

    fn start(&self, lane: &str, does: &str) -> io::Result<TalkingChild> {
        TalkingChild::start(self.program, &CHILD, lane, &[], &[&self.path, does])
    }

    /// Lets a child do something, and returns the one line that it sends.
    fn answer(&self, lane: &str, does: &str) -> io::Result<String> {
        self.start(lane, does)?.answer()
    }
}

/// Lets one process write a line and another read it, and returns what was read.
pub fn by_name(program: &Path) -> io::Result<String> {
    let fifo = Fifo::new(program)?;
    let reader = fifo.start("reader", "read")?;
    let _waits = reader.lane().waits("a writer", "writer");
    fifo.answer("writer", "write hello")?;
    reader.answer()
}

/// Lets a process open the FIFO to write, though no process reads.
/// It blocks for ever.
pub fn no_reader(program: &Path) -> io::Result<()> {
    let fifo = Fifo::new(program)?;
    let mut writer = fifo.start("writer", "write hello")?;
    let _writer = writer.lane().waits("the parent to read", "parent");
    let _parent = PARENT.waits("the writer's exit", "writer");
    writer.join().map(drop)
}

/// Lets a process open the FIFO with `O_NONBLOCK`, though no process reads, and returns what it
/// found.
pub fn asked_first(program: &Path) -> io::Result<String> {
    Fifo::new(program)?.answer("writer", "ask")
}

/// Lets a writer write and exit before a second one comes, and returns what one reader reads until
/// its input ends.
pub fn early_end(program: &Path) -> io::Result<String> {
    let fifo = Fifo::new(program)?;
    let reader = fifo.start("reader", "read")?;
    fifo.answer("first", "write one")?;
    let read = reader.answer()?;
    // The reader has come to the end of its input and has exited; a second writer would block.
    match fifo.answer("second", "ask")?.as_str() {
        "no reader" => Ok(read),
        line => Err(io::Error::other(format!("the second writer says {line:?}"))),
    }
}

/// As [`early_end`], but the reader has the FIFO open for writing as well: there is always a
/// writer, and the input does not end. The reader knows that two lines come.
pub fn kept_open(program: &Path) -> io::Result<String> {
    let fifo = Fifo::new(program)?;
    let reader = fifo.start("reader", "read two lines")?;
    for (lane, does) in [("first", "write one"), ("second", "write two")] {
        fifo.answer(lane, does)?;
    }
    reader.answer()
}

/// The child: a reader or a writer, which is given the path, and what to do.
pub const CHILD: Entry = Entry { name: "fifo", run: child };

fn child(arguments: &[String]) -> io::Result<()> {
    let [path, does] = words(arguments)?;
    let parent = Parent::listen()?;
    match does {
        "read" => {
            let text = io::read_to_string(File::open(path)?)?;
            parent.send_line(text.trim_end().replace('\n', " "))
        }
        "read two lines" => {
            let fifo = OpenOptions::new().read(true).write(true).open(path)?;
            let lines: Vec<_> = BufReader::new(fifo).lines().take(2).collect::<Result<_, _>>()?;
            parent.send_line(lines.join(" "))
        }
        "ask" => match OpenOptions::new().write(true).custom_flags(libc::O_NONBLOCK).open(path) {
            Err(error) if error.raw_os_error() == Some(libc::ENXIO) => {
                parent.send_line("no reader")
            }
            other => other.and_then(|_| parent.send_line("a reader")),
        },
        write => {
            let mut fifo = OpenOptions::new().write(true).open(path)?;
            writeln!(fifo, "{}", write.trim_start_matches("write "))?;
            parent.send_line("written")
        }
    }
}
