//! The two ends of a channel as the notes know it: how many messages were sent, how many were
//! received, how many senders there are.

use super::{Access, How, Object, also, noted};

const TAIL: u32 = 0xF_FFFF;
const HEAD: u32 = 0xF_FFFE;
const SENDERS: u32 = 0xF_FFFD;

pub(in crate::model) fn opened(channel: Object) {
    noted(|notes, _| notes.channels.entry(channel).or_default().senders = 1);
}

pub(in crate::model) fn sender_cloned(channel: Object) {
    noted(|notes, _| notes.channels.entry(channel).or_default().senders += 1);
}

/// The last one to go makes an end of the messages known.
pub(in crate::model) fn sender_dropped(channel: Object) {
    let left = noted(|notes, _| {
        let senders = &mut notes.channels.entry(channel).or_default().senders;
        *senders = senders.saturating_sub(1);
        *senders
    });
    also(channel.part(SENDERS), if left == Some(0) { How::Write } else { How::Read });
}

/// The part of a channel that a send changes, and that its receiver closes.
pub(in crate::model) fn closed(channel: Object) -> Object {
    channel.part(TAIL)
}

pub(in crate::model) fn sends(channel: Object) -> Vec<Access> {
    let sent = noted(|notes, _| notes.channels.get(&channel).map_or(0, |channel| channel.sent));
    vec![(channel.part(TAIL), How::Write), (channel.part(sent.unwrap_or(0)), How::Give)]
}

/// What a send turned out to touch, once the message has its number.
pub(in crate::model) fn sent(channel: Object) -> Vec<Access> {
    let touched = sends(channel);
    noted(|notes, _| notes.channels.entry(channel).or_default().sent += 1);
    touched
}

pub(in crate::model) fn receives(channel: Object) -> Vec<Access> {
    vec![
        (channel.part(HEAD), How::Write),
        (channel.part(TAIL), How::Read),
        (channel.part(SENDERS), How::Read),
    ]
}

/// What a receive turned out to touch: its message alone, or that there was none.
pub(in crate::model) fn received(channel: Object, got: bool) -> Vec<Access> {
    if !got {
        return receives(channel);
    }
    let number = noted(|notes, _| {
        let received = &mut notes.channels.entry(channel).or_default().received;
        *received += 1;
        *received - 1
    });
    vec![(channel.part(HEAD), How::Write), (channel.part(number.unwrap_or(0)), How::Take)]
}
