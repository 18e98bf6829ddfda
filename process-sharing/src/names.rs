//! Names in the system, which outlive the processes that use them: a folder for files, fifos and sockets, and one word for a
//! message queue or a semaphore. A process of its own removes them, whatever the end of the run.
//!
//! It makes the folder, and a semaphore if it is asked for one, and removes them when its input ends: when [`Names`] is dropped, or its process is killed. It is in a
//! process group of its own, so Ctrl-C, or a kill of the whole group, does not reach it. Only if it is killed itself, by its
//! number, and the run as well, do names remain.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, SystemTime};

use crate::part::Part;
use crate::peer::Peer;
use crate::semaphore::{self, Semaphore};

/// A run's own names.
#[derive(Debug)]
pub struct Names {
    folder: PathBuf,
    sweeper: Option<Peer>,
}

impl Names {
    /// Makes names that nobody else has.
    ///
    /// # Errors
    /// The folder cannot be made, or `program` not be started.
    pub fn new(program: &Path) -> io::Result<Self> {
        let mut command = Command::new(program);
        let mut sweeper = Peer::spawn(command.process_group(0), Part::Sweeper, "sweeper".into(), &[])?;
        let folder = sweeper.heard()?.into();
        Ok(Self { folder, sweeper: Some(sweeper) })
    }

    /// Returns a path in the run's own folder.
    pub fn path(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }

    /// Returns a name for a message queue or a semaphore of the run's own: a slash and a word.
    pub fn word(&self) -> String {
        word(&self.folder)
    }

    /// Has a semaphore made of that name, with so many permits, and opens it.
    ///
    /// Not by this process: libc makes a file of some other name first, writes to it, and then gives it the right one. Who is killed in the
    /// middle of that leaves a file whose name nobody knows.
    ///
    /// # Errors
    /// The system will not have the semaphore, or there is one already.
    pub fn semaphore(&mut self, permits: u32) -> io::Result<Semaphore> {
        if let Some(sweeper) = &mut self.sweeper {
            sweeper.tell(permits)?;
            sweeper.expect(MADE)?;
        }
        Semaphore::open(&self.word())
    }

    /// Returns the folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Names {
    fn drop(&mut self) {
        if let Some(mut sweeper) = self.sweeper.take() {
            sweeper.leave();
            // If it does not end, it is killed: whoever drops has no use for an error.
            let _ = sweeper.ended();
        }
    }
}

/// Says whether a child's folder for temporary files is still there. `ipc-channel` panics where it is not, which is so when the run was
/// killed before the child opens its door.
pub(crate) fn folder_is_there() -> io::Result<()> {
    fs::metadata(std::env::temp_dir()).map(drop)
}

fn word(folder: &Path) -> String {
    format!("/{}", folder.file_name().unwrap_or_default().to_string_lossy())
}

/// What the sweeper says of a semaphore.
const MADE: &str = "made";

/// Makes the folder, says where it is, makes a semaphore if it is told to, and removes all names when its parent is gone.
pub(crate) fn sweep() -> io::Result<()> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos();
    let folder = std::env::temp_dir().join(format!("process-sharing-{}-{now:x}", std::process::id()));
    let made = fs::DirBuilder::new().mode(0o700).create(&folder);
    made.map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", folder.display())))?;
    // To say something fails when the parent is gone: then there is nothing to wait for, and the input is at its end as well.
    let _ = writeln!(io::stdout(), "{}", folder.display());
    for permits in io::stdin().lines().map_while(Result::ok) {
        let permits = permits.parse().map_err(io::Error::other);
        let made = permits.and_then(|permits| Semaphore::create(&word(&folder), permits));
        let _ =
            writeln!(io::stdout(), "{}", made.map_or_else(|error| error.to_string(), |_| MADE.to_owned()));
    }
    // Mostly there is none, or it is removed already. Only the run has made such a name, and it is gone: none comes after this.
    let _ = semaphore::unlink(&word(&folder));
    #[cfg(target_os = "linux")]
    let _ = crate::message_queue::unlink(&word(&folder));
    // A child that has not seen its parent's end may put something into the folder while it is removed.
    let mut tries = 0;
    loop {
        match fs::remove_dir_all(&folder) {
            Err(error) if folder.exists() && tries == 100 => return Err(error),
            Err(_) if folder.exists() => tries += 1,
            _ => return Ok(()),
        }
        thread::sleep(Duration::from_millis(10));
    }
}
