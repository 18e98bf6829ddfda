//! The cores that this thread may run on, and how it is kept to one of them (pinned).

/// Returns the cores that the calling thread may run on; none where the system has no means here to
/// choose among them.
pub fn cores() -> Vec<usize> {
    #[cfg(target_os = "linux")]
    {
        use rustix::thread::{CpuSet, sched_getaffinity};
        let allowed = sched_getaffinity(None).unwrap_or_else(|_| CpuSet::new());
        (0..CpuSet::MAX_CPU).filter(|&core| allowed.is_set(core)).collect()
    }
    #[cfg(not(target_os = "linux"))]
    Vec::new()
}

/// Keeps the calling thread, and what it starts from now on, to a core of [`cores`].
pub fn pin(core: usize) {
    #[cfg(target_os = "linux")]
    {
        let mut one = rustix::thread::CpuSet::new();
        one.set(core);
        rustix::thread::sched_setaffinity(None, &one).expect("it is a core that it may run on");
    }
    #[cfg(not(target_os = "linux"))]
    unreachable!("core {core} is none of those that were returned");
}
