//! Names in the system, which outlive the processes that use them: a folder for files, fifos and
//! sockets, and one word for a message queue or a semaphore. A process of its own removes them,
//! whatever the end of the run.
//!
//! That process, the sweeper, makes the folder, and a semaphore if it is asked for one, and removes
//! them when its input ends: when [`Names`] is dropped, or its process is killed. It is in a
//! process group of its own, so Ctrl-C, or a kill of the whole group, does not reach it. If it is
//! killed itself, by its number, the run removes the names at its end. Only if both are killed do
//! names remain.
//!
//! The folder is in the one for temporary files, `TMPDIR`, if a socket's path has room in there and
//! lines of text can name it; otherwise in `/tmp`.

use std::fs;
use std::io::{self, Write};
use std::mem::offset_of;
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, SystemTime};

use crate::part::Part;
use crate::peer::Peer;
use crate::semaphore::{self, Semaphore};

/// How many bytes the path of a socket may have; a zero follows.
pub(crate) const LONGEST_PATH: usize =
    size_of::<libc::sockaddr_un>() - offset_of!(libc::sockaddr_un, sun_path) - 1;

/// The longest name that is made below the folder: that of a door of `ipc-channel`.
pub(crate) const LONGEST_NAME: &str = "/.tmpXXXXXX/socket";

/// Names the variable that tells the sweeper the run's word.
const WORD: &str = "PROCESS_SHARING_NAMES";

/// A run's own names.
#[derive(Debug)]
pub struct Names {
    /// What the folder is called, and a slash before it, a message queue or a semaphore.
    word: String,
    folder: PathBuf,
    sweeper: Option<Peer>,
}

impl Names {
    /// Makes names that nobody else has.
    ///
    /// # Errors
    /// The folder can be made neither in `TMPDIR` nor in `/tmp`, or `program` cannot be started.
    pub fn new(program: &Path) -> io::Result<Self> {
        let now =
            SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos();
        let word = format!("process-sharing-{}-{:x}", std::process::id(), now & 0xff_ffff_ffff);
        let mut command = Command::new(program);
        command.process_group(0).env(WORD, &word);
        let sweeper = Peer::spawn(&mut command, Part::Sweeper, "sweeper".into(), &[])?;
        // From here on, the names go with this, even if the sweeper is killed before it has said
        // where they are.
        let mut names = Self { word, folder: PathBuf::new(), sweeper: Some(sweeper) };
        let said = names.sweeper.as_mut().map_or_else(|| Ok(String::new()), Peer::heard)?;
        names.folder =
            said.strip_prefix(MADE).map(PathBuf::from).ok_or_else(|| io::Error::other(said))?;
        Ok(names)
    }

    /// Returns a path in the run's own folder.
    pub fn path(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }

    /// Returns a name for a message queue or a semaphore of the run's own: a slash and a word.
    pub fn word(&self) -> String {
        slash(&self.word)
    }

    /// Has a semaphore made of that name, with this number of permits, and opens it.
    ///
    /// Not by this process: libc makes a file of some other name first, writes to it, and then
    /// gives it the right one. A process that is killed in the middle of that leaves a file whose
    /// name nobody knows.
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
            if sweeper.ended().is_err() {
                // It was killed, by someone or for taking too long. A drop has no use for an error.
                let _ = remove(&self.word);
            }
        }
    }
}

/// The folders in which a run's own may be, the best first.
fn roots() -> impl Iterator<Item = PathBuf> {
    let temporary = std::env::temp_dir();
    let other = PathBuf::from("/tmp");
    let same = temporary == other;
    [Some(temporary), Some(other).filter(|_| !same)]
        .into_iter()
        .flatten()
        .filter(|root| !root.as_os_str().is_empty())
}

/// Checks that a socket of this name in a folder has a path, and one that a line of text can hold.
pub(crate) fn is_a_path(folder: &Path, name: &str) -> io::Result<()> {
    let why = match folder.to_str() {
        None => "the folder's name is not UTF-8".to_owned(),
        Some(text) if text.contains('\n') => "the folder's name is more than a line".to_owned(),
        Some(text) if text.len() + name.len() > LONGEST_PATH => {
            let most = LONGEST_PATH - name.len();
            format!(
                "the folder's name has {} bytes, and for a socket in it {most} at the most",
                text.len()
            )
        }
        Some(_) => return Ok(()),
    };
    Err(io::Error::new(io::ErrorKind::InvalidFilename, why))
}

pub(crate) fn in_folder(folder: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", folder.display()))
}

fn slash(word: &str) -> String {
    format!("/{word}")
}

/// What the sweeper says of a folder, before its path, and of a semaphore.
const MADE: &str = "made";

/// Makes the run's folder where that is possible; says why not, if it is not.
fn make(word: &str) -> io::Result<PathBuf> {
    let mut why = Vec::new();
    for root in roots() {
        let folder = root.join(word);
        let made = is_a_path(&folder, LONGEST_NAME)
            .and_then(|()| fs::DirBuilder::new().mode(0o700).create(&folder))
            .map_err(|error| in_folder(&root, &error));
        match made {
            Ok(()) => return Ok(folder),
            Err(error) => why.push(error.to_string()),
        }
    }
    Err(io::Error::other(format!("no folder for temporary files: {}", why.join("; "))))
}

/// Makes the folder, says where it is, makes a semaphore if it is told to, and removes all names
/// when its parent is gone.
pub(crate) fn sweep() -> io::Result<()> {
    let word = std::env::var(WORD).map_err(io::Error::other)?;
    let said = make(&word).map_or_else(
        |error| error.to_string().replace('\n', " "),
        |folder| format!("{MADE}{}", folder.display()),
    );
    // To say something fails when the parent is gone: then there is nothing to wait for, and the
    // input is at its end as well.
    let _ = writeln!(io::stdout(), "{said}");
    for permits in io::stdin().lines().map_while(Result::ok) {
        let permits = permits.parse().map_err(io::Error::other);
        let made = permits.and_then(|permits| Semaphore::create(&slash(&word), permits));
        let _ = writeln!(
            io::stdout(),
            "{}",
            made.map_or_else(|error| error.to_string(), |_| MADE.to_owned())
        );
    }
    remove(&word)
}

/// Removes all names of a run. Only the run has made them, and what it does with them is over: none
/// comes after this.
fn remove(word: &str) -> io::Result<()> {
    // Mostly there is none, or it is removed already.
    let _ = semaphore::unlink(&slash(word));
    #[cfg(target_os = "linux")]
    let _ = crate::message_queue::unlink(&slash(word));
    roots().try_for_each(|root| remove_folder(&root.join(word)))
}

fn remove_folder(folder: &Path) -> io::Result<()> {
    // A child that has not seen its parent's end may put something into the folder while it is
    // removed.
    let mut tries = 0;
    loop {
        match fs::remove_dir_all(folder) {
            Err(error) if folder.exists() && tries == 100 => return Err(error),
            Err(_) if folder.exists() => tries += 1,
            _ => return Ok(()),
        }
        thread::sleep(Duration::from_millis(10));
    }
}
