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
            '"' => rest[1..].find('"').map_or(rest.len(), |end| end + 2),
            _ if is_word(first) => rest.find(|sign| !is_word(sign)).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        rest = after;
        match token {
            "(" | "[" => {
                open.push(Open::List);
                words += token;
            }
            ")" | "]" => words += if open.pop() == Some(Open::Name) { "" } else { token },
            "}" if open.pop() == Some(Open::Fields) => words.truncate(words.trim_end().len()),
            ":" if open.last() == Some(&Open::Fields) => {}
            _ if first == '"' => words += token.trim_matches('"'),
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
    /// A list or a tuple.
    List,
    /// What a name stands before.
    Name,
    /// Fields that have names.
    Fields,
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
    use super::*;

    #[derive(Debug)]
    #[expect(dead_code, reason = "they are written")]
    enum Out {
        BothRan,
        Of(u32),
        Tasks { run_twice: u32, answered: Option<bool> },
    }

    #[test]
    fn a_value_is_told_in_words_and_what_is_none_of_rusts_syntax_stays() {
        let tasks = Out::Tasks { run_twice: 2, answered: Some(true) };
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
        ] {
            assert_eq!(words(&value), wanted);
        }
    }
}
