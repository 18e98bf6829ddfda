//! The key below the lanes: what each sign stands for.

/// What an instant's sign stands for: the texts that were said, or that there were several.
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
    match texts.as_slice() {
        [] => None,
        [one, rest @ ..] if rest.len() < 2 && one.chars().count() <= 24 => {
            Some(format!("{sign} {}", texts.join(", ")))
        }
        _ => Some(format!("{sign} {} events", texts.len())),
    }
}

/// Puts entries into lines of at most `width` columns; one that is longer has a line of its own.
pub(super) fn packed(entries: &[String], width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for entry in entries {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 2 + entry.chars().count() <= width => {
                line.push_str("  ");
                line.push_str(entry);
            }
            _ => lines.push(entry.clone()),
        }
    }
    lines
}
