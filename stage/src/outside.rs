//! What the system shows of another process's threads, without that process's help.

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
}

/// Looks at the threads of process `pid`; `None` where the system does not show them.
#[cfg(target_os = "linux")]
pub fn threads(pid: u32) -> Option<Vec<Thread>> {
    let mut threads = Vec::new();
    for entry in std::fs::read_dir(format!("/proc/{pid}/task")).ok()?.flatten() {
        let read = |file: &str| std::fs::read_to_string(entry.path().join(file)).unwrap_or_default();
        let Some(tid) = entry.file_name().to_str().and_then(|tid| tid.parse().ok()) else { continue };
        // "(name) S …": the name may hold anything, a parenthesis too, so the last one ends it.
        let stat = read("stat");
        let asleep = stat.rsplit_once(')').is_some_and(|(_, rest)| rest.trim_start().starts_with('S'));
        let call = read("syscall").split(' ').next().and_then(|number| number.parse().ok()).map(call);
        threads.push(Thread { tid, name: read("comm").trim_end().to_owned(), asleep, call });
    }
    Some(threads)
}

/// Looks at the threads of process `pid`; `None` where the system does not show them.
#[cfg(not(target_os = "linux"))]
pub fn threads(_pid: u32) -> Option<Vec<Thread>> {
    None
}

/// Names the calls that a thread is found asleep in, from the kernel's tables.
#[cfg(target_os = "linux")]
fn call(number: u32) -> String {
    let known: &[(u32, &str)] = if cfg!(target_arch = "x86_64") {
        &[
            (202, "futex"),
            (0, "read"),
            (1, "write"),
            (7, "poll"),
            (232, "epoll_wait"),
            (230, "clock_nanosleep"),
        ]
    } else if cfg!(target_arch = "aarch64") {
        &[
            (98, "futex"),
            (63, "read"),
            (64, "write"),
            (73, "ppoll"),
            (22, "epoll_pwait"),
            (115, "clock_nanosleep"),
        ]
    } else {
        &[]
    };
    known
        .iter()
        .find(|(known, _)| *known == number)
        .map_or_else(|| format!("call {number}"), |(_, name)| (*name).into())
}
