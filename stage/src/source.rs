//! The lines of the lessons' sources, as far as the files are where they were built from.

use std::path::{Path, PathBuf};

/// A place in the source: a file, from the root of the workspace, and a line, counted from 1.
pub(crate) type Place = (&'static str, u32);

/// Returns the place as it is printed: the file and the line.
pub(crate) fn short((file, line): Place) -> String {
    format!("{}:{line}", name(file))
}

/// Returns a file's name as it is printed: its path below the `src/` of its topic, or below
/// `examples/`; of a file that is no lesson's, the path from the root of the workspace.
pub(crate) fn name(file: &str) -> &str {
    let mut parts = file.splitn(3, '/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(topic), Some("src" | "examples"), Some(below)) if topic != "kit" => below,
        _ => file,
    }
}

/// Returns the line that stands there, without its indent; `None` where the file cannot be read.
pub(crate) fn line((file, line): Place) -> Option<String> {
    around((file, line), 0)?.into_iter().next().map(|(_, text)| text.trim().to_owned())
}

/// Returns the lines around a place, with their numbers: `more` before it and as many after it.
pub(crate) fn around((file, line): Place, more: u32) -> Option<Vec<(u32, String)>> {
    let text = text(file)?;
    let lines = (1..).zip(text.lines()).skip_while(|(number, _)| number + more < line);
    Some(lines.take_while(|(number, _)| *number <= line + more).map(own).collect())
}

/// Returns the whole file, named from the root of the workspace; `None` where it cannot be read.
pub(crate) fn text(file: &str) -> Option<String> {
    std::fs::read_to_string(found(file)).ok()
}

/// Returns where a file is that is named from the root of the workspace.
pub(crate) fn found(file: &str) -> PathBuf {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    if Path::new(file).exists() { file.into() } else { root.join(file) }
}

fn own((number, text): (u32, &str)) -> (u32, String) {
    (number, text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_so_that_it_is_found_in_its_topic() {
        for (file, wanted) in [
            ("deadlock/src/lock_order.rs", "lock_order.rs"),
            ("process-pool/src/model/crash.rs", "model/crash.rs"),
            ("stage/examples/your_turn/account.rs", "your_turn/account.rs"),
            ("kit/src/lane.rs", "kit/src/lane.rs"),
            ("lane.rs", "lane.rs"),
        ] {
            assert_eq!(name(file), wanted);
        }
    }
}
