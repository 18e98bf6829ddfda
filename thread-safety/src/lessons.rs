//! The lessons, each with its forms: what runs for real, what the model checker runs, what has to come out.

mod cache_lines;
mod check_then_act;
mod compiler;
mod interrupted;
mod lost_update;
mod operations;
mod orderings;

pub(crate) use cache_lines::false_sharing;
pub(crate) use check_then_act::check_then_act;
pub(crate) use compiler::compiler;
pub(crate) use interrupted::{aba, torn_read};
pub(crate) use lost_update::lost_update;
pub(crate) use operations::operations;
pub(crate) use orderings::{litmus, publication};

/// Writes a number in groups of three digits.
fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}
