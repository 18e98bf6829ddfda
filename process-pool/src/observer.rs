//! How a lesson observes its workers, and holds a task where it wants it: each worker has a
//! connection to the observer, besides the channels of its pool.
//!
//! The pool's initializer connects a worker when it starts. Its tasks report when they begin, wait
//! at the gate, pass it and end. So a window is widened in the open: a task stays at the gate until
//! the lesson has seen what it wants to see.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering::SeqCst;
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::connections::Connections;
use crate::lesson_task::{LessonTask, Work};
use crate::{Builder, Error, Pool};

pub use crate::report::Report;

/// How long an observer waits for a report. Nothing takes this long, unless it never comes.
const A_HANG: Duration = Duration::from_secs(20);

/// An observer of the workers of one pool, which has to be dropped first.
#[derive(Debug)]
pub struct Observer {
    pub(crate) program: PathBuf,
    reports: Mutex<Receiver<io::Result<(u32, Report)>>>,
    connections: Arc<Connections>,
    acceptor: Option<JoinHandle<()>>,
    shortage: Mutex<Option<String>>,
}

impl Observer {
    /// Returns an observer of workers that are `program`.
    pub fn new(program: &Path) -> io::Result<Self> {
        let (sender, reports) = mpsc::channel();
        let (connections, acceptor) = Connections::accept(sender)?;
        let (program, reports, acceptor) =
            (program.to_owned(), Mutex::new(reports), Some(acceptor));
        Ok(Self { program, reports, connections, acceptor, shortage: Mutex::default() })
    }

    /// Leaves the lane of an idle worker empty: a lesson that deadlocks is searched for a lane that
    /// could still move, and an idle one cannot.
    pub fn hide_idling(&self) {
        self.connections.hides_idling.store(true, SeqCst);
    }

    /// Returns the port that [`Work::Connect`] takes.
    pub fn port(&self) -> u16 {
        self.connections.port()
    }

    /// Starts a pool of `workers`, or of fewer, if the system has no room for all of them: see
    /// [`shortage`](Self::shortage). It is an error if none can be started.
    pub fn pool(&self, workers: usize, builder: Builder) -> Result<Pool<LessonTask>, Error> {
        let connects = LessonTask::new(0, Work::Connect(self.port()));
        let builder = builder.workers(workers).program(&self.program).initializer(&connects);
        let (pool, shortage) = builder.build_settled()?;
        *self.shortage.lock().unwrap_or_else(PoisonError::into_inner) = shortage;
        Ok(pool)
    }

    /// Starts a pool of `workers`, for a lesson that waits for what each of them reports. It is an
    /// error if not all of them can be started.
    pub fn full_pool(&self, workers: usize, builder: Builder) -> Result<Pool<LessonTask>, Error> {
        let pool = self.pool(workers, builder)?;
        self.shortage().map_or(Ok(pool), |why| Err(Error::NoWorker(why)))
    }

    /// Returns how many workers could be started, and why not all, if the last pool has fewer than
    /// it was asked for.
    pub fn shortage(&self) -> Option<String> {
        self.shortage.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits for the next report, and returns it with the PID of its worker. It is an error if none
    /// comes for a long time, or if the system has no descriptor for a worker's connection.
    pub fn next_report(&self) -> Result<(u32, Report), Error> {
        let reports = self.reports.lock().unwrap_or_else(PoisonError::into_inner);
        let nothing =
            || Err(io::Error::other(format!("no worker has reported anything for {A_HANG:?}")));
        let report = reports.recv_timeout(A_HANG).unwrap_or_else(|_| nothing());
        // The lesson gives up: no task may stay at its gate, for its pool waits for the task.
        Ok(report.inspect_err(|_| self.connections.shut_down())?)
    }

    /// Waits for `count` reports of the wanted kind; returns the worker and the task of each.
    pub fn wait_for(
        &self,
        count: usize,
        wanted: impl Fn(Report) -> Option<u64>,
    ) -> Result<Vec<(u32, u64)>, Error> {
        let mut found = Vec::new();
        while found.len() < count {
            let (pid, report) = self.next_report()?;
            found.extend(wanted(report).map(|task| (pid, task)));
        }
        Ok(found)
    }

    /// Waits until `count` tasks are at the gate; returns the worker and the number of each.
    pub fn wait_at_gate(&self, count: usize) -> Result<Vec<(u32, u64)>, Error> {
        let at_gate = |report| if let Report::AtGate(task) = report { Some(task) } else { None };
        self.wait_for(count, at_gate)
    }

    /// Waits until a task is at the gate, and opens it.
    pub fn open_next_gate(&self) -> Result<(), Error> {
        self.wait_at_gate(1).map(|at_gate| self.open_gates(&at_gate))
    }

    /// Opens the gate for one task of each of these workers: the one that waits there, or else the
    /// next.
    pub fn open_gates(&self, workers: &[(u32, u64)]) {
        self.connections.open_gates(workers);
    }
}

impl Drop for Observer {
    fn drop(&mut self) {
        self.connections.end();
        if let Some(acceptor) = self.acceptor.take() {
            // If it panicked, lanes are missing; the lesson is judged by what its pool returns.
            let _ = acceptor.join();
        }
    }
}
