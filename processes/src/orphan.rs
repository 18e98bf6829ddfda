//! An orphan: a child whose parent has ended. It gets a new parent, which has to wait for it.
//!
//! An orphan is given to its nearest ancestor that is a [subreaper](crate::subreaper), or else to
//! process 1. `init` waits for such children. The first process of a container is whatever was put
//! there, and often does not: hence `docker run --init`.

use std::io::{self, Read, Write};
use std::path::Path;

use kit::child::Entry;
use kit::process_lane::Lane;
use rustix::io::retry_on_intr;
use rustix::process::{WaitId, WaitIdOptions, WaitOptions, waitid, waitpid};

use crate::daemon::{DAEMON_PARENT, ParentDeath};
use crate::exit::Exit;
use crate::procfs;
use crate::subreaper::{Subreaper, adopt_orphans_and_start, kill, pid, report};

/// A subreaper that adopts orphans and does not wait for them.
pub const CHILD: Entry = Entry { name: "not-reaping", run: not_reaping };

/// What became of an orphan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Orphan {
    /// Whether the process that had started it was its parent at first.
    pub had_its_parent: bool,
    /// Whether the subreaper was its parent then.
    pub adopted: bool,
    /// What was left after its end: its state (`Z` for a zombie), and whether the subreaper was its
    /// parent.
    pub left: Option<(char, bool)>,
    /// Its exit status, as its last parent collected it.
    pub exit: Exit,
}

/// Kills the parent of a child below a subreaper that waits for orphans (Linux).
pub fn adopted(program: &Path) -> io::Result<Orphan> {
    let mut subreaper = ParentDeath::Ignored.start(program)?;
    let [parent] = subreaper.recv_numbers("parent")?;
    let [child, first_parent] = subreaper.recv_numbers("child")?;
    let _child = Lane::of("child", child).waits("its input", "lesson");
    {
        let _parent = Lane::of("parent", parent).waits("the child's end", "child");
        kill(parent)?;
        subreaper.wait_for(parent)?;
    }
    let _subreaper = Lane::of("subreaper", subreaper.id()).waits("the child's end", "child");
    subreaper.send_line("who is your parent?")?;
    let [new_parent] = subreaper.recv_numbers("answer")?;
    subreaper.send_line("end")?;
    let exit = subreaper.wait_for(child)?;
    let left =
        procfs::process(child)?.map(|process| (process.state, process.parent == subreaper.id()));
    let adopted = new_parent == subreaper.id();
    Ok(Orphan { had_its_parent: first_parent == parent, adopted, left, exit })
}

/// Kills the parent of a child below a subreaper that adopts orphans and does not wait for them.
pub fn not_reaped(program: &Path) -> io::Result<Orphan> {
    // That one runs below another one, which reaps what is left when the first one ends.
    let arguments = [DAEMON_PARENT.name, &serde_json::to_string(&ParentDeath::Ignored)?];
    let mut outer = Subreaper::start(program, &CHILD, &arguments)?;
    let [parent] = outer.recv_numbers("parent")?;
    let [child, first_parent] = outer.recv_numbers("child")?;
    let _child = Lane::of("child", child).waits("the subreaper's wait", "subreaper");
    kill(parent)?;
    // The parent was waiting for the child, and might reap it if the child ended now.
    outer.wait_for(parent)?;
    outer.send_line("end")?;
    let [subreaper] = outer.recv_numbers("ended")?;
    let _subreaper = Lane::of("subreaper", subreaper).runs("does something else");
    let left = procfs::process(child)?.map(|process| (process.state, process.parent == subreaper));
    outer.close_stdin();
    let adopted = left.is_some_and(|(_, adopted)| adopted);
    Ok(Orphan {
        had_its_parent: first_parent == parent,
        adopted,
        left,
        exit: outer.wait_for(child)?,
    })
}

/// What that subreaper does: waits for the child that it has started and reports it, says when
/// another one has ended, and leaves that one a zombie until the lesson closes the pipe.
fn not_reaping(arguments: &[String]) -> io::Result<()> {
    let started = pid(adopt_orphans_and_start(arguments)?)?;
    if let Some(reaped) = retry_on_intr(|| waitpid(Some(started), WaitOptions::empty()))? {
        report(reaped)?;
    }
    // With NOWAIT, the call returns at the child's end and does not reap it.
    retry_on_intr(|| waitid(WaitId::All, WaitIdOptions::EXITED | WaitIdOptions::NOWAIT))?;
    writeln!(io::stdout(), "ended {}", std::process::id())?;
    io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
