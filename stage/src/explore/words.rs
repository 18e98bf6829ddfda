//! What comes out of a run, in words: Rust's own syntax for values is no part of the lesson.

use std::fmt::Debug;

/// Tells a value in words.
pub(super) fn words(value: &impl Debug) -> String {
    in_words(&format!("{value:?}"))
}

/// Returns a value that was written by a derived `Debug` in words: `Tasks { runs: 2 }` is `runs 2`,
/// `Some(1)` is `1`, `None` is `none`, `'a'` is `a`. Numbers, lists and tuples stay as they are, as
/// does what a type's own `Debug` says in words. Two values of a type are two texts: what could be
/// read as another value keeps its `some` or its quotes.
pub(super) fn in_words(debug: &str) -> String {
    let mut words = String::new();
    // What is open, from the outside in.
    let mut open = Vec::new();
    let mut rest = debug;
    while let Some(first) = rest.chars().next() {
        let is_word = |sign: char| sign.is_alphanumeric() || sign == '_';
        let length = match first {
            '"' => string(rest),
            '\'' => character(rest).unwrap_or(1),
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
            _ if matches!(first, '"' | '\'') && token.len() > 1 => {
                words += &quoted(token, !open.is_empty());
            }
            _ if first.is_uppercase() && token.chars().any(char::is_lowercase) => {
                if let Some(fields) = rest.strip_prefix(" { ") {
                    open.push(Open::Fields);
                    rest = fields;
                    continue;
                }
                let inside = rest.strip_prefix('(');
                let goes_without_saying = match (token, inside) {
                    ("Some", Some(inside)) => !is_none_inside(inside),
                    ("Ok", Some(_)) => true,
                    _ => false,
                };
                if !goes_without_saying {
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

/// Tells whether what stands inside of `Some(` is `None`, however deep.
fn is_none_inside(mut inside: &str) -> bool {
    while let Some(deeper) = ["Some(", "Ok("].iter().find_map(|name| inside.strip_prefix(name)) {
        inside = deeper;
    }
    inside.starts_with("None")
}

/// Returns a string or a character without its quotes, unless it is a part of something in which it
/// could be read as more than one part, or as none.
fn quoted(token: &str, is_part: bool) -> String {
    let quote = &token[..1];
    let Some(text) = token[1..].strip_suffix(quote) else { return token[1..].to_owned() };
    let is_unclear =
        |text: &str| text.trim() != text || text.contains(['(', ')', '[', ']', '{', '}', ',', '"']);
    if is_part && (matches!(text, "" | "none") || is_unclear(text))
        || quote == "'" && is_unclear(text)
    {
        return token.to_owned();
    }
    text.replace(&format!("\\{quote}"), quote)
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

/// Returns the length of the character, in its quotes, that the text begins with; `None` where the
/// quote is an apostrophe.
fn character(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('\'')?;
    let inner = match inside.strip_prefix('\\') {
        Some(escape) if escape.starts_with('u') => inside.find('}')? + 1,
        Some(escape) => 1 + escape.chars().next()?.len_utf8(),
        None => inside.chars().next()?.len_utf8(),
    };
    inside[inner..].starts_with('\'').then_some(1 + inner + 1)
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
            (&r#"a "b} (c, ü"#, r#"a "b} (c, ü"#),
            (&[r#"a "b} (c"#, "ü", r"\"], r#"["a \"b} (c", ü, \\]"#),
            (&'a', "a"),
            (&Some(['a', '\'', ',', '\u{1}']), r"[a, ', ',', '\u{1}']"),
            (&format_args!("it's t1's"), "it's t1's"),
            (&seen, "seen {1, 2}, left 3"),
            (&[Some(&seen)], "[seen {1, 2}, left 3]"),
            (&BTreeMap::from([("a", ())]), "{a: ()}"),
        ] {
            assert_eq!(words(&value), wanted);
        }
    }

    #[test]
    fn two_values_of_a_type_are_never_one_text() {
        let all = |values: &[&dyn Debug]| values.iter().map(words).collect::<Vec<_>>();
        for (texts, wanted) in [
            (
                all(&[&None::<Option<u32>>, &Some(None::<u32>), &Some(Some(1))]),
                vec!["none", "some none", "1"],
            ),
            (
                all(&[&Ok::<_, u32>(None::<u32>), &Err::<Option<u32>, u32>(1)]),
                vec!["none", "err 1"],
            ),
            (
                all(&[&Some(Ok::<_, u32>(None::<u32>)), &None::<Result<Option<u32>, u32>>]),
                vec!["some none", "none"],
            ),
            (all(&[&["a, b"], &["a", "b"], &[""]]), vec![r#"["a, b"]"#, "[a, b]", r#"[""]"#]),
            (all(&[&Some("none"), &None::<&str>, &Some("")]), vec![r#""none""#, "none", r#""""#]),
            (all(&[&(' ', 'a'), &('a', ' ')]), vec!["(' ', a)", "(a, ' ')"]),
        ] {
            assert_eq!(texts, wanted);
        }
    }
}
