//! What Linux shows of any process under `/proc`, without its help. Other systems show it in other
//! ways.

use std::fs::{read, read_dir, read_to_string};
use std::io;

/// A process, as seen from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// Its name (`comm`): of the file that it was started from, cut to 15 bytes, unless it has
    /// given itself another.
    pub name: String,
    /// What it does: `R` runs, `S` sleeps, `Z` has ended, and nobody has waited for it.
    pub state: char,
    /// Its parent's number.
    pub parent: u32,
    /// How many threads it has.
    pub threads: u32,
    /// How much memory it has, in KiB; `None` of one that has ended.
    pub memory: Option<u64>,
}

/// Looks at a process; `None` if there is none of that number.
///
/// ```
/// # if cfg!(target_os = "linux") {
/// let this = processes::proc::look(std::process::id())?.expect("it is there");
/// assert_eq!(this.parent, std::os::unix::process::parent_id());
/// # }
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// The system has no `/proc`, or says in it what it should not.
pub fn look(id: u32) -> io::Result<Option<Process>> {
    let status = match read_to_string(format!("/proc/{id}/status")) {
        Ok(status) => status,
        // The latter comes of a process that is reaped while it is read.
        Err(error)
            if error.kind() == io::ErrorKind::NotFound || error.raw_os_error() == Some(ESRCH) =>
        {
            return if read_dir("/proc/self").is_ok() { Ok(None) } else { Err(error) };
        }
        Err(error) => return Err(error),
    };
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(":\t"));
        line.ok_or_else(|| io::Error::other(format!("no {name} in /proc/{id}/status")))
    };
    let number = |name: &str| field(name)?.trim().parse().map_err(io::Error::other);
    Ok(Some(Process {
        name: field("Name")?.to_owned(),
        state: field("State")?.chars().next().unwrap_or('?'),
        parent: number("PPid")?,
        threads: number("Threads")?,
        memory: field("VmSize").ok().and_then(|size| size.split_whitespace().next()?.parse().ok()),
    }))
}

/// No such process.
const ESRCH: i32 = rustix::io::Errno::SRCH.raw_os_error();

/// Reads the words of a process's command line; the first is what its starter called it.
///
/// # Errors
/// There is no process of that number.
pub fn command_line(id: u32) -> io::Result<Vec<String>> {
    let words = read(format!("/proc/{id}/cmdline"))?;
    let words = words.strip_suffix(&[0]).unwrap_or(&words);
    Ok(words
        .split(|byte| *byte == 0)
        .map(|word| String::from_utf8_lossy(word).into_owned())
        .collect())
}

/// Names the threads of a process, in the order of their numbers: main first.
///
/// # Errors
/// There is no process of that number.
pub fn threads(id: u32) -> io::Result<Vec<String>> {
    let mut threads: Vec<_> =
        read_dir(format!("/proc/{id}/task"))?.flatten().map(|task| task.path()).collect();
    // By the length first: as text, 10 would come before 9.
    threads.sort_by_key(|task| (task.as_os_str().len(), task.clone()));
    // One that ends meanwhile has no name any more.
    let names = threads.iter().filter_map(|task| read_to_string(task.join("comm")).ok());
    Ok(names.map(|name| name.trim_end().to_owned()).collect())
}
