//! What is printed fits the terminal, in as few lines as it can.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

use stage::{Lanes, Style, Terminal};

use super::lanes::half_and_half;

/// A page that can be read.
#[derive(Clone, Default)]
struct Screen(Arc<Mutex<Vec<u8>>>);

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nobody panics with it").write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Returns the lines that are written to a terminal of a width.
pub(crate) fn written(
    width: usize,
    unicode: bool,
    write: impl FnOnce(&mut Terminal) -> io::Result<()>,
) -> Vec<String> {
    let screen = Screen::default();
    write(&mut Terminal::to(screen.clone(), width, unicode)).expect("memory can be written to");
    let text = screen.0.lock().expect("nobody panics with it").clone();
    String::from_utf8(text).expect("it is text").lines().map(str::to_owned).collect()
}

#[test]
fn the_key_stands_beside_the_title_where_there_is_room_and_else_below() {
    let lanes = Lanes::new(&half_and_half(), None);
    let drawn = |width| written(width, true, |terminal| lanes.draw("lanes of opposite", terminal));
    let wide = drawn(47);
    assert_eq!((wide[0].as_str(), wide.len()), ("  lanes of opposite  █ holds  ▒ waits", 4));
    let narrow = drawn(36);
    assert_eq!((narrow[0].as_str(), narrow.len()), ("  lanes of opposite", 5));
    assert!(narrow[4].ends_with("█ holds  ▒ waits"), "{narrow:?}");
}

#[test]
fn a_verdict_goes_on_beside_its_word_only_where_that_saves_a_line() {
    let told = |text: &str| {
        written(40, true, |terminal| terminal.wrap_after("  one  ", ("holds", Style::Good), text))
    };
    assert_eq!(told("it is one line"), ["  one  holds  it is one line"]);
    assert_eq!(
        told("this is one line below the word"),
        ["  one  holds", "       this is one line below the word"]
    );
    assert_eq!(
        told("this is two lines below it, and two beside"),
        ["  one  holds  this is two lines below", "       it, and two beside"]
    );
}

#[test]
fn a_path_or_a_name_is_never_split_at_its_hyphen() {
    let wrapped =
        |text: &str| written(40, true, |terminal| terminal.wrap("it  ", Style::Plain, text));
    assert_eq!(
        wrapped("panicked at process-pool/src/map.rs:112: no luck"),
        ["it  panicked at", "    process-pool/src/map.rs:112: no luck"]
    );
    let longer = wrapped(&"process-pool/src/lessons/".repeat(3));
    assert!(longer.len() > 1 && longer.iter().all(|line| line.len() <= 40), "{longer:?}");
}

/// Returns the signs beyond ASCII in the texts of a folder's Rust files, comments aside. What is
/// written in Chinese is data.
fn signs(folder: &Path, all: &mut BTreeSet<char>) {
    for entry in std::fs::read_dir(folder).expect("it is a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            signs(&path, all);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = std::fs::read_to_string(&path).expect("it is text");
            // What follows is tests.
            let text = text.split("#[cfg(test)]").next().unwrap_or_default();
            let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            let others =
                |sign: &char| !sign.is_ascii() && !('\u{4e00}'..='\u{9fff}').contains(sign);
            all.extend(lines.flat_map(str::chars).filter(others));
        }
    }
}

#[test]
fn every_sign_that_a_lesson_prints_has_a_counterpart_without_unicode() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut all = BTreeSet::new();
    for entry in std::fs::read_dir(root).expect("it is a folder").flatten() {
        let sources = entry.path().join("src");
        let is_topic = sources.join("lessons").is_dir();
        if is_topic || sources.join("terminal").is_dir() {
            signs(&sources, &mut all);
        }
    }
    assert!(all.contains(&'²') && all.contains(&'▶'), "{all:?}");
    let text: String = all.iter().collect();
    let printed = written(all.len(), false, |terminal| terminal.text(&text)).concat();
    let missing: Vec<_> =
        all.iter().zip(printed.chars()).filter(|(_, sign)| *sign == '?').collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_pictures_of_screens_have_colours_that_can_be_read_on_black() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let topics = std::fs::read_dir(root).expect("it is a folder").flatten();
    let folders =
        topics.map(|topic| topic.path()).filter(|topic| topic.join("src/lessons").is_dir());
    let pictures = folders.flat_map(|topic| std::fs::read_dir(topic.join("pictures"))).flatten();
    let mut count = 0;
    for picture in pictures.flatten() {
        let text = std::fs::read_to_string(picture.path()).expect("it is text");
        for dark in ["#AA0000", "#AA5500", "#0000AA", "opacity: 0.4"] {
            assert!(!text.contains(dark), "{}: {dark}", picture.path().display());
        }
        count += 1;
    }
    assert!(count > 5, "{count}");
}
