//! What a child finds in its memory, and what its parent has afterwards. The parent is this program
//! once more: a process that forks should have one thread.

use std::io;
use std::path::Path;

use kit::child::{Entry, program};
use kit::process_lane::Lane;
use serde::{Deserialize, Serialize};

use super::{Job, Method, Streams, append, bound_lifetime};
use crate::exit::Exit;
use crate::messages::{argument, print_json, start, wait_for_success};

/// The parent; its argument is the start method, and whether the child is handed the list.
pub(super) const PARENT: Entry = Entry { name: "start-parent", run: parent };

/// What a child found, and what it made of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChildView {
    /// Its PID.
    pub pid: u32,
    /// Its parent's PID.
    pub parent: u32,
    /// The list that it found in its memory.
    pub found: Vec<u32>,
    /// The same list after it had appended 5.
    pub list: Vec<u32>,
    /// The list that it was handed, after it had appended 5.
    pub handed: Vec<u32>,
}

/// What a parent has when its child has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParentView {
    /// What the child saw.
    pub child: ChildView,
    /// The child's exit status.
    pub exit: Exit,
    /// The parent's PID.
    pub pid: u32,
    /// The parent's list after the child's end.
    pub list: Vec<u32>,
}

/// A line that one of the processes of these lessons writes.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Message {
    Started,
    Child(ChildView),
    Waited { list: Vec<u32>, exit: Exit },
}

/// What the parent does: starts a child and waits for it. The zygote of a fork server, if there is
/// one, is started when the list is `[20, 30]`; when the child is started, it is `[20, 30, 10]`.
fn parent(arguments: &[String]) -> io::Result<()> {
    bound_lifetime();
    let (method, hands_over): (Method, bool) = argument(arguments)?;
    let early = append(&[20, 30]);
    let mut method = method.begin(&program()?, &early)?;
    let list = append(&[10]);
    let handed = if hands_over { list } else { Vec::new() };
    let child = method.start(&Job::Append { handed }, Streams::own())?;
    print_json(&Message::Started)?;
    let exit = method.wait(child)?;
    print_json(&Message::Waited { list: append(&[]), exit })
}

/// Shows what a child sees that `method` starts, and what its parent sees afterwards. The parent is
/// `program`, which has to be this topic's binary.
pub fn views(program: &Path, method: Method, hands_over: bool) -> io::Result<ParentView> {
    let mut played = start(program, &PARENT, &(method, hands_over))?;
    let (out, pid) = (played.stdout(), played.id());
    let parent = Lane::of("parent", pid);
    let mut does = Some(parent.runs(&format!("starts it by {}", method.name())));
    let (mut seen, mut afterwards) = (None, None);
    // The child writes into the same pipe, and may be faster than its parent.
    while let Some(line) = out.recv_line()? {
        match serde_json::from_str(&line)? {
            Message::Started => does = Some(parent.waits("the child's end", "child")),
            Message::Child(child) => {
                seen = Some((Lane::of("child", child.pid).runs("appended 5"), child));
            }
            Message::Waited { list, exit } => afterwards = Some((list, exit)),
        }
    }
    drop(does);
    wait_for_success(&mut played)?;
    let (Some((_child, child)), Some((list, exit))) = (seen, afterwards) else {
        return Err(io::ErrorKind::UnexpectedEof.into());
    };
    Ok(ParentView { child, exit, pid, list })
}
