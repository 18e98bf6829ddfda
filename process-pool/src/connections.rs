//! The observer's end of its connections: reads reports, and draws a lane for each worker.
//!
//! They are TCP on the loopback interface, on a port that the system chooses.

use std::collections::HashMap;
use std::io::{self, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tracing::{error, info_span};

use crate::report::{Report, read};

/// A report and the PID of its worker.
pub(crate) type Reports = Sender<io::Result<(u32, Report)>>;

/// The connections to the workers of one pool, and the thread that accepts them.
#[derive(Debug)]
pub(crate) struct Connections {
    by_pid: Mutex<HashMap<u32, TcpStream>>,
    listener: TcpListener,
    /// The observer is being dropped.
    over: AtomicBool,
    /// The lane of an idle worker is empty.
    pub(crate) hides_idling: AtomicBool,
}

impl Connections {
    pub(crate) fn accept(reports: Reports) -> io::Result<(Arc<Self>, JoinHandle<()>)> {
        let connections = Arc::new(Self {
            by_pid: Mutex::default(),
            listener: TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?,
            over: AtomicBool::new(false),
            hides_idling: AtomicBool::new(false),
        });
        let accepts = Arc::clone(&connections);
        let acceptor = thread::Builder::new().name("observer".to_owned());
        Ok((connections, acceptor.spawn(move || accepts.accept_all(&reports))?))
    }

    pub(crate) fn port(&self) -> u16 {
        self.listener.local_addr().map_or(0, |address| address.port())
    }

    /// Ends the thread that accepts connections.
    pub(crate) fn end(&self) {
        self.over.store(true, SeqCst);
        // The thread waits for one more connection. On Linux a shutdown wakes it, which works without
        // a free descriptor.
        let shut = rustix::net::shutdown(&self.listener, rustix::net::Shutdown::Both).is_ok();
        if !(shut && cfg!(target_os = "linux")) {
            let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port()));
        }
    }

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
    fn accept_all(&self, reports: &Reports) {
        thread::scope(|scope| {
            for (number, connection) in (1..).zip(self.listener.incoming()) {
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
