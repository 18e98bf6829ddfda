//! A child is started and waited for: its exit status, and what it wrote meanwhile.

use std::io::{self, BufRead, Read, Write};
use std::path::Path;
use std::process::exit;
use std::time::Duration;

use kit::child::{ChildGuard, Entry};
use kit::process_lane::{Lane, PARENT};

use crate::exit::Exit;
use crate::messages::argument;

/// The children of these lessons that do one thing.
pub const CHILDREN: &[Entry] = &[EXIT, WAIT, WRITE, TALK];

/// Exits at once with the code that is its argument.
pub const EXIT: Entry = Entry { name: "exit", run: |arguments| exit(argument(arguments)?) };

/// Writes "ready", and reads its standard input to the end.
pub const WAIT: Entry = Entry {
    name: "wait",
    run: |_| {
        writeln!(io::stdout(), "ready")?;
        io::stdin().read_to_end(&mut Vec::new()).map(drop)
    },
};

/// Writes lines of 1 KiB to its standard output and its standard error by turns; its argument is
/// the number of lines for each.
pub const WRITE: Entry = Entry { name: "write", run: write };

/// Writes lines, each only after an answer to the one before; its argument is their number.
pub const TALK: Entry = Entry { name: "talk", run: talk };

/// Lets a child exit with `code`.
pub fn exit_code(program: &Path, code: i32) -> io::Result<Exit> {
    let mut child = EXIT.start(program, &[&code.to_string()])?;
    let _child = Lane::of("child", child.id()).runs(&format!("exit({code})"));
    let _parent = PARENT.waits("the child's end", "child");
    Ok(child.wait()?.into())
}

/// Kills a child that runs, and waits for its end.
pub fn signal(program: &Path) -> io::Result<Exit> {
    let mut child = WAIT.start(program, &[])?;
    let _child = Lane::of("child", child.id()).waits("its input", "parent");
    // A child that has written a line has been through exec.
    child.stdout().recv_line()?;
    child.kill()?;
    let _parent = PARENT.waits("the child's end", "child");
    Ok(child.wait()?.into())
}

/// The KiB that a child writes into each of two pipes: more than a pipe holds, which is 64 KiB on
/// Linux by default.
pub const KIB: u32 = 128;

/// What a child wrote, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Captured {
    /// Its exit status before its parent had read a line; `None` if it still ran.
    pub unread: Option<Exit>,
    /// The lines of its standard output.
    pub out: Vec<String>,
    /// The lines of its standard error.
    pub err: Vec<String>,
    /// Its exit status.
    pub exit: Exit,
}

impl Captured {
    /// Returns whether each pipe brought all its own lines, in order, and no other.
    pub fn is_whole(&self) -> bool {
        let whole = |lines: &[String], pipe: &str| {
            let wanted = (1..=KIB).map(|line| format!("{pipe} {line:<1019}"));
            lines.iter().map(String::as_str).eq(wanted)
        };
        whole(&self.out, "out") && whole(&self.err, "err")
    }
}

/// Waits for the child's end before it reads. The child is in the middle of a write: the pipe is
/// full, and the process that could empty it waits for the end. Without `timeout` both would wait
/// for ever.
pub fn wait_first(program: &Path, timeout: Duration) -> io::Result<Captured> {
    let mut child = WRITE.start(program, &[&KIB.to_string()])?;
    let unread = {
        let _child = Lane::of("child", child.id()).waits("room in the pipe", "parent");
        let _parent = PARENT.waits("the child's end", "child");
        child.wait_timeout(timeout)?.map(Exit::from)
    };
    Ok(Captured { unread, ..read_both(&mut child)? })
}

/// Reads both pipes at once, then waits for the end.
pub fn captured(program: &Path) -> io::Result<Captured> {
    read_both(&mut WRITE.start(program, &[&KIB.to_string()])?)
}

fn read_both(child: &mut ChildGuard) -> io::Result<Captured> {
    let _child = Lane::of("child", child.id()).runs("writes");
    let _parent = PARENT.runs("reads");
    // Two threads read. One after the other, the second pipe could fill up while the first is read
    // to its end.
    let (out, err) = (child.stdout(), child.stderr());
    let (out, err) = (out.recv_all()?, err.recv_all()?);
    Ok(Captured { unread: None, out, err, exit: child.wait()?.into() })
}

/// Reads `lines` lines of a child as they come, and answers each; returns each line, with whether the
/// child was still running then. The child writes none before it has the answer to the one before: if
/// they came all together at the end, there would be no end.
pub fn streamed(program: &Path, lines: u32) -> io::Result<(Vec<(String, bool)>, Exit)> {
    let mut child = TALK.start(program, &[&lines.to_string()])?;
    let out = child.stdout();
    let mut received = Vec::new();
    loop {
        let waits = PARENT.waits("a line", "child");
        let Some(line) = out.recv_line()? else { break };
        drop(waits);
        received.push((line, child.is_running()?));
        let _child = Lane::of("child", child.id()).waits("an answer", "parent");
        child.send_line(&format!("answer {}", received.len()))?;
    }
    Ok((received, child.wait()?.into()))
}

fn write(arguments: &[String]) -> io::Result<()> {
    let lines: u32 = argument(arguments)?;
    for line in 1..=lines {
        // The pipe's name, the line's number, blanks: 1024 bytes with the line's end.
        io::stdout().write_all(format!("out {line:<1019}\n").as_bytes())?;
        io::stderr().write_all(format!("err {line:<1019}\n").as_bytes())?;
    }
    Ok(())
}

fn talk(arguments: &[String]) -> io::Result<()> {
    let lines: u32 = argument(arguments)?;
    let mut answers = io::stdin().lock().lines();
    let mut heard = "nothing".to_owned();
    for line in 1..=lines {
        // Rust's standard output is line buffered, into a pipe too: no flush is needed.
        writeln!(io::stdout(), "line {line}, having heard: {heard}")?;
        heard = answers.next().ok_or(io::ErrorKind::UnexpectedEof)??;
    }
    Ok(())
}
