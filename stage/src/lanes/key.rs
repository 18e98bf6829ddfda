//! The key below the lanes: what each sign stands for.

/// What an instant's sign stands for: one or two texts that were said, or that there were more.
pub(super) fn named<'a>(
    sign: char,
    said: impl Iterator<Item = &'a (u64, String)>,
) -> Option<String> {
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
            _ => lines.extend(textwrap::wrap(entry, width).iter().map(ToString::to_string)),
        }
    }
    lines
}
