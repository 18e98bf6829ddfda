//! The terminal that a run is printed on: its width, its colours, its alphabet.

use std::ffi::OsString;
use std::io::{self, Write};

use anstream::{AutoStream, ColorChoice, StripStream};
use anstyle::{AnsiColor, Color};

use crate::record::State;

use self::ascii::ascii;

mod ascii;

/// What a piece of text is; the colour follows from it. Colour is never the only difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Text.
    Plain,
    /// What can be left unread.
    Quiet,
    /// The name of a lesson.
    Title,
    /// What held.
    Good,
    /// What broke.
    Bad,
    /// A word beside a lane.
    Note,
    /// An instant in a lane.
    Mark,
    /// The bar of a lane.
    State(State),
    /// The label inside a bar.
    Label(State),
}

impl Style {
    fn escapes(self) -> anstyle::Style {
        let color = |color: AnsiColor| anstyle::Style::new().fg_color(Some(Color::Ansi(color)));
        match self {
            Self::Plain => anstyle::Style::new(),
            Self::Quiet => anstyle::Style::new().dimmed(),
            Self::Title => anstyle::Style::new().bold(),
            Self::Good | Self::State(State::Holds) => color(AnsiColor::Green),
            Self::Bad | Self::Mark => color(AnsiColor::Red).bold(),
            Self::Note | Self::State(State::Waits) => color(AnsiColor::Yellow),
            Self::State(State::Runs) => color(AnsiColor::Blue),
            Self::State(State::Idles) => anstyle::Style::new().dimmed(),
            Self::Label(_) => anstyle::Style::new().bold(),
        }
    }
}

/// A line of text in pieces, each in its own style.
#[derive(Debug, Default)]
pub struct Line(Vec<(String, Style)>);

impl Line {
    /// Makes an empty line.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds text.
    pub fn plain(&mut self, text: impl Into<String>) -> &mut Self {
        self.styled(text, Style::Plain)
    }

    /// Adds text of some meaning.
    pub fn styled(&mut self, text: impl Into<String>, style: Style) -> &mut Self {
        self.0.push((text.into(), style));
        self
    }
}

/// Prints lines to standard output, in the width, colours and alphabet that its reader has.
pub struct Terminal {
    out: Box<dyn Write>,
    width: usize,
    unicode: bool,
    /// Whether an empty line is owed before the next text.
    gap: bool,
}

impl Terminal {
    /// Returns a terminal for standard output: `width` columns, or the terminal's, or 80 in a pipe.
    pub fn new(color: ColorChoice, width: Option<usize>) -> Self {
        let measured = || {
            terminal_size::terminal_size().map(|(terminal_size::Width(columns), _)| columns.into())
        };
        Self {
            out: Box::new(AutoStream::new(io::stdout(), color)),
            // A line that fills the last column wraps on some terminals, and beyond 160 nothing
            // gains.
            width: width.or_else(measured).unwrap_or(80).clamp(40, 160),
            unicode: supports_unicode::on(supports_unicode::Stream::Stdout),
            gap: false,
        }
    }

    /// Makes a page that is written to `out`, without colour.
    pub fn to(out: impl Write + 'static, width: usize, unicode: bool) -> Self {
        let out: Box<dyn Write> = Box::new(out);
        Self { out: Box::new(StripStream::new(out)), width, unicode, gap: false }
    }

    /// Returns the columns there are.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Leaves a line free before the next one; twice is once.
    pub fn gap(&mut self) {
        self.gap = true;
    }

    /// Leaves no line free before the next one.
    pub(crate) fn no_gap(&mut self) {
        self.gap = false;
    }

    /// Prints a line.
    ///
    /// # Errors
    /// Standard output cannot be written to: its reader has gone, the disk is full.
    pub fn line(&mut self, line: &Line) -> io::Result<()> {
        if std::mem::take(&mut self.gap) {
            writeln!(self.out)?;
        }
        let last = line.0.len().saturating_sub(1);
        for (index, (text, style)) in line.0.iter().enumerate() {
            let text = if index == last { text.trim_end() } else { text };
            let sign = |sign: char| match sign {
                '\u{a0}' => ' ',
                sign if self.unicode && !sign.is_control() => sign,
                sign => ascii(sign),
            };
            let text: String = text.chars().map(sign).collect();
            let style = style.escapes();
            if style.is_plain() {
                write!(self.out, "{text}")?;
            } else {
                write!(self.out, "{style}{text}{style:#}")?;
            }
        }
        writeln!(self.out)
    }

    /// Prints a line as it is.
    ///
    /// # Errors
    /// As [`line`](Self::line).
    pub fn text(&mut self, text: &str) -> io::Result<()> {
        self.line(Line::new().plain(text))
    }

    /// Prints the help that the arguments ask the command for.
    ///
    /// # Errors
    /// As [`line`](Self::line).
    pub fn help(&mut self, command: clap::Command, arguments: &[OsString]) -> io::Result<()> {
        let asked = command.term_width(self.width).try_get_matches_from(arguments);
        let help = asked.err().map(|help| help.render().ansi().to_string()).unwrap_or_default();
        // Its styles are control characters.
        let sign = |sign: char| if self.unicode || sign.is_control() { sign } else { ascii(sign) };
        write!(self.out, "{}", help.chars().map(sign).collect::<String>())
    }

    /// Prints a name, a word in colour and a text: in one line, or the text below the word, or,
    /// where that saves a line, from beside the word on.
    ///
    /// # Errors
    /// As [`line`](Self::line).
    pub fn wrap_after(
        &mut self,
        name: &str,
        (word, style): (&str, Style),
        text: &str,
    ) -> io::Result<()> {
        let mut line = Line::new();
        if name.chars().count() + word.chars().count() > self.width {
            self.wrap("", Style::Plain, name.trim_end())?;
            return self.wrap_after("    ", (word, style), text);
        }
        line.plain(name).styled(word, style);
        if text.is_empty() {
            return self.line(&line);
        }
        let indent = " ".repeat(name.chars().count());
        let room = self.width.saturating_sub(indent.len()).max(1);
        let first = " ".repeat(word.chars().count());
        let options = wrapped(room).initial_indent(&first);
        let spaced = format!("  {text}");
        let beside = textwrap::wrap(&spaced, options);
        let fits = beside.iter().all(|line| line.chars().count() <= room);
        let saves = beside.len() == 1
            || room >= 20 && beside.len() <= textwrap::wrap(text, wrapped(room)).len();
        if !(fits && saves) {
            self.line(&line)?;
            return self.wrap(&indent, Style::Plain, text);
        }
        self.line(line.plain(&beside[0][first.len()..]))?;
        beside[1..].iter().try_for_each(|more| self.text(&format!("{indent}{more}")))
    }

    /// Prints a command, which is never wrapped, however long it is: it can be copied.
    ///
    /// # Errors
    /// As [`line`](Self::line).
    pub fn command(&mut self, first: &str, command: &str) -> io::Result<()> {
        self.line(Line::new().styled(first, Style::Quiet).plain(command))
    }

    /// Prints a text that is to be answered, without an end of line.
    pub(crate) fn prompt(&mut self, text: &str) -> io::Result<()> {
        if std::mem::take(&mut self.gap) {
            writeln!(self.out)?;
        }
        let sign = |sign: char| if self.unicode { sign } else { ascii(sign) };
        write!(self.out, "{}", text.chars().map(sign).collect::<String>())?;
        self.out.flush()
    }

    /// Prints a paragraph, wrapped: the first line begins with `first`, the others below it.
    ///
    /// # Errors
    /// As [`line`](Self::line).
    pub fn wrap(&mut self, first: &str, style: Style, text: &str) -> io::Result<()> {
        let indent = first.chars().count();
        // What begins too far to the right goes on in a line of its own.
        if indent + 20 > self.width {
            for line in textwrap::wrap(first, wrapped(self.width)) {
                self.line(Line::new().styled(line.as_ref(), style))?;
            }
            return self.wrap("    ", Style::Plain, text);
        }
        let lines = textwrap::wrap(text, wrapped(self.width - indent));
        for (index, line) in lines.iter().enumerate() {
            let mut whole = Line::new();
            whole.styled(if index == 0 { first.to_owned() } else { " ".repeat(indent) }, style);
            self.line(whole.plain(line.as_ref()))?;
        }
        Ok(())
    }
}

/// A blank at which no line is wrapped.
pub(crate) const NEVER_WRAPPED: &str = "\u{a0}";

/// Wraps at a width, and breaks no name and no path at its hyphen: each can be copied.
pub(crate) fn wrapped(width: usize) -> textwrap::Options<'static> {
    textwrap::Options::new(width).word_splitter(textwrap::WordSplitter::NoHyphenation)
}

/// Writes a number in groups of three digits.
pub fn grouped(number: impl TryInto<i64>) -> String {
    let number = number.try_into().unwrap_or(i64::MAX);
    let digits = number.unsigned_abs().to_string();
    let mut text = String::from(if number < 0 { "-" } else { "" });
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// Writes a time in nanoseconds as a person would: three digits and a unit.
pub fn duration(ns: u64) -> String {
    let (value, unit) = match ns {
        0..1_000 => return format!("{ns} ns"),
        1_000..1_000_000 => (ns as f64 / 1e3, "µs"),
        1_000_000..1_000_000_000 => (ns as f64 / 1e6, "ms"),
        _ => (ns as f64 / 1e9, "s"),
    };
    let digits = usize::from(value < 10.0);
    format!("{value:.digits$} {unit}")
}
