//! What is printed fits the terminal, in as few lines as it can.

use std::io::{self, Write};
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
