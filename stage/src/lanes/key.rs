//! The key of the lanes: what each sign stands for.

use super::look::Look;
use super::{INSTANT, Lanes, MARK};
use crate::terminal::{Style, wrapped};

impl Lanes {
    /// Returns what each sign stands for, of those that were drawn.
    pub(super) fn key(&self, bars: &[Vec<(char, Style)>]) -> Vec<String> {
        let is_sign = |ink: &Style| !matches!(ink, Style::Plain | Style::Label(_));
        let is_seen = |sign| bars.iter().flatten().any(|(seen, ink)| *seen == sign && is_sign(ink));
        let mut words: Vec<_> = Look::ALL
            .into_iter()
            .filter(|look| is_seen(look.glyph()))
            .map(|look| format!("{} {}", look.glyph(), look.word()))
            .collect();
        for look in [Look::Holds, Look::Waits, Look::Runs] {
            if is_seen(look.brief()) {
                words.push(format!("{} {} briefly", look.brief(), look.word()));
            }
        }
        // A lane's note says what the mark at its end is.
        let (marks, instants) = (
            self.lanes.iter().flat_map(|lane| &lane.marks),
            self.lanes.iter().flat_map(|lane| &lane.instants),
        );
        if is_seen(INSTANT) {
            words.extend(named(INSTANT, instants));
        }
        words.extend(named(MARK, marks));
        words
    }
}

/// What an instant's sign stands for: one or two texts that were said, or that there were more.
fn named<'a>(sign: char, said: impl Iterator<Item = &'a (u64, String)>) -> Option<String> {
    let mut texts: Vec<&str> = Vec::new();
    for (_, text) in said {
        if !text.is_empty() && !texts.contains(&text.as_str()) {
            texts.push(text);
        }
    }
    match texts.len() {
        0 => None,
        1 | 2 => Some(format!("{sign} {}", texts.join(", "))),
        more => Some(format!("{sign} {more} events")),
    }
}

/// Puts entries into lines of at most `width` columns; one that is longer begins a line and is
/// wrapped.
pub(super) fn packed(entries: &[String], width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for entry in entries {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 2 + entry.chars().count() <= width => {
                line.push_str("  ");
                line.push_str(entry);
            }
            _ => {
                let wrapped = textwrap::wrap(entry, wrapped(width));
                lines.extend(wrapped.iter().map(ToString::to_string));
            }
        }
    }
    lines
}
