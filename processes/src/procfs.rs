//! What Linux shows of any process under `/proc`. Other systems show it in other ways.

use std::fs::{read, read_dir, read_link, read_to_string};
use std::io;

use serde::{Deserialize, Serialize};

/// A process, as seen from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// Its name (`comm`): that of the file that it was started from, cut to 15 bytes, unless the
    /// process has set another.
    pub name: String,
    /// Its state: `R` runs, `S` sleeps, `T` is stopped, `Z` is a zombie.
    pub state: char,
    /// Its parent's PID.
    pub parent: u32,
    /// The number of its threads.
    pub threads: u32,
    /// The size of its memory in KiB; `None` for a zombie.
    pub memory: Option<u64>,
}

/// Returns what the system shows of a process; `None` if no process has this PID.
///
/// ```
/// # if cfg!(target_os = "linux") {
/// let this = processes::procfs::process(std::process::id())?.expect("it runs");
/// assert_eq!(this.parent, std::os::unix::process::parent_id());
/// # }
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn process(pid: u32) -> io::Result<Option<Process>> {
    let status = match read_to_string(format!("/proc/{pid}/status")) {
        Ok(status) => status,
        // The read of a process that is reaped meanwhile fails with the latter.
        Err(error)
            if error.kind() == io::ErrorKind::NotFound || error.raw_os_error() == Some(ESRCH) =>
        {
            return if read_dir("/proc/self").is_ok() { Ok(None) } else { Err(error) };
        }
        Err(error) => return Err(error),
    };
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(":\t"));
        line.ok_or_else(|| io::Error::other(format!("no {name} in /proc/{pid}/status")))
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

/// Returns the words of a process's command line; the first is the name that its parent gave it.
pub fn command_line(pid: u32) -> io::Result<Vec<String>> {
    let words = read(format!("/proc/{pid}/cmdline"))?;
    let words = words.strip_suffix(&[0]).unwrap_or(&words).split(|byte| *byte == 0);
    Ok(words.map(|word| String::from_utf8_lossy(word).into_owned()).collect())
}

/// Returns the names of a process's threads in the order of their numbers: main first.
pub fn threads(pid: u32) -> io::Result<Vec<String>> {
    let mut threads: Vec<_> =
        read_dir(format!("/proc/{pid}/task"))?.flatten().map(|task| task.path()).collect();
    // By the length first: as text, 10 would come before 9.
    threads.sort_by_key(|task| (task.as_os_str().len(), task.clone()));
    // A thread that ends meanwhile has no name any more.
    let names = threads.iter().filter_map(|task| read_to_string(task.join("comm")).ok());
    Ok(names.map(|name| name.trim_end().to_owned()).collect())
}

/// An open file of a process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenFile {
    /// Its descriptor.
    pub descriptor: i32,
    /// Its path, or what the system shows in place of one.
    pub target: String,
    /// Whether close-on-exec is set.
    pub close_on_exec: bool,
}

/// Returns the open files of this process, in the order of their descriptors.
pub fn open_files() -> io::Result<Vec<OpenFile>> {
    let this = format!("/proc/{}", std::process::id());
    let open_file = |descriptor: i32| {
        let target = read_link(format!("/proc/self/fd/{descriptor}")).ok()?;
        let info = read_to_string(format!("/proc/self/fdinfo/{descriptor}")).ok()?;
        let flags = info.lines().find_map(|line| line.strip_prefix("flags:"))?;
        let close_on_exec = u64::from_str_radix(flags.trim(), 8).ok()? & 0o2_000_000 != 0;
        // The directory that is being read is among them, and is left out.
        let target = (!target.starts_with(&this)).then(|| target.to_string_lossy().into_owned());
        Some(OpenFile { descriptor, target: target?, close_on_exec })
    };
    let descriptors = read_dir("/proc/self/fd")?.flatten();
    let mut open: Vec<_> = descriptors
        .filter_map(|entry| open_file(entry.file_name().to_str()?.parse().ok()?))
        .collect();
    open.sort_by_key(|open| open.descriptor);
    Ok(open)
}
