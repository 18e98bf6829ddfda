//! The file of what was answered right: text, a line for each question.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use super::{Kind, SHOWN};

/// The file's first line.
const HEAD: &str = "# quiz: topic, lesson, variant and kind of what was answered right";
/// No file of this kind is larger.
const MOST: u64 = 1 << 20;

/// The questions that were answered right, in a file that grows by a line for each.
pub(crate) struct Answered {
    file: File,
    lines: Vec<String>,
}

impl Answered {
    /// Reads the file, or makes an empty one.
    ///
    /// # Errors
    /// It cannot be read and written, or it holds something else: in words, with the file's name.
    pub(crate) fn open(path: &Path) -> Result<Self, String> {
        let name = path.display();
        if path.as_os_str() == "-" {
            return Err(String::from(
                "--progress: the quiz is on standard output, and what was answered needs a file: \
                 name one (./- is one of that name)",
            ));
        }
        // A pipe or a device might be waited for.
        if std::fs::metadata(path).is_ok_and(|known| !known.is_file()) {
            return Err(format!("--progress: {name} is not a regular file; name one"));
        }
        let unusable = |error: io::Error| {
            format!(
                "--progress: {name} cannot be read and written ({error}); \
                 name a file in a folder that can"
            )
        };
        let file = OpenOptions::new().read(true).append(true).create(true).open(path);
        let mut file = file.map_err(unusable)?;
        let mut bytes = Vec::new();
        (&mut file).take(MOST + 1).read_to_end(&mut bytes).map_err(unusable)?;
        let other = |at: usize| {
            format!("--progress: line {at} of {name} is not what a quiz writes; name another file")
        };
        let text = String::from_utf8(bytes).map_err(|_| other(1))?;
        if text.len() as u64 > MOST {
            return Err(format!("--progress: {name} is too large for one; name another file"));
        }
        if !text.is_empty() && !text.ends_with('\n') {
            return Err(other(text.lines().count()));
        }
        let mut lines = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            let is_fine = if number == 1 { line == HEAD } else { is_entry(line) };
            if !is_fine {
                return Err(other(number));
            }
            lines.push(line.to_owned());
        }
        Ok(Self { file, lines })
    }

    /// Returns whether a question was answered right before.
    pub(super) fn holds(&self, entry: &str) -> bool {
        self.lines.iter().any(|line| line == entry)
    }

    /// Adds a question that was answered right; one that it holds is not added again.
    pub(super) fn add(&mut self, entry: &str) -> io::Result<()> {
        let mut new = Vec::new();
        if self.lines.is_empty() {
            new.push(HEAD.to_owned());
        }
        if !self.holds(entry) {
            new.push(entry.to_owned());
        }
        let text: String = new.iter().map(|line| format!("{line}\n")).collect();
        self.lines.extend(new);
        self.file.write_all(text.as_bytes())
    }
}

/// Returns the line of a question.
pub(super) fn entry(topic: &str, lesson: &str, variant: &str, kind: &str) -> String {
    format!("{topic} {lesson} {variant} {kind}")
}

/// Returns whether a line could be an entry. Lessons and variants may have gone since: of the
/// names, only the kind is known.
fn is_entry(line: &str) -> bool {
    let words: Vec<_> = line.split(' ').collect();
    let is_name = |word: &&str| {
        !word.is_empty()
            && word.chars().all(|sign| sign.is_ascii_alphanumeric() || "-_".contains(sign))
    };
    let [names @ .., kind] = words.as_slice() else { return false };
    names.len() == 3
        && names.iter().all(is_name)
        && (*kind == SHOWN || Kind::ALL.iter().any(|known| known.word() == *kind))
}
