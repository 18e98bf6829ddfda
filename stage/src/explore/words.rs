//! What comes out of a run, in words: Rust's own syntax for values is no part of the lesson.

use std::fmt::Debug;

/// Tells a value in words.
pub(super) fn words(value: &impl Debug) -> String {
    in_words(&format!("{value:?}"))
}

/// Returns a value that was written by a derived `Debug` in words: `Tasks { runs: 2 }` is `runs 2`,
/// `Some(1)` is `1`, `None` is `none`. Numbers, lists and tuples stay as they are, as does what a
/// type's own `Debug` says in words.
pub(super) fn in_words(debug: &str) -> String {
    let mut words = String::new();
    // What is open, from the outside in.
    let mut open = Vec::new();
    let mut rest = debug;
    while let Some(first) = rest.chars().next() {
        let is_word = |sign: char| sign.is_alphanumeric() || sign == '_';
        let length = match first {
            '"' => string(rest),
            _ if is_word(first) => rest.find(|sign| !is_word(sign)).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        rest = after;
        match token {
            "(" | "[" | "{" => {
                open.push(Open::List);
                words += token;
            }
            ")" | "]" | "}" => match open.pop() {
                Some(Open::Name) => {}
                Some(Open::Fields) => words.truncate(words.trim_end().len()),
                Some(Open::List) | None => words += token,
            },
            ":" if open.last() == Some(&Open::Fields) => {}
            _ if first == '"' => {
                words += &token[1..].strip_suffix('"').unwrap_or_default().replace("\\\"", "\"");
            }
            _ if first.is_uppercase() && token.chars().any(char::is_lowercase) => {
                if let Some(fields) = rest.strip_prefix(" { ") {
                    open.push(Open::Fields);
                    rest = fields;
                    continue;
                }
                let inside = rest.strip_prefix('(');
                if !(inside.is_some() && matches!(token, "Some" | "Ok")) {
                    words += &spaced(token);
                    words += inside.map_or("", |_| " ");
                }
                if let Some(inside) = inside {
                    open.push(Open::Name);
                    rest = inside;
                }
            }
            _ => words += &token.replace('_', " "),
        }
    }
    words
}

/// What a value is in the middle of.
#[derive(PartialEq)]
enum Open {
    /// A list, a tuple, a set or a map.
    List,
    /// What a name stands before.
    Name,
    /// Fields that have names.
    Fields,
}

/// Returns the length of the string that the text begins with: as far as the quote that no
/// backslash stands before, or all of it.
fn string(text: &str) -> usize {
    let mut escaped = false;
    let ends = |&(_, sign): &(usize, char)| {
        let ends = sign == '"' && !escaped;
        escaped = sign == '\\' && !escaped;
        ends
    };
    text.char_indices().skip(1).find(ends).map_or(text.len(), |(at, _)| at + 1)
}

/// Returns the words of a name in camel case.
fn spaced(name: &str) -> String {
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    #[derive(Debug)]
    #[expect(dead_code, reason = "they are written")]
    enum Out {
        BothRan,
        Of(u32),
        Tasks { run_twice: u32, answered: Option<bool> },
        Seen { seen: BTreeSet<u32>, left: u32 },
    }

    #[test]
    fn a_value_is_told_in_words_and_what_is_none_of_rusts_syntax_stays() {
        let tasks = Out::Tasks { run_twice: 2, answered: Some(true) };
        let seen = Out::Seen { seen: [1, 2].into(), left: 3 };
        for (value, wanted) in [
            (&(2, 2) as &dyn Debug, "(2, 2)"),
            (&[None, Some(1)], "[none, 1]"),
            (&Some((1, -2)), "(1, -2)"),
            (&Ok::<u32, u32>(1), "1"),
            (&Err::<u32, u32>(1), "err 1"),
            (&"A B", "A B"),
            (&["A".to_owned()], "[A]"),
            (&Out::BothRan, "both ran"),
            (&Out::Of(3), "of 3"),
            (&tasks, "run twice 2, answered true"),
            (&[(&tasks, 1)], "[(run twice 2, answered true, 1)]"),
            (&format_args!("lost: A; there twice: B, C"), "lost: A; there twice: B, C"),
            (&(), "()"),
            (&"", ""),
            (&[r#"a "b} (c"#, "ü {x: 1}", r"\"], r#"[a "b} (c, ü {x: 1}, \\]"#),
            (&seen, "seen {1, 2}, left 3"),
            (&[Some(&seen)], "[seen {1, 2}, left 3]"),
            (&BTreeMap::from([("a", ())]), "{a: ()}"),
        ] {
            assert_eq!(words(&value), wanted);
        }
    }
}
