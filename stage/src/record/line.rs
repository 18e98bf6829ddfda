//! A record as a line of text, which is how a child tells its parent.

use super::{Record, State, What};

/// The last field of a line: one that was cut off has none.
const END: &str = ".";

impl Record {
    /// Writes the record as a line, with its end.
    pub(crate) fn to_line(&self) -> String {
        let Self { at, pid, tid, lane, what } = self;
        let mut line = format!("{at}\t{pid}\t{tid}\t{}", escaped(lane));
        let fields = match what {
            What::Opened { id, state, label, from } => {
                let from = from.as_ref().map(|from| format!("\t{}", escaped(from)));
                let from = from.unwrap_or_default();
                format!("{}\t{id}\t{}{from}", state.word(), escaped(label))
            }
            What::Closed { id } => format!("closed\t{id}"),
            What::Said { text, mark } => format!("said\t{mark}\t{}", escaped(text)),
        };
        line += &format!("\t{fields}\t{END}\n");
        line
    }

    /// Reads a line, without its end; `None` if it is no record.
    pub(crate) fn from_line(line: &[u8]) -> Option<Self> {
        let line = std::str::from_utf8(line).ok()?.strip_suffix(END)?.strip_suffix('\t')?;
        let mut fields = line.split('\t');
        let at = fields.next()?.parse().ok()?;
        let pid = fields.next()?.parse().ok()?;
        let tid = fields.next()?.parse().ok()?;
        let lane = unescaped(fields.next()?);
        let what = match fields.next()? {
            "closed" => What::Closed { id: fields.next()?.parse().ok()? },
            "said" => {
                let mark = fields.next()?.parse().ok()?;
                What::Said { text: unescaped(fields.next()?), mark }
            }
            state => {
                let (state, id) = (State::named(state)?, fields.next()?.parse().ok()?);
                let label = unescaped(fields.next()?);
                What::Opened { id, state, label, from: fields.next().map(unescaped) }
            }
        };
        fields.next().is_none().then_some(Self { at, pid, tid, lane, what })
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n")
}

fn unescaped(field: &str) -> String {
    let mut signs = field.chars();
    let mut next = || match signs.next()? {
        '\\' => match signs.next()? {
            't' => Some('\t'),
            'n' => Some('\n'),
            sign => Some(sign),
        },
        sign => Some(sign),
    };
    std::iter::from_fn(&mut next).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_read_back_from_its_line_and_not_from_a_line_that_was_cut_off() {
        let text = "a \\ b\tc\nd \\t, and µ".to_owned();
        let opened = |from| What::Opened { id: 7, state: State::Waits, label: text.clone(), from };
        for what in [
            opened(None),
            opened(Some(String::new())),
            opened(Some(text.clone())),
            What::Closed { id: 7 },
            What::Said { text: text.clone(), mark: true },
        ] {
            let record = Record { at: 1, pid: 2, tid: 3, lane: text.clone(), what };
            let line = record.to_line();
            let whole = line.strip_suffix('\n').expect("a line has an end");
            assert!(!whole.contains('\n'), "{whole}");
            assert_eq!(Record::from_line(whole.as_bytes()), Some(record));
            for cut in 0..whole.len() {
                assert_eq!(Record::from_line(&whole.as_bytes()[..cut]), None);
            }
        }
    }
}
