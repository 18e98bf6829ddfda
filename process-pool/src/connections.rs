//! The observer's end of its connections: reads reports, and draws a lane for each worker.

use std::collections::HashMap;
use std::io::{self, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::mpsc::Sender;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tracing::{error, info_span};

use crate::report::{Report, read};

/// A report and the PID of its worker.
pub(crate) type Reports = Sender<io::Result<(u32, Report)>>;

/// The connections to the workers of one pool.
#[derive(Debug, Default)]
pub(crate) struct Connections {
    by_pid: Mutex<HashMap<u32, TcpStream>>,
    /// The observer is being dropped.
    pub(crate) over: AtomicBool,
    /// The lane of an idle worker is empty.
    pub(crate) hides_idling: AtomicBool,
}

impl Connections {
    fn lock(&self) -> MutexGuard<'_, HashMap<u32, TcpStream>> {
        self.by_pid.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens the gate for one task of each of these workers.
    pub(crate) fn open_gates(&self, workers: &[(u32, u64)]) {
        let mut connections = self.lock();
        for (pid, _) in workers {
            if let Some(connection) = connections.get_mut(pid) {
                // A worker that is gone waits for nothing.
                let _ = connection.write_all(&[0]);
            }
        }
    }

    /// Ends all connections: no task stays at its gate.
    pub(crate) fn shut_down(&self) {
        self.lock().values().for_each(|connection| drop(connection.shutdown(Shutdown::Both)));
    }

    /// Accepts connections until the observer is over.
    pub(crate) fn accept(&self, listener: &TcpListener, reports: &Reports) {
        thread::scope(|scope| {
            for (number, connection) in (1..).zip(listener.incoming()) {
                if self.over.load(SeqCst) {
                    return;
                }
                match connection {
                    Ok(connection) => {
                        scope.spawn(move || self.observe(connection, number, reports));
                    }
                    // A worker without a connection does its work unseen; a lesson that waits for
                    // its reports gets the error.
                    Err(error) => {
                        let _ = reports.send(Err(error));
                        thread::sleep(Duration::from_millis(10));
                    }
                }
            }
        });
    }

    /// Draws the lane of one worker from its reports.
    fn observe(&self, mut connection: TcpStream, number: u32, reports: &Reports) {
        let Some(Report::Connected(pid)) = read(&mut connection) else { return };
        match connection.try_clone() {
            Ok(back) => drop(self.lock().insert(pid, back)),
            Err(error) => return drop(reports.send(Err(error))),
        }
        let _lane = info_span!("lane", lane = %format_args!("w{number}"), pid).entered();
        let shows_idling = !self.hides_idling.load(SeqCst);
        let idles = shows_idling.then(|| info_span!("idles", what = ""));
        let (mut runs, mut waits) = (None, None);
        // A lesson that has seen enough has dropped the observer, or is about to.
        let tell = |report| drop(reports.send(Ok((pid, report))));
        tell(Report::Connected(pid));
        while let Some(report) = read(&mut connection) {
            match report {
                Report::Begins(task) => {
                    runs = Some(info_span!("runs", what = %format_args!("task {task}")));
                }
                Report::AtGate(_) => {
                    waits = Some(info_span!("waits", what = "the gate", from = "caller"));
                }
                Report::Passes(_) => waits = None,
                Report::Ends(_) => runs = None,
                Report::Connected(_) | Report::Gone => {}
            }
            tell(report);
        }
        let died = runs.is_some();
        drop((waits, runs, idles));
        if died {
            error!("dead");
        }
        self.lock().remove(&pid);
        tell(Report::Gone);
    }
}
