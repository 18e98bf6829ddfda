//! What the system shows of other processes' threads, without their help.

/// A thread, as seen from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thread {
    /// The kernel's number for it.
    pub tid: u64,
    /// Its name.
    pub name: String,
    /// Whether it sleeps.
    pub asleep: bool,
    /// The system call that it is in.
    pub call: Option<String>,
    /// Whether that call comes back by itself after some time.
    pub timed: bool,
}

/// Looks at the threads of all processes in a group; `None` where the system does not show them.
#[cfg(target_os = "linux")]
pub fn threads(group: u32) -> Option<Vec<Thread>> {
    let processes = std::fs::read_dir("/proc")
        .ok()?
        .flatten()
        .filter(|entry| group_of(&entry.path()) == Some(group));
    let tasks = processes.filter_map(|process| std::fs::read_dir(process.path().join("task")).ok());
    let mut threads = Vec::new();
    for entry in tasks.flatten().flatten() {
        let read =
            |file: &str| std::fs::read_to_string(entry.path().join(file)).unwrap_or_default();
        let Some(tid) = entry.file_name().to_str().and_then(|tid| tid.parse().ok()) else {
            continue;
        };
        let asleep = state(&read("stat")).next() == Some("S");
        let (call, timed) = call(&read("syscall"));
        threads.push(Thread { tid, name: read("comm").trim_end().to_owned(), asleep, call, timed });
    }
    Some(threads)
}

/// Looks at the threads of all processes in a group; `None` where the system does not show them.
#[cfg(not(target_os = "linux"))]
pub fn threads(_group: u32) -> Option<Vec<Thread>> {
    None
}

/// Lists the processes that this one has started, and that have not ended.
#[cfg(target_os = "linux")]
pub(crate) fn children() -> Vec<i32> {
    let child = |entry: std::fs::DirEntry| {
        let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
        let mut state = state(&stat);
        let is_alive = state.next()? != "Z";
        let is_ours = state.next()?.parse() == Ok(std::process::id());
        (is_alive && is_ours).then(|| entry.file_name().to_str()?.parse().ok()).flatten()
    };
    std::fs::read_dir("/proc").into_iter().flatten().flatten().filter_map(child).collect()
}

/// Lists the processes that this one has started: none where the system does not show them.
#[cfg(not(target_os = "linux"))]
pub(crate) fn children() -> Vec<i32> {
    Vec::new()
}

/// Splits what a `stat` file says behind the name, which may hold anything, a parenthesis too:
/// state, parent, group, …
#[cfg(target_os = "linux")]
fn state(stat: &str) -> impl Iterator<Item = &str> {
    stat.rsplit_once(')').into_iter().flat_map(|(_, rest)| rest.split_whitespace())
}

/// Returns the group of a process that has not ended.
#[cfg(target_os = "linux")]
fn group_of(process: &std::path::Path) -> Option<u32> {
    let stat = std::fs::read_to_string(process.join("stat")).ok()?;
    let mut state = state(&stat);
    if state.next() == Some("Z") { None } else { state.nth(1)?.parse().ok() }
}

/// Reads `/proc/…/syscall`, a number and six arguments: names the call, and tells whether a time
/// limit is among them.
#[cfg(target_os = "linux")]
fn call(line: &str) -> (Option<String>, bool) {
    let mut words = line.split(' ');
    let Some(number) = words.next().and_then(|number| number.parse::<u32>().ok()) else {
        return (None, false);
    };
    let arguments: Vec<u64> =
        words.filter_map(|word| u64::from_str_radix(word.strip_prefix("0x")?, 16).ok()).collect();
    let argument = |index: usize| arguments.get(index).copied().unwrap_or(0);
    // A pointer to a time limit, or a number of ms of which -1 is none.
    let (pointer, ms) = (|index| argument(index) != 0, |index| argument(index) as u32 != u32::MAX);
    let known = if cfg!(target_arch = "x86_64") {
        match number {
            202 => Some(("futex", pointer(3))),
            449 => Some(("futex_waitv", pointer(3))),
            0 => Some(("read", false)),
            1 => Some(("write", false)),
            7 => Some(("poll", ms(2))),
            35 => Some(("nanosleep", true)),
            44 => Some(("sendto", false)),
            45 => Some(("recvfrom", false)),
            61 => Some(("wait4", false)),
            230 => Some(("clock_nanosleep", true)),
            232 | 281 => Some(("epoll_wait", ms(3))),
            247 => Some(("waitid", false)),
            271 => Some(("ppoll", pointer(2))),
            _ => None,
        }
    } else if cfg!(target_arch = "aarch64") {
        match number {
            98 => Some(("futex", pointer(3))),
            449 => Some(("futex_waitv", pointer(3))),
            63 => Some(("read", false)),
            64 => Some(("write", false)),
            73 => Some(("ppoll", pointer(2))),
            101 => Some(("nanosleep", true)),
            206 => Some(("sendto", false)),
            207 => Some(("recvfrom", false)),
            260 => Some(("wait4", false)),
            115 => Some(("clock_nanosleep", true)),
            22 => Some(("epoll_wait", ms(3))),
            95 => Some(("waitid", false)),
            _ => None,
        }
    } else {
        None
    };
    known.map_or_else(
        || (Some(format!("call {number}")), false),
        |(name, timed)| (Some(name.to_owned()), timed),
    )
}
