//! What Linux tells of a thread or a process in `/proc`: its state, its context switches, its page
//! faults. Each is `None` where the system does not tell.

use std::fs;
use std::path::PathBuf;
use std::sync::mpsc::channel;
use std::thread::JoinHandle;
use std::time::Duration;

use kit::deadline::Deadline;

use kit::real::lane;

/// The folder of a thread or a process in `/proc`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task(PathBuf);

/// How often a core went on with another thread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Switches {
    /// The thread blocked: it waited for something, or yielded.
    pub voluntary: u64,
    /// The kernel preempted it: it could have gone on.
    pub involuntary: u64,
}

impl Task {
    /// Returns the calling thread's folder.
    pub fn me() -> Self {
        Self("/proc/thread-self".into())
    }

    /// Returns the folder of a process.
    pub fn process(pid: u32) -> Self {
        Self(format!("/proc/{pid}").into())
    }

    /// Starts a thread; returns it with its folder.
    pub fn start<R: Send + 'static>(
        name: &str,
        body: impl FnOnce() -> R + Send + 'static,
    ) -> (JoinHandle<R>, Self) {
        let (sender, tids) = channel();
        let thread = lane::start(name, move || {
            let _ = sender.send(Self::me().tid());
            body()
        });
        // Where there is no /proc, there is no thread 0 either.
        let tid = tids.recv().ok().flatten().unwrap_or(0);
        (thread, Self(format!("/proc/self/task/{tid}").into()))
    }

    /// Returns the thread ID (TID) that the calling thread's folder leads to.
    pub fn tid(&self) -> Option<u32> {
        fs::read_link(&self.0).ok()?.file_name()?.to_str()?.parse().ok()
    }

    /// Returns the letter of its state: R, S, D, T, Z and others; `None` once it is gone.
    pub fn state(&self) -> Option<char> {
        self.stat(0)?.chars().next()
    }

    /// Waits for 20 s at most until its state is `wanted`, or it is gone if that is wanted; returns
    /// the state that it was last seen in.
    pub fn wait_for(&self, wanted: Option<char>) -> Option<char> {
        let by = Deadline::after(Duration::from_secs(20));
        loop {
            let state = self.state();
            // What is gone stays so.
            if state == wanted || state.is_none() || by.is_over() {
                return state;
            }
            std::thread::yield_now();
        }
    }

    /// Returns its context switches so far.
    pub fn switches(&self) -> Option<Switches> {
        let status = self.read("status")?;
        let number = |name| {
            let number = status.lines().find_map(|line| line.strip_prefix(name))?;
            number.trim().parse().ok()
        };
        let voluntary = number("voluntary_ctxt_switches:")?;
        Some(Switches { voluntary, involuntary: number("nonvoluntary_ctxt_switches:")? })
    }

    /// Returns its page faults so far that needed no input (minor faults).
    pub fn faults(&self) -> Option<u64> {
        self.stat(7)?.parse().ok()
    }

    /// Returns a field of `stat`, counted from the one behind the name, which may hold anything.
    fn stat(&self, field: usize) -> Option<String> {
        let stat = self.read("stat")?;
        stat.rsplit_once(')')?.1.split_whitespace().nth(field).map(str::to_owned)
    }

    /// Returns what is in a file of its folder.
    pub fn read(&self, file: &str) -> Option<String> {
        fs::read_to_string(self.0.join(file)).ok()
    }
}

impl Switches {
    /// Returns how many they are.
    pub fn all(self) -> u64 {
        self.voluntary + self.involuntary
    }

    /// Returns those that have come since.
    #[must_use]
    pub fn since(self, before: Self) -> Self {
        let voluntary = self.voluntary - before.voluntary;
        Self { voluntary, involuntary: self.involuntary - before.involuntary }
    }
}
