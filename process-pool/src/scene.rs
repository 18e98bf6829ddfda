//! How a lesson sees what its workers are at, and holds them up where it wants them: each has a line to the caller, besides those of
//! the pool.
//!
//! A worker takes its line when it starts (the initializer does that). Its tasks say down the line that they begin, that they
//! wait at the gate, that they end; the caller makes a lane of it, and opens the gate. When a worker dies, its line ends. So a window is
//! widened in the open: a task stays at the gate until the caller has seen what it wants to see.
//!
//! The lines are TCP on the loopback, on a port that the system chooses: it is everywhere, and leaves nothing in the file system.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tracing::{error, info_span};

use crate::act::Act;
use crate::job::Job;
use crate::{Builder, Error};

/// So long nothing is waited for that has to come.
const A_HANG: Duration = Duration::from_secs(25);

/// What a worker says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// It has its line.
    Joins,
    /// It begins the task of this number.
    Begins(u64),
    /// Its task waits at the gate.
    AtGate(u64),
    /// Its task has passed the gate.
    Passes(u64),
    /// It has ended the task.
    Ends(u64),
    /// It is gone: the line has ended.
    Gone,
}

/// Who said what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    /// The worker's process.
    pub pid: u32,
    /// What it said.
    pub what: What,
}

/// The lines to the workers of one pool, which has to be dropped first.
#[derive(Debug)]
pub struct Scene {
    program: PathBuf,
    port: u16,
    heard: Mutex<Receiver<Said>>,
    lines: Arc<Lines>,
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

    /// As [`new`](Self::new), but a worker that has nothing to do has nothing in its lane: whoever looks for one who could still
    /// move is to see that this one cannot.
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
        let of_acceptor = Arc::clone(&lines);
        let acceptor = thread::Builder::new().name("scene".to_owned());
        let acceptor = acceptor.spawn(move || accept(&listener, &of_acceptor, &sender, idles))?;
        let (heard, acceptor) = (Mutex::new(heard), Some(acceptor));
        Ok(Self { program: program.to_owned(), port, heard, lines, acceptor })
    }

    /// Begins a pool of so many workers, who take their lines when they start.
    pub fn workers(&self, workers: usize) -> Builder {
        Builder::new().workers(workers).program(&self.program).initializer(&Job::Act(Act::joins(self.port)))
    }

    /// Returns the port that [`joins`](Act::joins) takes.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Waits until a worker says something; returns it.
    ///
    /// # Errors
    /// None has for a long time.
    pub fn hear(&self) -> Result<Said, Error> {
        let silent = |_| io::Error::other(format!("no worker has said anything for {A_HANG:?}"));
        Ok(lock(&self.heard).recv_timeout(A_HANG).map_err(silent)?)
    }

    /// Hears until so many tasks have said what is wanted; returns who, and which task.
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

    /// Hears until so many tasks wait at the gate; returns in whose hands each is.
    ///
    /// # Errors
    /// As [`hear`](Self::hear).
    pub fn until_at_gate(&self, count: usize) -> Result<Vec<(u32, u64)>, Error> {
        self.until(count, |what| if let What::AtGate(task) = what { Some(task) } else { None })
    }

    /// Opens the gate for a task of this worker, once: for the one that waits there, or else for the next.
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
        // The acceptor waits for one more to come.
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
        if let Some(acceptor) = self.acceptor.take() {
            // If it had panicked, the lanes would be short; the lesson is right or wrong by what its pool says.
            let _ = acceptor.join();
        }
    }
}

fn accept(listener: &TcpListener, lines: &Lines, heard: &Sender<Said>, idles: bool) {
    thread::scope(|scope| {
        for (number, line) in (1..).zip(listener.incoming()) {
            if lines.over.load(SeqCst) {
                return;
            }
            // A worker without a line does its work unseen.
            let Ok(line) = line else { continue };
            scope.spawn(move || listen(line, number, lines, heard, idles));
        }
    });
}

/// Draws the lane of one worker from what it says.
fn listen(mut line: TcpStream, number: u32, lines: &Lines, heard: &Sender<Said>, idles: bool) {
    let Some((Tag::Joins, pid)) = take(&mut line) else { return };
    let pid = u32::try_from(pid).unwrap_or(0);
    let Ok(back) = line.try_clone() else { return };
    lock(&lines.by_pid).insert(pid, back);
    let _lane = info_span!("lane", lane = %format_args!("w{number}")).entered();
    let _idles = idles.then(|| info_span!("idles", what = ""));
    let (mut runs, mut waits) = (None, None);
    // Who has heard enough has dropped the scene, or is about to.
    let tell = |what| {
        let _ = heard.send(Said { pid, what });
    };
    tell(What::Joins);
    while let Some((tag, task)) = take(&mut line) {
        tell(match tag {
            Tag::Joins => What::Joins,
            Tag::Begins => {
                runs = Some(info_span!("runs", what = %format_args!("task {task}")));
                What::Begins(task)
            }
            Tag::AtGate => {
                waits = Some(info_span!("waits", what = "the gate", from = "caller"));
                What::AtGate(task)
            }
            Tag::Passes => {
                waits = None;
                What::Passes(task)
            }
            Tag::Ends => {
                runs = None;
                What::Ends(task)
            }
        });
    }
    if runs.is_some() {
        error!("dead");
    }
    drop((waits, runs));
    lock(&lines.by_pid).remove(&pid);
    tell(What::Gone);
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Tag {
    Joins,
    Begins,
    AtGate,
    Passes,
    Ends,
}

const TAGS: [Tag; 5] = [Tag::Joins, Tag::Begins, Tag::AtGate, Tag::Passes, Tag::Ends];

fn take(line: &mut TcpStream) -> Option<(Tag, u64)> {
    let mut message = [0; 9];
    line.read_exact(&mut message).ok()?;
    let [tag, number @ ..] = message;
    Some((*TAGS.get(usize::from(tag))?, u64::from_le_bytes(number)))
}

/// A worker's end of its line.
static LINE: OnceLock<TcpStream> = OnceLock::new();

/// Takes this worker's line.
pub(crate) fn join(port: u16) {
    if let Ok(line) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)) {
        // Else it is drawn late.
        let _ = line.set_nodelay(true);
        let _ = LINE.set(line);
        say(Tag::Joins, u64::from(std::process::id()));
    }
}

fn say(tag: Tag, number: u64) {
    if let Some(mut line) = LINE.get() {
        let mut message = [tag as u8; 9];
        message[1..].copy_from_slice(&number.to_le_bytes());
        // Whoever does not listen any more does not want to know.
        let _ = line.write_all(&message);
    }
}

/// Says that a task has begun, and, when it is dropped, that it has ended.
pub(crate) struct Runs(u64);

impl Runs {
    pub(crate) fn task(number: u64) -> Self {
        say(Tag::Begins, number);
        Self(number)
    }

    /// Waits at the gate until the caller opens it, or is gone.
    pub(crate) fn pass_gate(&self) {
        if let Some(mut line) = LINE.get() {
            say(Tag::AtGate, self.0);
            if line.read(&mut [0]).is_ok_and(|bytes| bytes == 1) {
                say(Tag::Passes, self.0);
            } else {
                let _ = line.shutdown(Shutdown::Both);
            }
        }
    }
}

impl Drop for Runs {
    fn drop(&mut self) {
        say(Tag::Ends, self.0);
    }
}
