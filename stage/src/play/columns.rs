//! A column for each thread, with its source.

use std::io;

use crate::explore::Thread;
use crate::source;
use crate::terminal::{Style, Terminal};

/// Prints a column for each thread: its name, what it holds and waits for, and the source around
/// the line where it stands; a line for each where there are too many for columns.
pub(super) fn columns(terminal: &mut Terminal, threads: &[Thread]) -> io::Result<()> {
    let room = terminal.width().saturating_sub(2) / threads.len().max(1);
    if room < 36 {
        let names = threads.iter().map(|thread| thread.name.chars().count()).max().unwrap_or(0);
        for thread in threads {
            let at = thread.at.filter(|_| thread.next.is_some() && !thread.is_past());
            let line = at.and_then(source::line).unwrap_or_default();
            let told = format!("{}  {}", state(thread), line);
            terminal.wrap(&format!("  {:<names$}  ", thread.name), Style::Title, &told)?;
        }
        return Ok(());
    }
    let columns: Vec<Vec<String>> = threads.iter().map(column).collect();
    let height = columns.iter().map(Vec::len).max().unwrap_or(0);
    for row in 0..height {
        let cell = |column: &Vec<String>| {
            let text = shortened(column.get(row).map_or("", String::as_str), room - 2);
            format!("{text:<room$}")
        };
        let line: String = columns.iter().map(cell).collect();
        terminal.text(&format!("  {}", line.trim_end()))?;
    }
    Ok(())
}

fn column(thread: &Thread) -> Vec<String> {
    let mut lines = vec![format!("{}  {}", thread.name, state(thread))];
    let Some(at) = thread.at.filter(|_| thread.next.is_some()) else { return lines };
    let around = source::around(at, 2).unwrap_or_default();
    let indent = |text: &str| text.len() - text.trim_start().len();
    let texts = around.iter().filter(|(_, text)| !text.trim().is_empty());
    let least = texts.map(|(_, text)| indent(text)).min().unwrap_or(0);
    // The columns are narrow: the numbers take no more room than they need.
    let digits = around.last().map_or(0, |(number, _)| number.to_string().len());
    for (number, text) in &around {
        let mark = if *number == at.1 { '>' } else { ' ' };
        lines.push(format!("{mark}{number:>digits$}  {}", text.get(least..).unwrap_or_default()));
    }
    lines
}

/// Tells what a thread holds and waits for.
fn state(thread: &Thread) -> String {
    if thread.next.is_none() {
        return "has ended".to_owned();
    }
    let holds = (!thread.holds.is_empty()).then(|| format!("holds {}", thread.holds.join(", ")));
    let waits =
        thread.waits.clone().or_else(|| (!thread.can_move).then(|| "is blocked".to_owned()));
    let told: Vec<_> = holds.into_iter().chain(waits).collect();
    if told.is_empty() { "can move".to_owned() } else { told.join(", ") }
}

/// Returns a text of at most that number of characters, the last of which says that there are more.
fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}
