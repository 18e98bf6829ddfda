//! A schedule as text.

/// Writes choices: a digit to base 36 each, or, where there are more threads, numbers with dots.
pub(crate) fn written(choices: &[usize]) -> String {
    let digit = |&choice: &usize| char::from_digit(u32::try_from(choice).ok()?, 36);
    let digits: Option<String> = choices.iter().map(digit).collect();
    digits.unwrap_or_else(|| choices.iter().map(ToString::to_string).collect::<Vec<_>>().join("."))
}

/// Reads choices as they are written; `None` if they are not.
pub(crate) fn read(schedule: &str) -> Option<Vec<usize>> {
    if schedule.contains('.') {
        return schedule.split('.').map(|choice| choice.parse().ok()).collect();
    }
    schedule.chars().map(|digit| digit.to_digit(36).map(|choice| choice as usize)).collect()
}
