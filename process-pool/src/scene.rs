//! How a lesson watches its workers, and holds a task where it wants it: each worker has a line to
//! the caller, a connection besides those of the pool.
//!
//! A worker opens its line when it starts (the pool's initializer does that). Its tasks report when
//! they begin, wait at the gate, pass it and end; the caller draws a lane from the reports, and
//! opens the gate. When a worker dies, its line ends. So a window is widened in the open: a task
//! stays at the gate until the caller has seen what it wants to see.
//!
//! The lines are TCP on the loopback, on a port that the system chooses: it works everywhere, and
//! leaves nothing in the file system.

use std::collections::HashMap;
use std::io::{self, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tracing::{error, info_span};

use crate::act::Act;
use crate::job::Job;
use crate::{Builder, Error};

mod report;

pub use report::What;
use report::take;
pub(crate) use report::{Runs, join};

/// Nothing takes this long, unless it never comes.
const A_HANG: Duration = Duration::from_secs(20);

/// Who reported what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    /// The worker's process.
    pub pid: u32,
    /// What it reported.
    pub what: What,
}

/// The lines to the workers of one pool. The pool has to be dropped first.
#[derive(Debug)]
pub struct Scene {
    program: PathBuf,
    port: u16,
    heard: Mutex<Receiver<io::Result<Said>>>,
    lines: Arc<Lines>,
    listener: Arc<TcpListener>,
    acceptor: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Lines {
    by_pid: Mutex<HashMap<u32, TcpStream>>,
    over: AtomicBool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Scene {
    /// Opens the lines for workers that are `program`.
    ///
    /// # Errors
    /// The system has no port, or no thread.
    pub fn new(program: &Path) -> io::Result<Self> {
        Self::open_lines(program, true)
    }

    /// As [`new`](Self::new), but an idle worker's lane is empty: a lesson that deadlocks is
    /// searched for a lane that could still move, and an idle one cannot.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn without_idling(program: &Path) -> io::Result<Self> {
        Self::open_lines(program, false)
    }

    fn open_lines(program: &Path, idles: bool) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let (sender, heard) = mpsc::channel();
        let lines = Arc::<Lines>::default();
        let listener = Arc::new(listener);
        let (of_acceptor, listens) = (Arc::clone(&lines), Arc::clone(&listener));
        let acceptor = thread::Builder::new().name("scene".to_owned());
        let acceptor = acceptor.spawn(move || accept(&listens, &of_acceptor, &sender, idles))?;
        let (heard, acceptor) = (Mutex::new(heard), Some(acceptor));
        Ok(Self { program: program.to_owned(), port, heard, lines, listener, acceptor })
    }

    /// Begins a pool of so many workers that open their lines when they start.
    pub fn workers(&self, workers: usize) -> Builder {
        let builder = Builder::new().workers(workers).program(&self.program).all_at_first();
        builder.initializer(&Job::Act(Act::joins(self.port)))
    }

    /// Returns the port that [`joins`](Act::joins) takes.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Waits for the next report, and returns it.
    ///
    /// # Errors
    /// None has for a long time, or the system has no descriptor for a worker's line.
    pub fn hear(&self) -> Result<Said, Error> {
        let said = lock(&self.heard).recv_timeout(A_HANG);
        let nothing =
            || Err(io::Error::other(format!("no worker has said anything for {A_HANG:?}")));
        Ok(said.unwrap_or_else(|_| nothing()).inspect_err(|_| {
            // The lesson gives up: so no task of it may stay at its gate, for its pool waits for
            // that.
            let lines = lock(&self.lines.by_pid);
            lines.values().for_each(|line| drop(line.shutdown(std::net::Shutdown::Both)));
        })?)
    }

    /// Waits for so many reports of the wanted kind; returns the worker and the task of each.
    ///
    /// # Errors
    /// As [`hear`](Self::hear).
    pub fn until(
        &self,
        count: usize,
        wanted: impl Fn(What) -> Option<u64>,
    ) -> Result<Vec<(u32, u64)>, Error> {
        let mut said = Vec::new();
        while said.len() < count {
            let Said { pid, what } = self.hear()?;
            said.extend(wanted(what).map(|task| (pid, task)));
        }
        Ok(said)
    }

    /// Waits until so many tasks are at the gate; returns the worker and the number of each.
    ///
    /// # Errors
    /// As [`hear`](Self::hear).
    pub fn until_at_gate(&self, count: usize) -> Result<Vec<(u32, u64)>, Error> {
        self.until(count, |what| if let What::AtGate(task) = what { Some(task) } else { None })
    }

    /// Waits until a task is at the gate, and opens it.
    ///
    /// # Errors
    /// As [`hear`](Self::hear).
    pub fn open_next(&self) -> Result<(), Error> {
        self.until_at_gate(1).map(|at_gate| at_gate.iter().for_each(|(pid, _)| self.open(*pid)))
    }

    /// Opens the gate for one task of this worker: the one that waits there, or else the next.
    pub fn open(&self, pid: u32) {
        if let Some(line) = lock(&self.lines.by_pid).get_mut(&pid) {
            // A worker that is gone waits for nothing.
            let _ = line.write_all(&[0]);
        }
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        self.lines.over.store(true, SeqCst);
        // The acceptor waits for one more connection. Linux ends that without one, which takes a
        // descriptor.
        let shut = rustix::net::shutdown(&self.listener, rustix::net::Shutdown::Both).is_ok();
        if !(shut && cfg!(target_os = "linux")) {
            let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
        }
        if let Some(acceptor) = self.acceptor.take() {
            // If it had panicked, the lanes would be short; the lesson is right or wrong by what
            // its pool says.
            let _ = acceptor.join();
        }
    }
}

fn accept(listener: &TcpListener, lines: &Lines, heard: &Sender<io::Result<Said>>, idles: bool) {
    thread::scope(|scope| {
        for (number, line) in (1..).zip(listener.incoming()) {
            if lines.over.load(SeqCst) {
                return;
            }
            match line {
                Ok(line) => drop(scope.spawn(move || listen(line, number, lines, heard, idles))),
                // A worker without a line does its work unseen. Whoever waits for what it says is
                // told.
                Err(error) => {
                    let _ = heard.send(Err(error));
                    thread::sleep(Duration::from_millis(10));
                }
            }
        }
    });
}

/// Draws the lane of one worker from what it reports.
fn listen(
    mut line: TcpStream,
    number: u32,
    lines: &Lines,
    heard: &Sender<io::Result<Said>>,
    idles: bool,
) {
    let Some(What::Joins(pid)) = take(&mut line) else { return };
    match line.try_clone() {
        Ok(back) => drop(lock(&lines.by_pid).insert(pid, back)),
        Err(error) => return drop(heard.send(Err(error))),
    }
    let _lane = info_span!("lane", lane = %format_args!("w{number}"), pid).entered();
    let idles = idles.then(|| info_span!("idles", what = ""));
    let (mut runs, mut waits) = (None, None);
    // A lesson that has heard enough has dropped the scene, or is about to.
    let tell = |what| {
        let _ = heard.send(Ok(Said { pid, what }));
    };
    tell(What::Joins(pid));
    while let Some(what) = take(&mut line) {
        match what {
            What::Begins(task) => {
                runs = Some(info_span!("runs", what = %format_args!("task {task}")));
            }
            What::AtGate(_) => {
                waits = Some(info_span!("waits", what = "the gate", from = "caller"));
            }
            What::Passes(_) => waits = None,
            What::Ends(_) => runs = None,
            What::Joins(_) | What::Gone => {}
        }
        tell(what);
    }
    let died = runs.is_some();
    drop((waits, runs, idles));
    if died {
        error!("dead");
    }
    lock(&lines.by_pid).remove(&pid);
    tell(What::Gone);
}
