//! The zygote of a fork server: a process with one thread and little memory, which forks on request.

use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};

use kit::child::Entry;
use nix::sys::signal::Signal::SIGTTOU;
use rustix::process::{Signal, kill_current_process_group, setpgid};
use rustix::stdio::{dup2_stderr, dup2_stdin, dup2_stdout, stdin};

use super::fork::exit_code;
use super::{Job, append, forked_for_parent, protocol};
use crate::signals::ignore;

/// Serves the socket that is its standard input until it is closed. Then it kills its process group,
/// which it leads: itself, and the children that still run.
pub(super) const ZYGOTE: Entry = Entry { name: "zygote", run: serve };

/// What the zygote answers: the child's PID, or why there is none.
pub(super) type Reply = Result<u32, String>;

fn serve(_: &[String]) -> io::Result<()> {
    // Its parent has done that already, if it is a fork server.
    setpgid(None, None)?;
    // It is no foreground group: on a terminal that is set to `tostop`, a child that writes would be
    // stopped.
    ignore(SIGTTOU)?;
    // An error has no other way to be seen than to be written.
    exit_code(|| answer_requests(stdin()).map(|()| 0));
    // The server is gone, perhaps by SIGKILL: nobody else is left who knows the children.
    Ok(kill_current_process_group(Signal::KILL)?)
}

fn answer_requests(socket: BorrowedFd<'_>) -> io::Result<()> {
    let Some((loaded, files)) = protocol::receive::<Vec<u32>>(socket)? else { return Ok(()) };
    let [Some(null), ..] = files? else { return Err(io::ErrorKind::InvalidInput.into()) };
    append(&loaded);
    while let Some((job, files)) = protocol::receive(socket)? {
        let reply: Reply =
            files.and_then(|files| start(job, &null, &files)).map_err(|error| error.to_string());
        protocol::send(socket, &reply, &[])?;
    }
    Ok(())
}

fn start(job: Job, input: &OwnedFd, files: &[Option<OwnedFd>]) -> io::Result<u32> {
    let [Some(out), Some(err)] = files else { return Err(io::ErrorKind::InvalidInput.into()) };
    // The child has its own copies of the files when they are closed here.
    forked_for_parent(|| {
        // Its new standard input closes the socket: if the child kept that, the server could not
        // notice the zygote's end.
        dup2_stdin(input)?;
        dup2_stdout(out)?;
        dup2_stderr(err)?;
        job.run()
    })
}
