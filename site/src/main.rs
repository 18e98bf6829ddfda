//! Writes all topics as pages that need no server and no network: `cargo run -p site -- DIR`.
//!
//! Each topic's README is a page, and so is each lesson that has a model: its binary writes that
//! with `--page`. From each page a link leads to the next one, from the first topic to the last
//! lesson.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::lessons::Lesson;

mod frame;
mod lessons;
mod readme;
mod stops;

/// The topics, in the order in which they are read.
const TOPICS: [&str; 10] = [
    "threads-basics",
    "thread-safety",
    "locks",
    "deadlock",
    "thread-pool",
    "singleton",
    "processes",
    "process-sharing",
    "process-pool",
    "coroutines",
];
/// The most bytes that all pages have together.
const MOST: u64 = 10_000_000;

/// A topic, with its README and the lessons that have a page.
struct Topic {
    name: &'static str,
    question: String,
    readme: String,
    lessons: Vec<Lesson>,
}

/// Why there is no site.
enum Error {
    /// The request was wrong.
    Request(String),
    /// What was asked for did not come out.
    Failed(String),
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let made = match (arguments.next(), arguments.next()) {
        (Some(folder), None) if !folder.to_string_lossy().starts_with('-') => {
            site(&PathBuf::from(folder))
        }
        _ => Err(Error::Request("name one folder: cargo run -p site -- DIR".to_owned())),
    };
    let (code, why) = match made {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Error::Request(why)) => (2, why),
        Err(Error::Failed(why)) => (1, why),
    };
    // There is nowhere left to complain when this fails.
    let _ = writeln!(io::stderr(), "site: {why}");
    ExitCode::from(code)
}

/// Prints a line; a reader that has gone is no failure.
fn say(line: &str) -> io::Result<()> {
    writeln!(io::stdout(), "{line}").or_else(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Ok(()),
        _ => Err(error),
    })
}

/// Writes the site into a folder that is new, empty, or has an earlier one.
fn site(folder: &Path) -> Result<(), Error> {
    let refused = |error: &dyn std::fmt::Display| {
        let folder = folder.display();
        Error::Request(format!("{folder} cannot be written ({error}); name a folder that can"))
    };
    std::fs::create_dir_all(folder).map_err(|error| refused(&error))?;
    let index = folder.join("index.html");
    let earlier = std::fs::read_to_string(&index).is_ok_and(|page| page.contains(frame::MARK));
    let is_empty = std::fs::read_dir(folder).map_err(|error| refused(&error))?.next().is_none();
    if !is_empty && !earlier {
        return Err(refused(&"it holds something else"));
    }
    // Before anything is built: a folder that is wrong is told at once.
    std::fs::write(&index, frame::MARK).map_err(|error| refused(&error))?;
    lessons::build(&TOPICS)?;
    let mut topics = Vec::new();
    for name in TOPICS {
        let readme = std::fs::read_to_string(lessons::root().join(name).join("README.md"))?;
        let question = readme::question(&readme);
        std::fs::create_dir_all(folder.join(name)).map_err(|error| refused(&error))?;
        topics.push(Topic { name, question, readme, lessons: lessons::listed(name)? });
    }
    lessons::write_pages(&mut topics, folder)?;
    let bytes = stops::write(&topics, folder)?;
    let pages: usize = topics.iter().map(|topic| 1 + topic.lessons.len()).sum();
    say(&format!("{}: {} pages, {} kB", folder.display(), pages + 1, bytes.div_ceil(1000)))?;
    if bytes > MOST {
        return Err(Error::Failed(format!("the pages have more than {} MB", MOST / 1_000_000)));
    }
    Ok(())
}
