//! The lessons of a topic, and their pages, which the topic's own binary writes.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use crate::{Error, Topic};

/// A lesson's page is left out if it is not written after this time: how many steps are run for it is
/// bounded, and takes some seconds where nothing else runs.
const TIMEOUT: Duration = Duration::from_secs(120);
/// A lesson's page is left out if it has more bytes.
const LARGEST: u64 = 1_500_000;
/// The number of binaries that run at once.
const AT_ONCE: usize = 2;

/// The positions of a variant that a page holds at the most: all pages together stay within 10 MB.
/// A page of its own holds 20 000.
const POSITIONS: &str = "4000";

/// A lesson that has a model.
#[derive(Debug, PartialEq)]
pub(crate) struct Lesson {
    pub(crate) name: String,
    pub(crate) title: String,
}

/// Returns the root folder of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Builds the binaries of topics, with the model checker, in the profile that this one was built in.
pub(crate) fn build(topics: &[&str]) -> Result<(), Error> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root()).args(["build", "--quiet", "--bins", "--features", "stage/explore"]);
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    for topic in topics {
        cargo.args(["--package", topic]);
    }
    if cargo.status()?.success() {
        Ok(())
    } else {
        Err(Error::Failed("the topics could not be built".to_owned()))
    }
}

/// Returns the binary of a topic, which stands beside this one.
fn binary(topic: &str) -> Result<PathBuf, Error> {
    Ok(std::env::current_exe()?.with_file_name(topic))
}

/// Returns the lessons of a topic that have a model.
pub(crate) fn listed(topic: &str) -> Result<Vec<Lesson>, Error> {
    // The widest screen breaks the fewest titles.
    let output = Command::new(binary(topic)?).args(["--list", "--width", "160"]).output()?;
    Ok(modelled(&String::from_utf8_lossy(&output.stdout)))
}

/// Finds the lessons in what `--list` prints that have a variant for `--explore`.
fn modelled(list: &str) -> Vec<Lesson> {
    let mut found: Vec<Lesson> = Vec::new();
    let mut current = None;
    for line in list.lines() {
        if let Some((name, title)) = line.split_once(" · ").filter(|_| !line.starts_with(' ')) {
            current = Some(Lesson { name: name.to_owned(), title: title.to_owned() });
        } else if line.starts_with("  ") && line.ends_with(", --explore") {
            found.extend(current.take());
        }
    }
    found
}

/// Writes the pages of all lessons, and keeps those lessons whose page is small and fast enough.
pub(crate) fn write_pages(topics: &mut [Topic], folder: &Path) -> Result<(), Error> {
    let lessons: Vec<_> =
        topics.iter().flat_map(|topic| topic.lessons.iter().map(|one| (topic.name, one))).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut left_out = Vec::new();
        while let Some((topic, lesson)) = lessons.get(next.fetch_add(1, Relaxed)) {
            let file = folder.join(topic).join(format!("{}.html", lesson.name));
            if let Err(why) = write_page(topic, &lesson.name, &file) {
                // What is not there now may have been there before.
                let _ = std::fs::remove_file(&file);
                // The pages are written all the same where nobody is told.
                let _ = crate::say(&format!("{topic} {}: left out, {why}", lesson.name));
                left_out.push((*topic, lesson.name.clone()));
            }
        }
        left_out
    };
    let left_out: Vec<_> = thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap_or_default()).collect()
    });
    for topic in topics {
        let name = topic.name;
        topic.lessons.retain(|one| !left_out.iter().any(|out| *out == (name, one.name.clone())));
    }
    Ok(())
}

/// Has the topic's binary write the page of a lesson; the error says why there is none.
fn write_page(topic: &str, lesson: &str, file: &Path) -> Result<(), String> {
    let failed = |error: &dyn std::fmt::Display| format!("its page was not written: {error}");
    let binary = binary(topic).map_err(|_| "its binary is not there".to_owned())?;
    let mut writing = Command::new(binary)
        .args([lesson, "--schedules", POSITIONS, "--page"])
        .arg(file)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| failed(&error))?;
    let mut output = writing.stdout.take().ok_or("its binary has no output")?;
    let (sender, receiver) = channel();
    thread::spawn(move || {
        // Whatever is read, the end of it is the end of the binary.
        let _ = output.read_to_end(&mut Vec::new());
        let _ = sender.send(());
    });
    if receiver.recv_timeout(TIMEOUT) == Err(RecvTimeoutError::Timeout) {
        let _ = writing.kill();
        let _ = writing.wait();
        return Err(format!("its page takes longer than {} s", TIMEOUT.as_secs()));
    }
    let status = writing.wait().map_err(|error| failed(&error))?;
    if !status.success() {
        return Err(failed(&status));
    }
    let bytes = std::fs::metadata(file).map_err(|error| failed(&error))?.len();
    if bytes > LARGEST {
        return Err(format!("its page has {} kB of at most {}", bytes / 1000, LARGEST / 1000));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lessons_with_a_model_are_those_with_a_variant_to_explore() {
        let list = "one · a title · of two parts\n  broken  breaks, --explore\n      A story.\n  \
                    fixed  holds, --explore\n      Another.\n  read  one.rs\n\n\
                    two · not modelled\n  broken  breaks\n      A story.\n  read  two.rs\n";
        let title = "a title · of two parts".to_owned();
        assert_eq!(modelled(list), [Lesson { name: "one".to_owned(), title }]);
    }
}
