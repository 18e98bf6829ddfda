//! Names in the system, which outlive the processes that use them: a folder for files, FIFOs and
//! sockets, and one word for memory, a message queue or a semaphore. A process of its own, the sweeper,
//! removes them, however the run ends.
//!
//! The sweeper makes the folder, and a semaphore if it is asked for one. It removes them when its
//! input ends: when [`Names`] is dropped, or its process is killed. It is in a process group of its
//! own, so Ctrl-C, or a kill of the whole group, does not reach it. If the sweeper itself is
//! killed, by its PID, the run removes the names at its end. Names remain only if both are killed.
//!
//! The folder is in `TMPDIR`, if a socket's path has room in there and a line of text can hold it;
//! otherwise it is in `/tmp`.

use std::fs;
use std::io::{self, Write};
use std::mem::offset_of;
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

use kit::child::Entry;

use crate::child::TalkingChild;
use crate::named_semaphore::{self, Semaphore};
use crate::parent::words;

/// The length of the longest path of a socket in bytes; a zero follows it.
const LONGEST_PATH: usize =
    size_of::<libc::sockaddr_un>() - offset_of!(libc::sockaddr_un, sun_path) - 1;

/// The greatest length of a run's word, with a slash.
const WORD: usize = 1 + "process-sharing-4294967295-ffffffffff".len();

/// The longest name in the folder: that of a door of `ipc-channel`.
const LONGEST_NAME: &str = "/.tmpXXXXXX/socket";

/// The names of one run. Dropping them removes them.
#[derive(Debug)]
pub struct Names {
    /// The name of the folder; behind a slash, that of memory, a message queue or a semaphore.
    word: String,
    folder: String,
    sweeper: Option<TalkingChild>,
}

impl Names {
    /// Makes names that no other run has.
    ///
    /// # Errors
    /// The folder can be made neither in `TMPDIR` nor in `/tmp`, or `program` cannot be started.
    pub fn new(program: &Path) -> io::Result<Self> {
        let now =
            SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos();
        let word = format!("process-sharing-{}-{:x}", std::process::id(), now & 0xff_ffff_ffff);
        let mut command = SWEEPER.command(program);
        command.process_group(0);
        let sweeper = TalkingChild::spawn(command, "sweeper", &[], &[&word])?;
        // From here on the drop removes the names, even if the sweeper is killed before it has said
        // where they are.
        let mut names = Self { word, folder: String::new(), sweeper: Some(sweeper) };
        let line = names.sweeper.as_mut().map_or_else(|| Ok(String::new()), |it| it.recv_line())?;
        names.folder =
            line.strip_prefix(MADE).map(str::to_owned).ok_or_else(|| io::Error::other(line))?;
        Ok(names)
    }

    /// Returns a path in the run's own folder.
    pub fn path(&self, file: &str) -> String {
        format!("{}/{file}", self.folder)
    }

    /// Returns a name for memory, a message queue or a semaphore of the run's own: a slash and a word.
    pub fn word(&self) -> String {
        slash(&self.word)
    }

    /// Has the sweeper make a semaphore of that name, with this number of permits, and opens it.
    ///
    /// libc makes a file of a random name first, writes to it, and then renames it. A run that is
    /// killed in the middle of that would leave a file whose name is not known.
    ///
    /// # Errors
    /// The system will not have the semaphore, or there is one already.
    pub fn semaphore(&mut self, permits: u32) -> io::Result<Semaphore> {
        if let Some(sweeper) = &mut self.sweeper {
            sweeper.send_line(permits)?;
            sweeper.expect_line(MADE)?;
        }
        Semaphore::open(&self.word())
    }

    /// Returns the folder.
    pub fn folder(&self) -> &Path {
        self.folder.as_ref()
    }
}

impl Drop for Names {
    fn drop(&mut self) {
        if let Some(mut sweeper) = self.sweeper.take() {
            sweeper.close_input();
            if sweeper.succeeds().is_err() {
                // It was killed, or took too long. A drop cannot return an error.
                let _ = remove(&self.word);
            }
        }
    }
}

/// Returns the folders in which a run's own may be, the best first. `TMPDIR` is one if the path of
/// a socket in it is not too long, and is a line of text.
fn roots() -> impl Iterator<Item = PathBuf> {
    let temporary = std::env::temp_dir();
    let fits = |text: &str| {
        let length = text.len() + WORD + LONGEST_NAME.len();
        !text.is_empty() && !text.contains('\n') && length <= LONGEST_PATH
    };
    let fits = temporary.to_str().is_some_and(fits);
    fits.then_some(temporary).into_iter().chain([PathBuf::from("/tmp")])
}

fn slash(word: &str) -> String {
    format!("/{word}")
}

/// What the sweeper sends when it has made a folder, before its path, or a semaphore.
const MADE: &str = "made";

/// Makes the run's folder in the first place where that is possible.
fn make(word: &str) -> io::Result<PathBuf> {
    let mut why = io::ErrorKind::NotFound.into();
    for root in roots() {
        let folder = root.join(word);
        match fs::DirBuilder::new().mode(0o700).create(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) => {
                why = io::Error::new(error.kind(), format!("{}: {error}", root.display()));
            }
        }
    }
    Err(why)
}

/// The child that makes the folder, says where it is, makes a semaphore if it is told to, and removes
/// all names when its parent is gone.
pub const SWEEPER: Entry = Entry { name: "sweeper", run: sweep };

fn sweep(arguments: &[String]) -> io::Result<()> {
    let [word] = words(arguments)?;
    let made = make(word).map_or_else(
        |error| error.to_string().replace('\n', " "),
        |folder| format!("{MADE}{}", folder.display()),
    );
    // A write fails when the parent is gone: then the input is at its end as well.
    let _ = writeln!(io::stdout(), "{made}");
    for permits in io::stdin().lines().map_while(Result::ok) {
        let permits = permits.parse().map_err(io::Error::other);
        let made = permits.and_then(|permits| Semaphore::create(&slash(word), permits));
        let made = made.map_or_else(|error| error.to_string(), |_| MADE.to_owned());
        let _ = writeln!(io::stdout(), "{made}");
    }
    remove(word)
}

/// Removes all names of a run, which makes no more of them.
fn remove(word: &str) -> io::Result<()> {
    // Mostly there is none, or it is removed already.
    let _ = named_semaphore::unlink(&slash(word));
    let _ = rustix::shm::unlink(slash(word));
    #[cfg(target_os = "linux")]
    let _ = nix::mqueue::mq_unlink(slash(word).as_str());
    roots().try_for_each(|root| remove_folder(&root.join(word)))
}

fn remove_folder(folder: &Path) -> io::Result<()> {
    // A child that has not yet seen its parent's end may make a file in the folder meanwhile.
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
